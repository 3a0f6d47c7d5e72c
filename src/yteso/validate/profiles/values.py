"""Does a value equal a fixed one, hold a pattern, keep to limits? Pure comparisons (FHIR R4 §5.1.0.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yteso.fhir.dates import interval
from yteso.validate.profiles.model import NOTHING, Limits


def same(value: Any, fixed: Any) -> bool:
    """Exactly the fixed value: every part and no other; lists in their order."""
    if isinstance(fixed, dict):
        return isinstance(value, dict) and value.keys() == fixed.keys() and all(same(value[k], fixed[k]) for k in fixed)
    if isinstance(fixed, list):
        pairs = isinstance(value, list) and len(value) == len(fixed)
        return pairs and all(same(one, other) for one, other in zip(value, fixed, strict=True))
    if isinstance(fixed, bool) or isinstance(value, bool):
        return value is fixed
    return bool(value == fixed)


def holds(value: Any, pattern: Any) -> bool:
    """The parts of the pattern are there, perhaps beside others; each item of its lists is met by some item."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(name in value and holds(value[name], pattern[name]) for name in pattern)
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(holds(one, wanted) for one in value) for wanted in pattern)
    return same(value, pattern)


def within(value: Any, limits: Limits) -> bool:
    """Between least and most, both included. What cannot be compared (other units, other types) is not judged."""
    low = limits.least is NOTHING or _before(limits.least, value)
    return low and (limits.most is NOTHING or _before(value, limits.most))


def _before(first: Any, second: Any) -> bool:
    if isinstance(first, dict) and isinstance(second, dict):
        units = [(one.get("system"), one.get("code") or one.get("unit")) for one in (first, second)]
        return units[0] != units[1] or _before(first.get("value"), second.get("value"))
    if isinstance(first, str) and isinstance(second, str):
        one, other = interval(first), interval(second)
        return one is None or other is None or one[0] <= other[1]
    numbers = all(isinstance(one, int | Decimal | float) and not isinstance(one, bool) for one in (first, second))
    return not numbers or bool(first <= second)
