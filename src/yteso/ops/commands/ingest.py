"""`yteso ingest FILE…`: send files to the running platform; without one, start it for as long as it takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from yteso.ops.commands.place import address, console, settings
from yteso.ops.exits import DATA, FAILED

_NAME = "yteso ingest"
_MOST = 50


def ingest(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="BHYT XML · FHIR Bundle JSON")],
    as_json: Annotated[bool, typer.Option("--json", help="In JSON · Print JSON")] = False,
) -> None:
    """Gửi tệp vào hệ thống, chờ kết quả, in biên nhận và số vấn đề. · Send files in; prints receipts and issues."""
    with _platform() as where:
        rows = [_guarded(where, file) for file in files]
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        _show(rows)
    if any(row["state"] == "unreachable" for row in rows):
        raise typer.Exit(FAILED)
    if any(row["errors"] for row in rows):
        raise typer.Exit(DATA)


@contextmanager
def _platform() -> Iterator[str]:
    """The address of the running platform, or of one that lives as long as the block."""
    where = address()
    if where:
        yield where
        return
    from yteso.ops.ports import free_pair
    from yteso.ops.supervisor import Supervisor

    supervisor = Supervisor(settings(), port=free_pair())
    with console.status("Đang khởi động · Starting"):
        supervisor.start()
    try:
        yield supervisor.local_address
    finally:
        supervisor.stop()


def _guarded(where: str, file: Path) -> dict[str, Any]:
    """One file's row; a platform that went away meanwhile is told in it, and the other files are still tried."""
    from yteso.ops.sending import NoAnswer

    try:
        return _one(where, file)
    except NoAnswer:
        return _row(file, "unreachable", [], errors=0)


def _one(where: str, file: Path) -> dict[str, Any]:
    from yteso.ops.sending import Sender

    sender = Sender(where, _token())
    with console.status(file.name) as spinner, file.open("rb") as stream:
        fhir = stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
        if fhir:
            return _fhir_row(file, sender.send_fhir(file))
        answer = sender.send_bhyt(file)
        if answer.status not in (200, 202):
            return _row(file, "refused", answer.document.get("issues", []), errors=1)
        spinner.update(f"{file.name}: {answer.document['intake']}")
        end = sender.await_end(answer.document["intake"], lambda: None)
    counts = end.document.get("counts", {})
    row = _row(file, end.document.get("state", ""), end.document.get("issues", []), errors=counts.get("errors", 0))
    return {**row, "intake": answer.document["intake"], "receipt": answer.document["receipt"], "counts": counts}


def _fhir_row(file: Path, answer: Any) -> dict[str, Any]:
    """A Bundle is answered at once: a Bundle with one answer per entry, or an OperationOutcome."""
    if answer.status != 200:
        issues = answer.document.get("issue", [])
        return _row(file, "refused", issues, errors=max(1, len(issues)))
    answers = [entry.get("response", {}) for entry in answer.document.get("entry", [])]
    bad = [one for one in answers if not str(one.get("status", "")).startswith("2")]
    issues = [issue for one in bad for issue in one.get("outcome", {}).get("issue", [])]
    row = _row(file, "done_with_issues" if bad else "done", issues, errors=len(bad))
    return {**row, "counts": {"accepted": len(answers) - len(bad)}}


def _row(file: Path, state: str, issues: list[Any], *, errors: int) -> dict[str, Any]:
    return {"file": file.name, "state": state, "errors": errors, "issues": issues, "counts": {}}


def _token() -> str:
    """The command line acts as the platform itself: who can read its keys could do anything anyway."""
    from yteso.access.bearer import Bearer
    from yteso.access.principal import Principal, Role
    from yteso.signing.keys import load_or_create

    here = settings()
    keys = load_or_create(here.home, here.keys)
    return Bearer(keys).issue(Principal(_NAME, Role.SYSTEM), timedelta(hours=12))


def _show(rows: list[dict[str, Any]]) -> None:
    """Plain lines, so that a narrow terminal cuts nothing and a script can read them."""
    for row in rows:
        counts = row["counts"]
        visits = counts.get("visits", counts.get("accepted", 0))
        receipt = f"  ·  biên nhận · receipt {row['intake']}" if "intake" in row else ""
        _line(f"{row['file']}  ·  {row['state']}  ·  {visits} lượt · visits  ·  {row['errors']} lỗi · errors{receipt}")
        for issue in row["issues"][:_MOST]:
            _line(f"  {_number(issue)}  {_place(issue)}")
            for text in _texts(issue):
                _line(f"      {text}")
        if len(row["issues"]) > _MOST:
            _line(f"  … {len(row['issues']) - _MOST} nữa · more: --json")


def _number(issue: dict[str, Any]) -> str:
    """The issue's number; of an OperationOutcome the one in its details."""
    coding = issue.get("details", {}).get("coding", [{}])[0]
    return str(coding.get("code") or issue.get("code", ""))


def _place(issue: dict[str, Any]) -> str:
    """Visit, table, row and field; of an OperationOutcome its expression."""
    table = f"{issue['table']}/{issue.get('row') or 1}" if issue.get("table") else ""
    parts = (issue.get("MA_LK", ""), table, issue.get("field", ""), *issue.get("expression", ()))
    return " ".join(part for part in parts if part)


def _texts(issue: dict[str, Any]) -> list[str]:
    vi = issue.get("text") or issue.get("details", {}).get("text")
    texts = (vi, issue.get("fix"), issue.get("textEn"), issue.get("fixEn"), issue.get("diagnostics"))
    return [text for text in texts if text]


def _line(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
