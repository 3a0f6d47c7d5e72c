"""N1 §5.7 math. What no decimal can hold is the empty collection."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException

from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.nodes import Items, Node, integer, number, single
from yteso.fhir.fhirpath.quantities import Quantity, from_fhir

_BIGGEST = 30
"""Digits before the point of a result."""


def _quantity(items: Items) -> Quantity | None:
    value = single(items)
    return from_fhir(value.value) if type(value) is Node else value if isinstance(value, Quantity) else None


def _decimal(items: Items, act: Callable[[Decimal], Decimal | int | None]) -> Items:
    value = number(items)
    if value is None:
        return []
    try:
        found = act(Decimal(value))
    except (DecimalException, OverflowError, ValueError):
        return []
    if found is None or (isinstance(found, Decimal) and (not found.is_finite() or found.adjusted() > _BIGGEST)):
        return []
    return [_plain(found)]


def _plain(value: Decimal | int) -> Decimal | int:
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.adjusted() <= _BIGGEST:
        return int(value)
    return value


@function("abs")
def _abs(items: Items) -> Items:
    quantity = _quantity(items)
    if quantity is not None:
        return [Quantity(abs(quantity.value), quantity.unit, quantity.calendar)]
    value = number(items)
    return [] if value is None else [abs(value)]


@function("ceiling")
def _ceiling(items: Items) -> Items:
    return _decimal(items, lambda value: int(value.to_integral_value(ROUND_CEILING)))


@function("floor")
def _floor(items: Items) -> Items:
    return _decimal(items, lambda value: int(value.to_integral_value(ROUND_FLOOR)))


@function("truncate")
def _truncate(items: Items) -> Items:
    return _decimal(items, lambda value: int(value.to_integral_value(ROUND_DOWN)))


@function("exp")
def _exp(items: Items) -> Items:
    return _decimal(items, lambda value: value.exp() if abs(value) < 100 else None)


@function("ln")
def _ln(items: Items) -> Items:
    return _decimal(items, lambda value: value.ln() if value > 0 else None)


@function("log", 1)
def _log(items: Items, base: Items) -> Items:
    chosen = number(base)
    exact = Decimal("1e-20")
    if chosen is None or chosen <= 0 or chosen == 1:
        number(items)
        return []
    return _decimal(items, lambda value: (value.ln() / Decimal(chosen).ln()).quantize(exact) if value > 0 else None)


@function("power", 1)
def _power(items: Items, exponent: Items) -> Items:
    wanted = number(exponent)
    base = number(items)
    if wanted is None or base is None or not -1_000 <= wanted <= 1_000:
        return []
    if base < 0 and wanted != int(wanted):
        return []
    return _decimal(items, lambda value: value ** Decimal(wanted))


@function("round", 0, 1)
def _round(items: Items, precision: Items | None = None) -> Items:
    digits = integer(precision) if precision else 0
    if digits is None or not 0 <= digits <= _BIGGEST:
        return []
    return _decimal(items, lambda value: value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


@function("sqrt")
def _sqrt(items: Items) -> Items:
    return _decimal(items, lambda value: value.sqrt() if value >= 0 else None)
