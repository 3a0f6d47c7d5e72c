"""A value of an answer: what it is beside another, and whether it is one of those offered. Pure.

Each question has three answers: True, False, and None where it cannot be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yteso.fhir.dates import interval

Json = dict[str, Any]
Value = tuple[str, Any]
"""A type of FHIR (`Coding`, `date`) and what stands there."""
_DATES = frozenset(["date", "dateTime"])
_NUMBERS = frozenset(["integer", "decimal"])
_TEXTS = frozenset(["string", "uri", "time"])


def value_of(holder: Any, name: str) -> Value | None:
    """The value of a choice (`valueCoding`, `answerBoolean`); None when there is none."""
    for key, value in holder.items() if isinstance(holder, dict) else ():
        if key.startswith(name) and key[len(name) : len(name) + 1].isupper():
            kind = key[len(name) :]
            return (kind if kind in _CAPITALS else kind[0].lower() + kind[1:]), value
    return None


_CAPITALS = frozenset(["Coding", "Quantity", "Reference", "Attachment"])


def order(one: Value, other: Value) -> int | None:
    """-1, 0 or 1 as the one is less than, the same as or more than the other; None when they cannot be compared."""
    (kind, left), (other_kind, right) = one, other
    if kind in _DATES and other_kind in _DATES and isinstance(left, str) and isinstance(right, str):
        return _order_of_dates(left, right)
    if kind in _NUMBERS and other_kind in _NUMBERS and _is_number(left) and _is_number(right):
        return int(left > right) - int(left < right)
    if kind == other_kind == "time" and isinstance(left, str) and isinstance(right, str):
        return int(left > right) - int(left < right)
    if kind == other_kind == "Quantity" and _unit(left) == _unit(right) != ("", ""):
        return order(("decimal", left.get("value")), ("decimal", right.get("value")))
    return None


def _order_of_dates(left: str, right: str) -> int | None:
    """Only what is wholly before or after counts as less or more; of the same precision they may be the same."""
    if left == right:
        return 0
    first, second = interval(left), interval(right)
    if first is None or second is None:
        return None
    if first == second:
        return 0
    return -1 if first[1] < second[0] else 1 if second[1] < first[0] else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _unit(quantity: Any) -> tuple[str, str]:
    if not isinstance(quantity, dict):
        return "", ""
    return str(quantity.get("system", "")), str(quantity.get("code") or quantity.get("unit") or "")


def same(one: Value, other: Value) -> bool | None:
    """Whether two values are the same answer."""
    (kind, left), (other_kind, right) = one, other
    if kind == other_kind == "Coding" and isinstance(left, dict) and isinstance(right, dict):
        return _same_coding(left, right)
    if kind == other_kind == "Reference" and isinstance(left, dict) and isinstance(right, dict):
        texts = left.get("reference"), right.get("reference")
        return texts[0] == texts[1] if all(texts) else None
    if kind == other_kind and (kind in _TEXTS or kind == "boolean"):
        return bool(left == right)
    found = order(one, other)
    return None if found is None else found == 0


def _same_coding(left: Json, right: Json) -> bool | None:
    if "code" not in left or "code" not in right:
        return None
    if left["code"] != right["code"]:
        return False
    return left["system"] == right["system"] if "system" in left and "system" in right else None


def among(value: Value, offered: list[Value]) -> bool | None:
    """Whether the value is one of these. A coding that leaves its system out is taken for any of its code."""
    answers = {same(value, one) if value[0] == one[0] else False for one in offered}
    return True if True in answers else None if None in answers else False


def extensions(holder: Json, url: str) -> Iterator[Value]:
    """The values of an element's extensions of this address."""
    listed = holder.get("extension")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get("url") == url and (value := value_of(one, "value")) is not None:
            yield value
