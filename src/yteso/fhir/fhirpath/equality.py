"""`=`, `~`, `<` and membership (FHIRPath N1 §6.1, §6.2). None where the language's answer is the empty collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yteso.fhir.fhirpath.moments import Moment
from yteso.fhir.fhirpath.nodes import Items, Node, is_type, system
from yteso.fhir.fhirpath.quantities import Quantity, from_fhir
from yteso.fhir.fhirpath.refusals import Unanswerable

_NUMBERS = (int, Decimal)
_SPACE = re.compile(r"\s+")


def equal(left: Items, right: Items) -> bool | None:
    """`=` of two collections: in order, item by item."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    unknown = False
    for one, other in zip(left, right, strict=True):
        answer = same(one, other)
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def same(left: Any, right: Any) -> bool | None:
    """`=` of two items."""
    left, right = _pair(left, right)
    kind, other = type(left), type(right)
    if kind is Node:
        return other is Node and _same_node(left, right)
    if kind in _NUMBERS and other in _NUMBERS:
        return bool(left == right)
    if kind is not other:
        return False
    if kind is Moment:
        if (left.kind == "Time") != (right.kind == "Time"):
            return False
        order = left.compared(right)
        return None if order is None else order == 0
    if kind is Quantity:
        order = left.compared(right)
        return order == 0 if order is not None or left.calendar or right.calendar else None
    return bool(left == right)


def _pair(left: Any, right: Any) -> tuple[Any, Any]:
    """Both as values; a FHIR Quantity as the language's where the other one is that."""
    left, right = system(left), system(right)
    if type(left) is Quantity and type(right) is Node:
        right = from_fhir(right.value) or right
    elif type(right) is Quantity and type(left) is Node:
        left = from_fhir(left.value) or left
    return left, right


def _same_node(left: Node, right: Node) -> bool:
    return same_json(left.value, right.value) and (left.value is not None or same_json(left.extra, right.extra))


def same_json(left: Any, right: Any) -> bool:
    """Deep equality in which true is not 1."""
    if type(left) is dict:
        return (
            type(right) is dict
            and left.keys() == right.keys()
            and all(same_json(value, right[key]) for key, value in left.items())
        )
    if type(left) is list:
        return type(right) is list and len(left) == len(right) and all(map(same_json, left, right))
    return bool(left == right) and (type(left) is bool) == (type(right) is bool)


def key(item: Any) -> Any:
    """Equal and hashable for items that `same` finds equal: sets of items cost no comparison of pairs."""
    value = system(item)
    kind = type(value)
    if kind is bool:
        return ("boolean", value)
    if kind is Moment:
        return value.key()
    if kind is Quantity:
        return ("quantity", *value.canonical())
    if kind is Node:
        return _frozen(value.value if value.value is not None else value.extra)
    return value


def _frozen(value: Any) -> Any:
    if type(value) is dict:
        return frozenset((name, _frozen(part)) for name, part in value.items())
    if type(value) is list:
        return tuple(map(_frozen, value))
    return ("boolean", value) if type(value) is bool else value


def distinct(items: Iterable[Any]) -> Iterator[Any]:
    """The first of equal items each."""
    seen = set()
    for item in items:
        mark = key(item)
        if mark not in seen:
            seen.add(mark)
            yield item


def equivalent(left: Items, right: Items) -> bool:
    """`~` of two collections: in any order."""
    if len(left) != len(right):
        return False
    if len(left) > _MOST_PAIRED:
        return sorted(map(repr, map(key, left))) == sorted(map(repr, map(key, right)))
    rest = list(right)
    for one in left:
        found = next((index for index, other in enumerate(rest) if alike(one, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


_MOST_PAIRED = 300
"""Larger collections are compared by their keys: strictly, and without comparing every pair."""


def alike(left: Any, right: Any) -> bool:
    """`~` of two items."""
    left, right = _pair(left, right)
    kind, other = type(left), type(right)
    if kind is Node:
        return other is Node and _alike_json(left.value, right.value)
    if kind in _NUMBERS and other in _NUMBERS:
        return _alike_numbers(Decimal(left), Decimal(right))
    if kind is not other:
        return False
    if kind is Moment:
        return bool((left.kind == "Time") == (right.kind == "Time") and left.compared(right) == 0)
    if kind is Quantity:
        return _alike_quantities(left, right)
    return bool(_folded(left) == _folded(right) if kind is str else left == right)


def _alike_quantities(left: Quantity, right: Quantity) -> bool:
    if left.compared(right) is None:
        left, right = left.definite(), right.definite()
    converted = right.to(left.unit)
    return converted is not None and _alike_numbers(left.value, converted.value)


def _alike_numbers(left: Decimal, right: Decimal) -> bool:
    digits = min(_digits(left), _digits(right))
    unit = Decimal(1).scaleb(-digits)
    return left.quantize(unit, ROUND_HALF_UP) == right.quantize(unit, ROUND_HALF_UP)


def _digits(value: Decimal) -> int:
    """Digits after the point, without trailing zeros."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()


def _alike_json(left: Any, right: Any) -> bool:
    if type(left) is dict:
        return (
            type(right) is dict
            and left.keys() == right.keys()
            and all(_alike_json(value, right[name]) for name, value in left.items())
        )
    if type(left) is list:
        return type(right) is list and len(left) == len(right) and all(map(_alike_json, left, right))
    if type(left) is str and type(right) is str:
        return _folded(left) == _folded(right)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal) and bool not in (type(left), type(right)):
        return _alike_numbers(Decimal(left), Decimal(right))
    return same_json(left, right)


def _quantity(item: Any) -> Any:
    """A FHIR Quantity as the language's; a Quantity in a system other than UCUM stays a node and has no order."""
    if type(item) is not Node:
        return item
    if not is_type(item, "Quantity"):
        raise Unanswerable
    return from_fhir(item.value) or item


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 of two items; None when their precision decides. Raises Unanswerable for what has no order."""
    left, right = (_quantity(side) for side in _pair(left, right))
    kind, other = type(left), type(right)
    if kind is Node and other is Node:
        return None
    if kind in _NUMBERS and other in _NUMBERS:
        return int(left > right) - int(left < right)
    if kind is not other:
        raise Unanswerable
    if kind is Moment or kind is Quantity:
        found: int | None = left.compared(right)
        return found
    if kind is str:
        return int(left > right) - int(left < right)
    raise Unanswerable
