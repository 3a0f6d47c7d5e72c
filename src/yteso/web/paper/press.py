"""A paper -> its PDF: bounded in time, in size, and in how many are printed at once by one process of the platform."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from threading import BoundedSemaphore

import orjson

from yteso.base.errors import YtesoError
from yteso.web.paper.document import Paper

SECONDS = 20
LARGEST = 20 << 20
"""Bytes of one PDF."""
_WAIT = 5
_TYPEFACES = files("fontpkg_be_vietnam_pro") / "files"
_SHEET = Path(__file__).with_name("sheet.py")
_AT_ONCE = BoundedSemaphore(2)


class NotPrinted(YtesoError):
    """The document was not printed: too many at once, too long or too large."""


def print_pdf(paper: Paper) -> bytes:
    """The PDF. Raises NotPrinted (a calm 503)."""
    if not _AT_ONCE.acquire(timeout=_WAIT):
        raise NotPrinted
    try:
        printed = _run(orjson.dumps(dataclasses.asdict(paper)))
    finally:
        _AT_ONCE.release()
    if not printed.startswith(b"%PDF-") or len(printed) > LARGEST:
        raise NotPrinted
    return printed


def _run(document: bytes) -> bytes:
    """The printer reads no environment and none of our modules; what it says of its own troubles may hold data."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_SHEET), str(_TYPEFACES)],
            input=document,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
