"""Is an item asked at all? By its enableWhen and the answers that are there (FHIR R4 Questionnaire.item.enableWhen).

Of several items with the linkId of the question the nearest one counts: the one that has most of its way from the root
in common. Where that is not one alone, and where values cannot be compared, it cannot be said: None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from yteso.validate.questionnaires.values import Json, Value, order, same, value_of

Way = tuple[int, ...]
"""The items and answers from the root to an item, each by its number."""
MOST_NAMESAKES = 100
"""Items of one linkId among which the nearest is looked for."""


@dataclass(slots=True)
class Answered:
    """The answers of a response, by linkId and by where they stand."""

    by_link: dict[str, list[tuple[Way, list[Value]]]] = field(default_factory=dict)

    def add(self, link: str, way: Way, values: list[Value]) -> None:
        """One item."""
        self.by_link.setdefault(link, []).append((way, values))

    def nearest(self, link: str, way: Way) -> list[Value] | None:
        """The answers of the nearest item of a linkId; None when several are equally near."""
        found = self.by_link.get(link, [])
        if len(found) > MOST_NAMESAKES:
            return None
        near = [(_common(way, other), values) for other, values in found]
        most = max((depth for depth, _ in near), default=0)
        nearest = [values for depth, values in near if depth == most]
        return nearest[0] if len(nearest) == 1 else None if nearest else []


def _common(one: Way, other: Way) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def is_enabled(definition: Json, answered: Answered, way: Way) -> bool | None:
    """Whether the item of a Questionnaire is asked at this place of the response."""
    conditions = list(_conditions(definition))
    if not conditions:
        return True
    found = [_holds(condition, answered, way) for condition in conditions]
    if definition.get("enableBehavior") == "all" or len(found) == 1:
        return False if False in found else None if None in found else True
    if definition.get("enableBehavior") == "any":
        return True if True in found else None if None in found else False
    return found[0] if len(set(found)) == 1 else None


def _conditions(definition: Json) -> Iterator[Json]:
    listed = definition.get("enableWhen")
    yield from (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))


def _holds(condition: Json, answered: Answered, way: Way) -> bool | None:
    values = answered.nearest(str(condition.get("question")), way)
    wanted = value_of(condition, "answer")
    if values is None or wanted is None:
        return None
    operator = str(condition.get("operator"))
    if operator == "exists":
        return bool(values) is wanted[1]
    if operator == "!=":
        found = _any(values, lambda value: same(value, wanted)) if values else None
        return None if found is None else not found
    if operator == "=":
        return _any(values, lambda value: same(value, wanted))
    compare = _OPERATORS.get(operator)
    return None if compare is None else _any(values, lambda value: _compared(order(value, wanted), compare))


_OPERATORS: dict[str, Callable[[int], bool]] = {
    ">": lambda found: found > 0,
    "<": lambda found: found < 0,
    ">=": lambda found: found >= 0,
    "<=": lambda found: found <= 0,
}


def _compared(found: int | None, compare: Callable[[int], bool]) -> bool | None:
    return None if found is None else compare(found)


def _any(values: list[Value], ask: Callable[[Value], bool | None]) -> bool | None:
    found = [ask(value) for value in values]
    return True if True in found else None if None in found else False


def is_empty(item: Any) -> bool:
    """Whether an item of a response holds no answer, also further below."""
    if not isinstance(item, dict):
        return True
    if item.get("answer"):
        return False
    inner = item.get("item")
    return all(map(is_empty, inner)) if isinstance(inner, list) else True
