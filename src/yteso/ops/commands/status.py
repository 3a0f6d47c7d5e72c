"""`yteso status`: is it running, and how is it."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Annotated, Any

import typer

from yteso.base.errors import CannotStart
from yteso.ops.commands.place import address, console, settings
from yteso.ops.exits import FAILED
from yteso.ops.rules import NOT_RUNNING


def status(as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False) -> None:
    """Hệ thống có chạy không, tình trạng từng phần. · Whether the platform runs, and how its parts are."""
    where = address()
    given = settings()
    if not where:
        raise CannotStart(NOT_RUNNING.at(address=f"http://{given.host}:{given.port}"))
    code, state = _fetch(where)
    if as_json:
        sys.stdout.write(json.dumps({"address": where, **state}, ensure_ascii=False) + "\n")
    else:
        console.print(f"[bold]{where}[/]")
        for name, value in state.items():
            console.print(f"  {name:<22} {value}")
    if code != 200:
        raise typer.Exit(FAILED)


def _fetch(where: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"{where}/healthz", timeout=10) as response:  # noqa: S310 - our own address
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError as error:
        raise CannotStart(NOT_RUNNING.at(address=where)) from error
