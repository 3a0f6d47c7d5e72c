"""Number and quantity clauses (FHIR R4 §3.1.1.4.4, §3.1.1.4.8) -> conditions on a row's amount and `store.number`.

Units are compared by 32 bits of their keys, as marks are: there are some thousand. A unit of UCUM, named with its
system, is asked for however it was written (`units`).
"""

from __future__ import annotations

from decimal import Decimal
from math import inf, nextafter

from yteso.search.fragment import Fragment, any_of
from yteso.search.keys import number, short
from yteso.search.numbers import bare_unit_key, precision, unit_key
from yteso.search.units import UCUM, written_as
from yteso.search.values import bare, split

_ONE = Decimal(1)

_CONDITIONS = {
    "eq": "{lo} >= %s AND {hi} < %s",
    "ne": "NOT ({lo} >= %s AND {hi} < %s)",
    "gt": "{hi} > %s",
    "lt": "{lo} < %s",
    "ge": "{hi} >= %s",
    "le": "{lo} <= %s",
    "sa": "{lo} > %s",
    "eb": "{hi} < %s",
    "ap": "{lo} <= %s AND {hi} >= %s",
}


def inside(prefix: str, value: str) -> Fragment:
    """One value (`5.4`, `5.4|http://unitsofmeasure.org|mg`, `5.4||mg`) on alias `x` of `store.number`."""
    return _condition(prefix, value, "x", "x.lo", "x.hi")


def own(prefix: str, value: str, row: str) -> Fragment:
    """The same on the amount of a row; false, never unknown, of a row that has none."""
    found = _condition(prefix, value, row, f"{row}.amount", f"{row}.amount")
    return Fragment(f"({row}.amount IS NOT NULL AND {found.text})", found.params)


def _condition(prefix: str, value: str, row: str, lo: str, hi: str) -> Fragment:
    written, *unit = split(value, "|")
    amount = Decimal(written)
    text = _CONDITIONS[prefix].format(lo=lo, hi=hi)
    system, code = (bare(part) for part in (*unit, "", "")[:2])
    if not code:
        return Fragment(text, _bounds(prefix, amount))
    if not system:
        key = number(short(bare_unit_key(code)))
        return Fragment(f"{text} AND {row}.bare = %s", (*_bounds(prefix, amount), key))
    ways = written_as(code) if system == UCUM else ((code, _ONE),)
    return any_of(
        Fragment(f"({text} AND {row}.unit = %s)", (*_bounds(prefix, amount, factor), _key(system, one)))
        for one, factor in ways
    )


def _key(system: str, code: str) -> int:
    return number(short(unit_key(system, code)))


def _bounds(prefix: str, written: Decimal, factor: Decimal = _ONE) -> tuple[float, ...]:
    """Only eq, ne and ap look at the written precision; the others compare with the exact number.

    `factor`: how many of the row's unit the written one is.
    """
    amount = written * factor
    if prefix in ("eq", "ne"):
        low, high = (end * factor for end in precision(written))
        # Written with more digits than a float has, all three may be the same float; the value itself must be inside.
        return float(low), max(float(high), nextafter(float(amount), inf))
    if prefix == "ap":
        margin = abs(amount) / 10
        return float(amount + margin), float(amount - margin)
    return (float(amount),)
