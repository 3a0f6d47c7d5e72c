"""Pieces of SQL with their parameters, put together without ever putting a value into the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yteso.base.value import value


@value(frozen=True, slots=True)
class Fragment:
    """A piece of SQL text with `%s` places, and the values for them in order."""

    text: str
    params: tuple[Any, ...] = ()


TRUE = Fragment("true")
FALSE = Fragment("false")


def all_of(parts: Iterable[Fragment]) -> Fragment:
    """The conjunction; true when there are none."""
    kept = [part for part in parts if part is not TRUE]
    return _joined(" AND ", kept) if kept else TRUE


def any_of(parts: Iterable[Fragment]) -> Fragment:
    """The disjunction; false when there are none."""
    kept = list(parts)
    if not kept:
        return FALSE
    if len(kept) == 1:
        return kept[0]
    joined = _joined(" OR ", kept)
    return Fragment(f"({joined.text})", joined.params)


def none_of(part: Fragment) -> Fragment:
    """The negation."""
    return Fragment(f"NOT ({part.text})", part.params)


def denied(part: Fragment) -> Fragment:
    """That it does not hold; what is unknown (a column without a value) does not hold."""
    return Fragment(f"(({part.text}) IS NOT TRUE)", part.params)


def _joined(word: str, parts: list[Fragment]) -> Fragment:
    return Fragment(word.join(part.text for part in parts), tuple(value for part in parts for value in part.params))
