"""A day is Vietnam's: no line takes the day of a moment by another clock, in Python, in SQL or in a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from yteso.base.clock import VIETNAM, day_in_vietnam

HOUSE = Path(__file__).resolve().parents[3]
HERE = {
    "src/yteso/base/clock.py": "the one place",
    "src/yteso/sandbox/": "simulated times are made in Vietnam's zone",
    "src/yteso/validate/rules/bhyt/times.py": "times of one file, which have no zone",
}
"""Where `.date()` is asked of a moment all the same, and why that day is Vietnam's."""
_DAYS = re.compile(r"\bcurrent_date\b|::date\b|date_trunc\('(?!hour|minute|second)\w+'", re.I)
_TOLD = re.compile(r"AT TIME ZONE '[\w/]+'", re.I)


def day_calls(tree: ast.Module) -> Iterator[int]:
    """Lines in which a moment is asked for its day."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="date"), args=[], keywords=[]):
                yield node.lineno


def test_the_day_of_a_moment_is_asked_of_the_clock():
    """The linter (DTZ) forbids `date.today()`, `utcnow()` and moments without a zone; this is about the right zone."""
    paths = [path for folder in ("src", "tests") for path in (HOUSE / folder).rglob("*.py")]
    assert len(paths) > 800
    found = [
        f"{place}:{line}"
        for path in paths
        if not (place := path.relative_to(HOUSE).as_posix()).startswith(tuple(HERE))
        for line in day_calls(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "write day_in_vietnam(moment)"


def test_sql_takes_a_day_or_a_month_in_a_zone_that_it_names():
    """DuckDB's connection is in Vietnam's zone (`warehouse.flat`); a PostgreSQL may be in any."""
    paths = [path for path in (HOUSE / "src").rglob("*") if path.suffix in (".sql", ".py")]
    paths = [path for path in paths if "warehouse" not in path.parts]
    assert len(paths) > 600
    lines = [
        (path.name, line)
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if _DAYS.search(line) and not line.lstrip().startswith("--")
    ]
    assert lines
    assert not [one for one in lines if not _TOLD.search(one[1])]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2028, 2, 29, 0, 0, tzinfo=VIETNAM), date(2028, 2, 29)),
        (datetime(2028, 2, 28, 17, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2027, 3, 31, 23, 0, tzinfo=VIETNAM) + timedelta(hours=1), date(2027, 4, 1)),
    ],
)
def test_a_day_begins_at_five_in_the_afternoon_of_utc(moment, day):
    assert day_in_vietnam(moment) == day
