"""A long list by its pages; `turning` of the components shows the ways before and after the one that is shown.

The way on names the place of the last row (`?after=`), the way back that of the first (`?before=`): rows that come in
while somebody turns pages are neither doubled nor lost. What such a link says is read as a place or not at all, and
opens nothing: whose list it is decides who fetches it. `?page=` is only shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest

from yteso.base.stretch import Part, Place, Stretch

PAGE = 50
"""Rows of a page."""
_PLACE = re.compile(r"(-?[0-9]{1,18})\.(.{0,200})", re.DOTALL)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page this is, and the addresses of those before and after it; empty: there is none."""

    page: int
    previous: str
    next: str


def turned(request: HttpRequest, fetch: Callable[[Stretch], Part[Row]]) -> tuple[Part[Row], Turn]:
    """The rows of the page that the address names, and the ways on."""
    after, before = _place(request, "after"), _place(request, "before")
    part = fetch(Stretch(PAGE, after or before, back=before is not None and after is None))
    page = _number(request) if after or before else 1
    full = len(part) == PAGE
    back = _way(request, page - 1, before=part.first) if page > 2 and part.first else _way(request, 1)
    on = _way(request, page + 1, after=part.last) if part.last else _way(request, 1)
    is_back = before is not None and after is None
    return part, Turn(page, back if after or (is_back and full) else "", on if is_back or full else "")


def sliced(request: HttpRequest, rows: Sequence[Row], name: str = "page") -> tuple[Sequence[Row], Turn]:
    """The same of a list that is there as a whole, and to which rows come at its end: by the number of the page."""
    page = _number(request, name)
    begin = (page - 1) * PAGE
    back = _way(request, page - 1, name) if page > 1 else ""
    on = _way(request, page + 1, name) if len(rows) > begin + PAGE else ""
    return rows[begin : begin + PAGE], Turn(page, back, on)


def _number(request: HttpRequest, name: str = "page") -> int:
    asked = request.GET.get(name, "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _place(request: HttpRequest, name: str) -> Place | None:
    found = _PLACE.fullmatch(request.GET.get(name, ""))
    return Place(int(found[1]), found[2]) if found else None


def _way(request: HttpRequest, number: int, name: str = "page", **places: Place | None) -> str:
    query = request.GET.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[name] = str(max(1, number))
    for kind, place in places.items():
        if place is not None:
            query[kind] = f"{place.at}.{place.tie}"
    return f"?{query.urlencode()}"
