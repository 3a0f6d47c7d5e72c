"""`yteso validate FILE…` and `yteso fhirpath EXPR FILE`: questions about FHIR files, answered as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from yteso.ops.exits import DATA

_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, allow_dash=True, help="JSON · NDJSON · -")]
_Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, allow_dash=True, help="JSON · NDJSON · -")]


def validate(files: _Files) -> None:
    """Kiểm tra cấu trúc FHIR R4, in JSON. · Check the FHIR R4 structure of files; prints JSON."""
    from yteso.validate.files import validate_file

    reports = [validate_file(_bytes(file), file.name) for file in files]
    _print(reports[0] if len(reports) == 1 else reports)
    if not all(report["valid"] for report in reports):
        raise typer.Exit(DATA)


def fhirpath(expression: Annotated[str, typer.Argument(help="FHIRPath")], file: _File) -> None:
    """Tính biểu thức FHIRPath trên một tệp, in JSON. · Evaluate a FHIRPath expression on a file; prints JSON."""
    from yteso.validate.files import fhirpath_file

    report = fhirpath_file(expression, _bytes(file), file.name)
    _print(report)
    if "result" not in report:
        raise typer.Exit(DATA)


def _bytes(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _print(document: object) -> None:
    from yteso.fhir.json import dumps

    sys.stdout.buffer.write(dumps(document) + b"\n")
