"""`yteso validate FILE…` and `yteso fhirpath EXPR FILE`: questions about FHIR files, answered as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from yteso.ops.exits import DATA

_HELP = "JSON · XML · NDJSON · -"


def _given(value: Any) -> Any:
    """The path or paths, all of them files that are there; `-` is standard input."""
    for path in value if isinstance(value, (list, tuple)) else [value]:
        if str(path) != "-" and not path.is_file():
            raise typer.BadParameter(f"không có tệp này · there is no such file: {path}")
    return value


_File = Annotated[Path, typer.Argument(callback=_given, help=_HELP)]
_Files = Annotated[list[Path], typer.Argument(callback=_given, help=_HELP)]


def validate(
    files: _Files,
    profile: Annotated[list[str] | None, typer.Option(help="Hồ sơ để kiểm tra · profile to judge by (URL)")] = None,
    package: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Gói FHIR có hồ sơ đó · package (.tgz)")
    ] = None,
) -> None:
    """Kiểm tra FHIR R4 theo cấu trúc và hồ sơ, in JSON. · Check files against FHIR R4 and profiles; prints JSON."""
    from yteso.ops.judging import judge_of
    from yteso.validate.files import validate_file

    check = judge_of(package or (), profile or ())
    reports = [validate_file(_bytes(file), file.name, check) for file in files]
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
