"""The operators between two collections (FHIRPath N1 §6): items and items -> items."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from yteso.fhir.fhirpath.equality import distinct, equal, equivalent, key, order
from yteso.fhir.fhirpath.moments import Moment
from yteso.fhir.fhirpath.nodes import Items, Node, single, string, truth
from yteso.fhir.fhirpath.quantities import Quantity, from_fhir
from yteso.fhir.fhirpath.refusals import Unanswerable

_BIGGEST_TEXT = 1_000_000
TRUE, FALSE = [True], [False]


def _answer(value: bool | None) -> Items:
    return [] if value is None else [value]


def _and(left: Any, right: Any) -> Any:
    def both(context: Any, focus: Items) -> Items:
        one = truth(left(context, focus))
        if one is False:
            return FALSE
        other = truth(right(context, focus))
        if other is False:
            return FALSE
        return TRUE if one and other else []

    return both


def _or(left: Any, right: Any) -> Any:
    def either(context: Any, focus: Items) -> Items:
        one = truth(left(context, focus))
        if one:
            return TRUE
        other = truth(right(context, focus))
        if other:
            return TRUE
        return FALSE if one is False and other is False else []

    return either


def _xor(left: Any, right: Any) -> Any:
    def one_of(context: Any, focus: Items) -> Items:
        one, other = truth(left(context, focus)), truth(right(context, focus))
        return [] if one is None or other is None else [one != other]

    return one_of


def _implies(left: Any, right: Any) -> Any:
    def follows(context: Any, focus: Items) -> Items:
        one = truth(left(context, focus))
        if one is False:
            return TRUE
        other = truth(right(context, focus))
        if other:
            return TRUE
        return FALSE if one and other is False else []

    return follows


LOGIC: dict[str, Callable[[Any, Any], Any]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
"""Operators that work out their right side only when the left one has not decided (a permitted order, §6.5)."""


def _compare(test: Callable[[int], bool]) -> Callable[[Items, Items], Items]:
    def compare(left: Items, right: Items) -> Items:
        if not left or not right:
            return []
        if len(left) > 1 or len(right) > 1:
            raise Unanswerable
        found = order(left[0], right[0])
        return [] if found is None else [test(found)]

    return compare


def _in(left: Items, right: Items) -> Items:
    if not left:
        return []
    if len(left) > 1:
        raise Unanswerable
    wanted = key(left[0])
    return [any(key(item) == wanted for item in right)]


def _union(left: Items, right: Items) -> Items:
    return list(distinct([*left, *right]))


def _operands(left: Items, right: Items) -> tuple[Any, Any] | None:
    one, other = _value(left), _value(right)
    return None if one is None or other is None else (one, other)


def _value(items: Items) -> Any:
    value = single(items)
    return from_fhir(value.value) if type(value) is Node else value


def _add(left: Items, right: Items, sign: int = 1) -> Items:
    pair = _operands(left, right)
    if pair is None:
        return []
    one, other = pair
    if isinstance(one, str) and isinstance(other, str) and sign > 0:
        return [_bounded(one + other)]
    if isinstance(one, Moment) and isinstance(other, Quantity):
        return [one.plus(other, sign)]
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return [one.plus(other, sign)]
    if _is_number(one) and _is_number(other):
        return [one + sign * other]
    raise Unanswerable


def _multiply(left: Items, right: Items) -> Items:
    pair = _operands(left, right)
    if pair is None:
        return []
    one, other = pair
    if _is_number(one) and _is_number(other):
        return [_bounded_number(one * other)]
    return _quantities(one, other, divided=False)


def _divide(left: Items, right: Items) -> Items:
    pair = _operands(left, right)
    if pair is None:
        return []
    one, other = pair
    if _is_number(one) and _is_number(other):
        return [_tidy(Decimal(one) / Decimal(other))] if other else []
    return _quantities(one, other, divided=True)


def _quantities(one: Any, other: Any, *, divided: bool) -> Items:
    sides = [Quantity(Decimal(side), "1") if _is_number(side) else side for side in (one, other)]
    if not all(isinstance(side, Quantity) for side in sides):
        raise Unanswerable
    found = sides[0].times(sides[1], divided=divided)
    return [] if found is None else [found]


def _whole(left: Items, right: Items, *, rest: bool) -> Items:
    pair = _operands(left, right)
    if pair is None:
        return []
    one, other = pair
    if not (_is_number(one) and _is_number(other)):
        raise Unanswerable
    if not other:
        return []
    try:
        quotient = int((Decimal(one) / Decimal(other)).to_integral_value(ROUND_DOWN))
    except (InvalidOperation, Overflow, DivisionByZero):
        return []
    return [one - quotient * other if rest else quotient]


def _concatenate(left: Items, right: Items) -> Items:
    return [_bounded((string(left) or "") + (string(right) or ""))]


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is Decimal


def _tidy(value: Decimal) -> Decimal | int:
    return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else value


def _bounded_number(value: Any) -> Any:
    if abs(value) >= 10**100:
        raise Unanswerable
    return value


def _bounded(text: str) -> str:
    if len(text) > _BIGGEST_TEXT:
        raise Unanswerable
    return text


def _opposite(value: bool | None) -> Items:
    return [] if value is None else [not value]


OPERATORS: dict[str, Callable[[Items, Items], Items]] = {
    "=": lambda left, right: _answer(equal(left, right)),
    "!=": lambda left, right: _opposite(equal(left, right)),
    "~": lambda left, right: [equivalent(left, right)],
    "!~": lambda left, right: [not equivalent(left, right)],
    "<": _compare(lambda found: found < 0),
    "<=": _compare(lambda found: found <= 0),
    ">": _compare(lambda found: found > 0),
    ">=": _compare(lambda found: found >= 0),
    "in": _in,
    "contains": lambda left, right: _in(right, left),
    "|": _union,
    "+": _add,
    "-": lambda left, right: _add(left, right, -1),
    "&": _concatenate,
    "*": _multiply,
    "/": _divide,
    "div": lambda left, right: _whole(left, right, rest=False),
    "mod": lambda left, right: _whole(left, right, rest=True),
}
