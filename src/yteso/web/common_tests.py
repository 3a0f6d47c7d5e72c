"""What common tests are, in plain words, and limits in use for adults (`common_tests.tsv`). It judges nothing.

Files of the health insurance carry no reference range (XML4 has no field for it), so that a person would read numbers
without a measure. A limit from here is always shown as what it is: a common one, with its source, not the laboratory's.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from yteso.base.text import fold

_FILE = Path(__file__).with_name("common_tests.tsv")
SOURCES = {
    "WHO-HB": "WHO 2024",
    "ADA": "ADA 2024, QĐ 5481/QĐ-BYT",
    "ATP3": "NCEP ATP III",
}
"""How a source is shown."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At least `low`, less than `below`; None: no such side."""

    low: Decimal | None
    below: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class Common:
    """One test. `limits` by administrative gender; none where no guideline gives a limit."""

    vi: str
    en: str
    unit: str
    limits: dict[str, Limits]

    @property
    def words(self) -> str:
        """What it is, in the reader's language."""
        return self.en if get_language() == "en" else self.vi


def common_test(name: str) -> Common | None:
    """The test of this name, however it is accented; None when it is not among the common ones."""
    return _tests().get(fold(name))


@cache
def _tests() -> dict[str, Common]:
    lines = [line for line in _FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {name: _common(row) for row in rows for name in row["names"].split("|")}


def _common(row: dict[str, str]) -> Common:
    limits = {
        gender: Limits(*map(_bound, row[column].split("..")), SOURCES[row["source"]])
        for gender, column in (("male", "m"), ("female", "f"))
        if row[column]
    }
    return Common(row["vi"], row["en"], row["unit"], limits)


def _bound(text: str) -> Decimal | None:
    return Decimal(text) if text else None
