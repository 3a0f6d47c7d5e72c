"""Text that no database and no page can hold is refused before any view sees it: NUL and lone surrogates.

Looks at the address, its parameters and the fields of a form, so that no view has to. A cookie of that kind is
dropped: it cannot be one of ours. Lengths and shapes are each view's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse

from yteso.base.errors import Refused
from yteso.web import rules
from yteso.web.errors import refused


class SoundText:
    """The middleware; it comes before everything that asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Drop what cannot be a cookie of ours, and pass the request on."""
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if is_sound(value)}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, names: dict[str, Any]) -> HttpResponse | None:
        """The calm, numbered 400 for unsound text; None lets the request go on."""
        if all(map(is_sound, _texts(request, names))):
            return None
        return refused(request, Refused(rules.UNSOUND.at(), status=400))


def is_sound(text: str) -> bool:
    """True when PostgreSQL and UTF-8 can hold the text."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _texts(request: HttpRequest, names: dict[str, Any]) -> Iterator[str]:
    yield request.path
    yield from map(str, names.values())
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from values
