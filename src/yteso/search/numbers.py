"""Numbers and quantities -> intervals of floats with their unit; a search value -> the interval it means.

Floats suffice: rounding is monotone, and 15 digits are more than any measurement has. Units are kept as written
(code or unit); what they are compared with is `units`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from math import inf
from typing import Any

from yteso.search.keys import Key, token

Row = tuple[float, float, Key, Key]
"""(lowest, highest, unit with system, unit)."""

Number = tuple[Key, float, float, Key, Key]
"""(key of the path, lowest, highest, unit with system, unit)."""
Coded = tuple[Key, float, float, Key, Key, Key, Key]
"""The same, and the code of the element it is in: the facts of the bare code and of the code with its system."""
Amount = tuple[float, Key, Key]
"""(number, unit with system, unit)."""

NO_UNIT: Key = bytes(8)


def unit_key(system: str, code: str) -> Key:
    """The key of a unit in a system."""
    return token(f"unit|{system}|{code}")


def bare_unit_key(code: str) -> Key:
    """The key of a unit's code or name, whatever its system."""
    return token(f"unit|{code}")


def quantity_rows(datatype: str, value: Any) -> list[Row]:
    """The rows of one number, Quantity (Age, Duration, Count, Distance), Money, Range or SampledData."""
    if datatype in ("decimal", "integer", "positiveInt", "unsignedInt"):
        number = float(value)
        return [(number, number, NO_UNIT, NO_UNIT)]
    if datatype == "Money":
        number = float(value["value"])
        return [(number, number, *currency_keys(value.get("currency", "")))]
    if datatype == "Range":
        return _between(value.get("low"), value.get("high"))
    if datatype == "SampledData":
        origin = value["origin"]
        low, high = value.get("lowerLimit"), value.get("upperLimit")
        return _with_units(origin, -inf if low is None else float(low), inf if high is None else float(high))
    return _with_units(value, *_compared(float(value["value"]), value.get("comparator", "")))


def _compared(number: float, comparator: str) -> tuple[float, float]:
    if comparator.startswith("<"):
        return -inf, number
    if comparator.startswith(">"):
        return number, inf
    return number, number


def _between(low: Mapping[str, Any] | None, high: Mapping[str, Any] | None) -> list[Row]:
    if not low and not high:
        return []
    lowest = float(low["value"]) if low and "value" in low else -inf
    highest = float(high["value"]) if high and "value" in high else inf
    return _with_units(low or high or {}, lowest, highest)


def _with_units(quantity: Mapping[str, Any], lowest: float, highest: float) -> list[Row]:
    """One row per way the unit is written: its code, and its printed name when that differs."""
    units = unit_keys(quantity.get("system"), quantity.get("code"), quantity.get("unit"))
    return [(lowest, highest, full, bare) for full, bare in units]


@lru_cache(maxsize=4096)
def unit_keys(system: str | None, code: str | None, name: str | None) -> tuple[tuple[Key, Key], ...]:
    """(unit with system, unit) for each way a quantity's unit is written."""
    full = unit_key(system or "", code) if code else NO_UNIT
    ways = sorted({text for text in (code, name) if text})
    return tuple((full, bare_unit_key(text)) for text in ways) or ((full, NO_UNIT),)


@lru_cache(maxsize=256)
def currency_keys(code: str) -> tuple[Key, Key]:
    """(unit with system, unit) of an amount of money."""
    return unit_key("urn:iso:std:iso:4217", code), bare_unit_key(code)


def precision(number: Decimal) -> tuple[Decimal, Decimal]:
    """The half-open interval that a written number means: `5.40` is 5.395 … 5.405 (FHIR R4 §3.1.1.4.4)."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal((0, (5,), exponent - 1))
    return number - half, number + half


def settled(key: Key, numbers: list[Number], coded: Sequence[Coded]) -> tuple[Amount | None, list[Number]]:
    """The amount of a resource, whose path has this key, and the other numbers.

    Only an exact number that is written in one way is an amount. What stands among the coded ones is found there.
    """
    if coded:
        numbers = list(set(numbers).difference(one[:5] for one in coded))
    own = [one for one in numbers if one[0] == key]
    if len(own) != 1 or own[0][1] != own[0][2]:
        return None, numbers
    _, amount, _, unit, bare = own[0]
    return (amount, unit, bare), [one for one in numbers if one[0] != key]
