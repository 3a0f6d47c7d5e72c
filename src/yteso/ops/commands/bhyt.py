"""`yteso bhyt check FILE`: the issues of a BHYT file, without storing anything."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from yteso.base.clock import day_in_vietnam, system_clock
from yteso.ops.commands.place import console
from yteso.ops.exits import DATA

bhyt = typer.Typer(help="Tệp BHYT · BHYT files", no_args_is_help=True)
_BLOCKING = ("fatal", "error")


@bhyt.callback()
def _group() -> None:
    """Tệp BHYT (XML0-XML15). · BHYT files."""


@bhyt.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XML")],
    as_json: Annotated[bool, typer.Option("--json", help="In JSON · Print JSON")] = False,
) -> None:
    """Kiểm tra một tệp, không lưu gì. · Check a file; nothing is stored."""
    from yteso.exchange.adapters.bhyt.check_file import check_file

    with file.open("rb") as stream:
        report = check_file(stream, file.name, day_in_vietnam(system_clock()))
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        show(report["issues"])
        console.print(f"{file.name}: {report['visits']} lượt · visits, {len(report['issues'])} vấn đề · issues")
    if any(issue["severity"] in _BLOCKING for issue in report["issues"]):
        raise typer.Exit(DATA)


def show(issues: list[dict[str, Any]]) -> None:
    """The issues as a table for people."""
    table = Table("Mã · Code", "Nơi · Place", "Nội dung · Text", "Cách sửa · Fix")
    for issue in issues:
        place = f"{issue['visit']} {issue['table']}/{issue['row']} {issue['field']}"
        table.add_row(issue["code"], place, f"{issue['text']}\n[dim]{issue['text_en']}[/]", issue["fix"])
    if issues:
        console.print(table)
