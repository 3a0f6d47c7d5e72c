"""N1 §5.5 conversion: `toX`, `convertsToX`, `iif`, `coalesce`. What does not convert is the empty collection."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.moments import Moment
from yteso.fhir.fhirpath.nodes import Items, Node, single, string, truth
from yteso.fhir.fhirpath.quantities import CALENDAR, Quantity, from_fhir, from_text
from yteso.fhir.fhirpath.refusals import Unanswerable

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})


@function("iif", 2, 3, lazy=True, context=True)
def _iif(context: Context, items: Items, criterion: Any, then: Any, otherwise: Any = None) -> Items:
    if len(items) > 1:
        raise Unanswerable
    chosen = then if truth(criterion(context, items)) else otherwise
    found: Items = chosen(context, items) if chosen is not None else []
    return found


@function("coalesce", 1, 32, lazy=True, context=True)
def _coalesce(context: Context, items: Items, *choices: Any) -> Items:
    for choice in choices:
        found: Items = choice(context, items)
        if found:
            return found
    return []


def to_boolean(value: Any) -> bool | None:
    """A value as a boolean; None when it is none."""
    if type(value) is bool:
        return value
    if type(value) is str:
        word = value.lower()
        return True if word in _TRUE else False if word in _FALSE else None
    if isinstance(value, int | Decimal) and value in (0, 1):
        return bool(value)
    return None


def to_integer(value: Any) -> int | None:
    """A value as an integer; None when it is none."""
    if type(value) in (bool, int):
        return int(value)
    return int(value) if type(value) is str and _INTEGER.fullmatch(value) else None


def to_decimal(value: Any) -> Decimal | int | None:
    """A value as a decimal; None when it is none."""
    if type(value) is bool:
        return Decimal(int(value))
    if type(value) in (int, Decimal):
        return Decimal(value)
    return Decimal(value) if type(value) is str and _DECIMAL.fullmatch(value) else None


def to_string(value: Any) -> str | None:
    """A value of the language as text; None for a node that is no primitive."""
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is Decimal:
        return f"{value:f}"
    if type(value) is Node:
        quantity = from_fhir(value.value)
        return str(quantity) if quantity is not None else None
    return str(value)


def to_date(value: Any) -> Moment | None:
    """A value as a date; a dateTime loses its time."""
    if type(value) is Moment and value.kind != "Time":
        return value if value.kind == "Date" else Moment("Date", value.parts[:3])
    found = Moment.of(value) if type(value) is str else None
    return to_date(found) if found else None


def to_date_time(value: Any) -> Moment | None:
    """A value as a dateTime."""
    if type(value) is Moment and value.kind != "Time":
        return Moment("DateTime", value.parts, value.zone, value.text)
    return Moment.of(value, "DateTime") if type(value) is str else None


def to_time(value: Any) -> Moment | None:
    """A value as a time."""
    if type(value) is Moment:
        return value if value.kind == "Time" else None
    return Moment.time(value) if type(value) is str else None


def to_quantity(value: Any) -> Quantity | None:
    """A value as a quantity."""
    if type(value) is bool:
        return Quantity(Decimal(int(value)), "1")
    if type(value) in (int, Decimal):
        return Quantity(Decimal(value), "1")
    if type(value) is Quantity:
        return value
    if type(value) is Node:
        return from_fhir(value.value)
    return from_text(value) if type(value) is str else None


def _declare(name: str, convert: Callable[[Any], Any]) -> None:
    def converted(items: Items) -> Items:
        value = single(items)
        found = None if value is None else convert(value)
        return [] if found is None else [found]

    def converts(items: Items) -> Items:
        value = single(items)
        return [] if value is None else [convert(value) is not None]

    function(f"to{name}")(converted)
    function(f"convertsTo{name}")(converts)


for _name, _convert in {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Decimal": to_decimal,
    "String": to_string,
    "Date": to_date,
    "DateTime": to_date_time,
    "Time": to_time,
}.items():
    _declare(_name, _convert)


def _in_unit(items: Items, unit: Items | None) -> Quantity | None:
    value = single(items)
    found = None if value is None else to_quantity(value)
    wanted = string(unit) if unit else None
    if found is None or wanted is None:
        return found
    return found if wanted == found.unit and wanted not in CALENDAR else found.to(wanted)


@function("toQuantity", 0, 1)
def _to_quantity(items: Items, unit: Items | None = None) -> Items:
    found = _in_unit(items, unit)
    return [] if found is None else [found]


@function("convertsToQuantity", 0, 1)
def _converts_to_quantity(items: Items, unit: Items | None = None) -> Items:
    return [_in_unit(items, unit) is not None] if items else []
