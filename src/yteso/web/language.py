"""Which language a page speaks: the person's own choice, else the browser's cookie, else the installation's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

CHOICES = ("vi", "en")


def language_of(request: HttpRequest) -> str:
    """`vi` or `en`. What the browser prefers is not asked: Vietnamese offices run English Windows."""
    user = getattr(request, "user", None)
    wishes = (
        user.language if user is not None and user.is_authenticated else "",
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
        settings.YTESO_DEFAULT_LANGUAGE,
    )
    return next(wish for wish in wishes if wish in CHOICES)


class LanguageMiddleware:
    """Activate the language for the request's thread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak it, say so in the header, and leave the thread as it was."""
        with translation.override(language_of(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "vi")
        return response
