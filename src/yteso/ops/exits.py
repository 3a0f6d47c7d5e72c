"""The exit codes of `yteso`, and the one place where an exception becomes one.

0 done · 1 failed · 2 wrong usage (typer's own) · 3 the data has errors · 4 not running, or cannot start
"""

from __future__ import annotations

import logging
import sys

from yteso.base.errors import CannotStart, Misconfigured, Refused, YtesoError
from yteso.base.trace import where
from yteso.db import is_away
from yteso.db.refusals import AWAY

OK = 0
FAILED = 1
USAGE = 2
DATA = 3
NOT_RUNNING = 4
INTERRUPTED = 130

log = logging.getLogger(__name__)


def code_of(error: Exception) -> int:
    """Say on standard error what went wrong and return the exit code for it."""
    if isinstance(error, Refused):
        for issue in error.issues:
            _say(f"{issue.code}: {issue.text} {issue.fix}")
            _say(f"{issue.code}: {issue.text_en} {issue.fix_en}")
        return DATA
    if isinstance(error, YtesoError):
        _say(str(error))
        return NOT_RUNNING if isinstance(error, CannotStart | Misconfigured) else FAILED
    if is_away(error):
        return code_of(CannotStart(AWAY.at()))
    if isinstance(error, OSError) and error.filename:
        _say(f"{error.filename}: {error.strerror}")
        return FAILED
    _say(f"Lỗi ngoài dự kiến · Unexpected failure: {where(error)}")
    return FAILED


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
