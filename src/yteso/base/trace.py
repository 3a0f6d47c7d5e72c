"""An exception for the log: its kind and the lines it passed, never its message, which may hold a patient's values."""

from __future__ import annotations

import traceback

_FRAMES = 6


def where(error: BaseException) -> str:
    """`"ValueError at walk.py:31 drain < worker.py:120 _perform"`, innermost place first."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
