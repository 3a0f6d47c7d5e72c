"""The curl lines of docs/how-to/connect-an-app.md, run as they stand."""

import json
import os
import re
import subprocess
from pathlib import Path

from tests.integration.oauth.conftest import MINE

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "connect-an-app.md"


def commands() -> list[str]:
    """The fenced examples that ask the platform."""
    fenced = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [one for one in fenced if one.startswith("curl")]


def run(command: str, **names: str) -> dict:
    done = subprocess.run(
        ["sh", "-c", command], env={**os.environ, **names}, capture_output=True, text=True, timeout=30, check=True
    )
    return json.loads(done.stdout)


def test_the_examples_work_as_they_are_written(platform, visit, tmp_path):
    machine, send, exchange = commands()
    token = run(machine, BASE=platform.base, ASSERTION=platform.assertion("may-79001"))
    assert token["scope"] == "exchange"
    (tmp_path / "visit.xml").write_text("<GIAMDINHHS/>")
    sent = run(f"cd {tmp_path} && {send}", BASE=platform.base, TOKEN=token["access_token"])
    assert "AUTH" not in json.dumps(sent)
    code = visit.answered()["code"]
    got = run(exchange, BASE=platform.base, CODE=code, VERIFIER=visit.verifier)
    assert got["patient"] == MINE
    read = re.search(r"`(curl -s [^`]+)`", PAGE.read_text(encoding="utf-8"))[1]
    assert run(read, BASE=platform.base, TOKEN=got["access_token"])["resourceType"] == "Bundle"
