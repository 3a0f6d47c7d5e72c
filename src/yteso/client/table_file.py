"""A table for a spreadsheet: CSV in UTF-8 with its mark, in which no cell is read as a formula (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Also the wide signs, which a spreadsheet of the East reads alike."""


def csv_of(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """The text of the file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for line in lines:
        writer.writerow(map(_cell, line))
    return _BOM + text.getvalue()


def _cell(value: Any) -> Any:
    """A figure as it is; a text that begins like a formula behind the sign that makes it a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
