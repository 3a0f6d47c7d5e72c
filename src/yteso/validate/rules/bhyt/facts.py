"""One visit's rows as the rules look at them: the summary row, amounts, moments. Pure look-ups, no judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from yteso.base.record import Record

Tables = Mapping[str, tuple[Record, ...]]

NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
LINES = ("XML2", "XML3")
LEGACY = "QD4210"


class Facts:
    """What the rules ask of a visit. `summary` is the row of XML1, None at check-in; `on` is the day of judgement."""

    def __init__(self, tables: Tables, facility: str, layer: str, on: date) -> None:
        self.tables = tables
        self.facility = facility
        self.layer = layer
        self.on = on
        summary = tables.get("XML1")
        self.summary: Record | None = summary[0] if summary else None
        self.legacy = layer == LEGACY

    def rows(self, *names: str) -> Iterator[Record]:
        """The rows of those tables, in order."""
        for name in names:
            yield from self.tables.get(name, ())

    @property
    def person(self) -> Record | None:
        """The row that describes the person: XML1, at check-in XML0."""
        return self.summary or next(self.rows("XML0"), None)


def amount(row: Record, field: str) -> Decimal | None:
    """The field as a number; None when it is empty or none."""
    return parse_number(row[field])


@lru_cache(maxsize=4096)
def parse_number(text: str) -> Decimal | None:
    """A plain decimal; exponents, spaces and commas are not numbers here."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


@lru_cache(maxsize=8192)
def moment(text: str) -> datetime | None:
    """`yyyymmdd[HHMM]` -> that moment (midnight without a time); None when it is no whole date.

    It has no zone: a file has one clock, its facility's, and a rule compares times of one file.
    """
    if len(text) not in (8, 12) or not (text.isascii() and text.isdigit()):
        return None
    try:
        if len(text) == 8:
            return datetime(int(text[:4]), int(text[4:6]), int(text[6:8]))
        return datetime(int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]))
    except ValueError:
        return None


def parts(text: str) -> list[str]:
    """The values of a `;`-separated field, without empty ones."""
    return [part for raw in text.split(";") if (part := raw.strip())] if text else []
