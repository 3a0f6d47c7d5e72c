"""Number and quantity clauses -> conditions on `store.number` (FHIR R4 §3.1.1.4.4 and §3.1.1.4.8)."""

from __future__ import annotations

from decimal import Decimal
from math import inf, nextafter

from yteso.search.fragment import Fragment
from yteso.search.keys import number
from yteso.search.numbers import bare_unit_key, precision, unit_key
from yteso.search.values import bare, split

_CONDITIONS = {
    "eq": "{0}.lo >= %s AND {0}.hi < %s",
    "ne": "NOT ({0}.lo >= %s AND {0}.hi < %s)",
    "gt": "{0}.hi > %s",
    "lt": "{0}.lo < %s",
    "ge": "{0}.hi >= %s",
    "le": "{0}.lo <= %s",
    "sa": "{0}.lo > %s",
    "eb": "{0}.hi < %s",
    "ap": "{0}.lo <= %s AND {0}.hi >= %s",
}


def condition(prefix: str, value: str, row: str) -> Fragment:
    """One value (`5.4`, `5.4|http://unitsofmeasure.org|mg`, `5.4||mg`) as a condition on alias `row`."""
    written, *unit = split(value, "|")
    amount = Decimal(written)
    text, params = _CONDITIONS[prefix].format(row), _bounds(prefix, amount)
    system, code = (bare(part) for part in (*unit, "", "")[:2])
    if system and code:
        return Fragment(f"{text} AND {row}.unit = %s", (*params, number(unit_key(system, code))))
    if code:
        return Fragment(f"{text} AND {row}.bare = %s", (*params, number(bare_unit_key(code))))
    return Fragment(text, params)


def _bounds(prefix: str, amount: Decimal) -> tuple[float, ...]:
    """Only eq, ne and ap look at the written precision; the others compare with the exact number."""
    if prefix in ("eq", "ne"):
        low, high = precision(amount)
        # Written with more digits than a float has, all three may be the same float; the value itself must be inside.
        return float(low), max(float(high), nextafter(float(amount), inf))
    if prefix == "ap":
        margin = abs(amount) / 10
        return float(amount + margin), float(amount - margin)
    return (float(amount),)
