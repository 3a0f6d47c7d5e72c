"""How the pages' errors are logged: the kind and the lines passed, never a message that may hold a patient's values."""

from __future__ import annotations

import logging
import re

from yteso.base.clock import log_time
from yteso.base.trace import where

_SECRET = re.compile(r"(/recover/)[^/\s]+")
"""Addresses that open something to whoever knows them."""


def without_secrets(text: str) -> str:
    """A text with addresses in it, their secret parts masked."""
    return _SECRET.sub(r"\1***", text)


class NoValues(logging.Formatter):
    """One line per record; an exception becomes its kind and its places."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's form
        """The same in every process's log."""
        return log_time(record.created)

    def format(self, record: logging.LogRecord) -> str:
        """Django's records name the path only; `exc_info` would bring the exception's text. The record stays whole for
        the next handler."""
        kept = record.exc_info, record.exc_text
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = None
        line = without_secrets(super().format(record))
        record.exc_info, record.exc_text = kept
        return f"{line}: {where(error)}" if error is not None else line
