"""A stretch of a long list: so many rows behind the place of a row in the list's order, or before it.

A place is what the list is ordered by, as a number (`at`), and what tells a row from its equals (`tie`). Counted from a
place and not from the list's beginning, no row is told twice or left out when others come in or go in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Row = TypeVar("Row")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands."""

    at: int
    tie: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first `count` rows; with a place those behind it, or with `back` those before it."""

    count: int = 100
    place: Place | None = None
    back: bool = False

    @property
    def names(self) -> dict[str, Any]:
        """As a query takes it, whose last two columns are `at` and `tie`."""
        at, tie = (self.place.at, self.place.tie) if self.place else (None, "")
        return {"count": self.count, "at": at, "tie": tie, "back": self.back}


FIRST = Stretch()


class Part(list[Row]):
    """Rows of a stretch in the list's order, with the places of its first and its last one."""

    first: Place | None = None
    last: Place | None = None

    def each(self, make: Callable[[Row], Other]) -> Part[Other]:
        """Something else for each row, at its place."""
        made = Part(map(make, self))
        made.first, made.last = self.first, self.last
        return made


def part_of(rows: Sequence[Sequence[Any]], stretch: Stretch, make: Callable[..., Row]) -> Part[Row]:
    """What a query found: its rows without `at` and `tie`."""
    ordered = rows[::-1] if stretch.back else rows
    part = Part(make(*row[:-2]) for row in ordered)
    if ordered:
        part.first, part.last = Place(*ordered[0][-2:]), Place(*ordered[-1][-2:])
    return part


def whole(fetch: Callable[[Stretch], Part[Row]]) -> list[Row]:
    """Every row, stretch by stretch."""
    rows: list[Row] = []
    stretch = FIRST
    while part := fetch(stretch):
        rows += part
        if len(part) < stretch.count:
            break
        stretch = Stretch(stretch.count, part.last)
    return rows
