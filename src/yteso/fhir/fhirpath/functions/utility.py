"""N1 §5.9 utility and §6.5 `not`, §6.3 `type`, and boundaries and precision of the language's second version."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from yteso.base.clock import day_in_vietnam
from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.moments import Moment
from yteso.fhir.fhirpath.nodes import Items, Node, integer, plain, single, string, system_type, truth
from yteso.fhir.fhirpath.quantities import Quantity, from_fhir
from yteso.fhir.fhirpath.shapes import UNTYPED

_PRECISION = 8
"""Digits after the point of a decimal's boundary when none are asked for."""
_MOST_DIGITS = 31


@function("not")
def _not(items: Items) -> Items:
    value = truth(items)
    return [] if value is None else [not value]


@function("trace", 1, 2, lazy=True, context=True)
def _trace(context: Context, items: Items, name: Any, projection: Any = None) -> Items:
    told = context.around.trace
    if told is not None:
        shown = items if projection is None else [one for item in items for one in projection(context, [item])]
        told(string(name(context, context.focus)) or "", [plain(item) for item in shown])
    return items


@function("now", context=True)
def _now(context: Context, _items: Items) -> Items:
    return [Moment.at(context.now())]


@function("today", context=True)
def _today(context: Context, _items: Items) -> Items:
    found = Moment.of(day_in_vietnam(context.now()).isoformat())
    return [] if found is None else [found]


@function("timeOfDay", context=True)
def _time_of_day(context: Context, _items: Items) -> Items:
    found = Moment.time(context.now().time().isoformat(timespec="milliseconds"))
    return [] if found is None else [found]


@function("type")
def _type(items: Items) -> Items:
    return [Node(_described(item), UNTYPED) for item in items]


def _described(item: Any) -> dict[str, str]:
    if type(item) is Node:
        return {"namespace": "FHIR", "name": item.type}
    return {"namespace": "System", "name": system_type(item)}


@function("lowBoundary", 0, 1)
def _low_boundary(items: Items, precision: Items | None = None) -> Items:
    return _boundary(items, precision, high=False)


@function("highBoundary", 0, 1)
def _high_boundary(items: Items, precision: Items | None = None) -> Items:
    return _boundary(items, precision, high=True)


def _boundary(items: Items, precision: Items | None, *, high: bool) -> Items:
    value = _quantity_or_value(items)
    digits = integer(precision) if precision else None
    found: Any = None
    if isinstance(value, Moment):
        found = value.boundary(high=high, digits=digits)
    elif isinstance(value, Quantity):
        edge = _decimal_boundary(value.value, digits, high=high)
        found = None if edge is None else Quantity(edge, value.unit, value.calendar)
    elif isinstance(value, int | Decimal) and type(value) is not bool:
        found = _decimal_boundary(Decimal(value), digits, high=high)
    return [] if found is None else [found]


def _quantity_or_value(items: Items) -> Any:
    value = single(items)
    return from_fhir(value.value) if type(value) is Node else value


def _decimal_boundary(value: Decimal, digits: int | None, *, high: bool) -> Decimal | None:
    digits = _PRECISION if digits is None else digits
    if not 0 <= digits <= _MOST_DIGITS or value.adjusted() > _MOST_DIGITS:
        return None
    half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
    edge = value + half if high else value - half
    return edge.quantize(Decimal(1).scaleb(-digits), ROUND_CEILING if high else ROUND_FLOOR)


@function("precision")
def _precision(items: Items) -> Items:
    value = single(items)
    if isinstance(value, Moment):
        return [sum(letter.isdigit() for letter in str(value).partition("+")[0].removesuffix("Z"))]
    if isinstance(value, int | Decimal) and type(value) is not bool:
        return [max(0, -int(Decimal(value).as_tuple().exponent))]
    return []
