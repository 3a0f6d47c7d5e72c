"""Sessions as they are kept: the cookie carries a secret, the row is named by a digest of it (ADR 56).

`session_key` of the store, of allauth's list and of tickets is the name of the row. It opens nothing: what a browser
sends is digested once more. The secret itself is known to the browser, and here for as long as one request takes.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase

LENGTH = 40
"""Hexadecimal digits of a name, all that the column of Django's table takes: 160 bits, about as many as the secret."""


def name_of(secret: str) -> str:
    """The name of the row that this cookie opens. No key is needed: nobody guesses 32 random characters."""
    return hashlib.sha256(secret.encode()).hexdigest()[:LENGTH]


class SessionStore(PlainStore):
    """Django's, but for the names of rows. `secret`: what the cookie is to carry; empty where a row was only named."""

    secret = ""

    def _get_new_session_key(self) -> str:
        self.secret = super()._get_new_session_key()
        return name_of(self.secret)


class Sessions(SessionMiddleware):
    """Django's, between the cookie's secret and the row's name."""

    def process_request(self, request: HttpRequest) -> None:
        """The session of the cookie."""
        secret = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        request.session = self.SessionStore(name_of(secret) if secret else None)
        request.session.secret = secret

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The session kept, and its secret in the cookie where Django writes the row's name."""
        answer: HttpResponseBase = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value:
            answer.cookies[settings.SESSION_COOKIE_NAME] = request.session.secret
        return answer
