"""Dates of a search -> conditions on an interval's two columns (FHIR R4 §3.1.1.4.5), in forms an index can serve.

A stored interval is [lo, hi], a searched value [low, high], both closed and in microseconds. Conditions that bound
`hi` from below say nothing about `lo`, by which rows are indexed; since nearly all intervals are shorter than LONG,
`alternatives` parts them into "starts after low - LONG" and "is long", which two indexes answer.
"""

from __future__ import annotations

from datetime import datetime

from yteso.fhir.dates import Interval, interval, microseconds
from yteso.search.fragment import Fragment, any_of
from yteso.search.query import Clause
from yteso.search.row import NO_DATE

_DAY = 86_400_000_000
LONG = 2_678_400_000_000
"""31 days in microseconds; the migration's partial index `resource_long` holds the same number."""

_CONDITIONS = {
    "eq": "({lo} >= %s AND {hi} <= %s AND {lo} <= %s)",
    "ne": "({lo} <> %s AND NOT ({lo} >= %s AND {hi} <= %s))",
    "gt": "{hi} > %s",
    "lt": "({lo} < %s AND {lo} <> %s)",
    "ge": "({hi} > %s OR {lo} >= %s)",
    "le": "({lo} <= %s AND ({lo} < %s OR {hi} <= %s) AND {lo} <> %s)",
    "sa": "{lo} > %s",
    "eb": "({hi} < %s AND {lo} < %s AND {lo} <> %s)",
    "ap": "({lo} <= %s AND {hi} >= %s)",
    "co": "({lo} <= %s AND {hi} >= %s AND {lo} <> %s)",
    "po": "({lo} <= %s AND {hi} >= %s AND {lo} <> %s)",
}
"""The last two are operators of `_filter` only: the stored period contains, or overlaps, the searched one.

NO_DATE is the smallest number, so conditions without a lower bound leave it out by name."""


def condition(values: tuple[tuple[str, str], ...], lo: str, hi: str, now: datetime) -> Fragment:
    """Any of the values holds."""
    return any_of(_one(prefix, _interval(text), lo, hi, now) for prefix, text in values)


def alternatives(values: tuple[tuple[str, str], ...], lo: str, hi: str, now: datetime) -> tuple[Fragment, ...]:
    """The same as up to two conditions that exclude each other, each with a bound an index can use.

    The second one begins with the condition of `resource_long`.
    """
    whole = condition(values, lo, hi, now)
    bound = _lower_bound(values, now)
    if bound is None:
        return (whole,)
    start = bound - LONG
    return (
        Fragment(f"{lo} > %s AND {whole.text}", (start, *whole.params)),
        Fragment(f"{hi} - {lo} > {LONG} AND {hi} >= %s AND {lo} <= %s AND {whole.text}", (bound, start, *whole.params)),
    )


def is_day(clause: Clause) -> bool:
    """True when the clause names one day, or less."""
    if len(clause.values) != 1 or clause.values[0][0] != "eq":
        return False
    low, high = _interval(clause.values[0][1])
    return high - low < _DAY


def _lower_bound(values: tuple[tuple[str, str], ...], now: datetime) -> int | None:
    """A number that `hi` must reach, when there is one value that asks so and bounds `lo` in no way."""
    if len(values) != 1:
        return None
    prefix, text = values[0]
    found = _interval(text)
    if prefix == "gt":
        return found[1]
    if prefix == "ge":
        return found[0]
    if prefix == "ap":
        return _widened(found, now)[0]
    return None


def _one(prefix: str, value: Interval, lo: str, hi: str, now: datetime) -> Fragment:
    low, high = value
    params: dict[str, tuple[int, ...]] = {
        "eq": (low, high, high),
        "ne": (NO_DATE, low, high),
        "gt": (high,),
        "lt": (low, NO_DATE),
        "ge": (high, low),
        "le": (high, low, high, NO_DATE),
        "sa": (high,),
        "eb": (low, low, NO_DATE),
        "co": (low, high, NO_DATE),
        "po": (high, low, NO_DATE),
    }
    text = _CONDITIONS[prefix].format(lo=lo, hi=hi)
    if prefix == "ap":
        wide_low, wide_high = _widened(value, now)
        return Fragment(text, (wide_high, wide_low))
    return Fragment(text, params[prefix])


def _widened(value: Interval, now: datetime) -> Interval:
    """Approximately: a tenth of the distance from now to each side (the standard's recommendation)."""
    low, high = value
    margin = abs(microseconds(now) - low) // 10
    return low - margin, high + margin


def _interval(text: str) -> Interval:
    found = interval(text)
    assert found is not None, "parse lets only dates through"
    return found
