"""`yteso bench`: run the measurements of this checkout (`benchmarks/run.py`) on this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

import yteso
from yteso.ops.commands.place import errors
from yteso.ops.exits import NOT_RUNNING


def bench(context: typer.Context) -> None:
    """Đo hiệu năng trên máy này (cần mã nguồn). · Measure on this machine; needs the source checkout."""
    script = Path(yteso.__file__).parents[2] / "benchmarks" / "run.py"
    if not script.exists():
        errors.print(f"Không có {script}. · There is no {script}.")
        raise typer.Exit(NOT_RUNNING)
    raise typer.Exit(subprocess.run([sys.executable, str(script), *context.args], check=False).returncode)
