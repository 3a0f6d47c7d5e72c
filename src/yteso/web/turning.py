"""A long list by its pages: `?page=` names one, `turning` of the components shows the ways before and after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest

PAGE = 50
"""Rows of a page."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page this is, and the addresses of those before and after it; empty: there is none."""

    page: int
    previous: str
    next: str


def turned(request: HttpRequest, fetch: Callable[[int, int], list[Row]]) -> tuple[list[Row], Turn]:
    """The rows of the page that `?page=` names, and the ways on. `fetch`: how many, after how many."""
    asked = request.GET.get("page", "1")
    page = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    rows = fetch(PAGE, (page - 1) * PAGE)

    def to(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return rows, Turn(page, to(page - 1) if page > 1 else "", to(page + 1) if len(rows) == PAGE else "")
