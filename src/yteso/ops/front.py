"""The one WSGI application: finds the door by the path, bounds the body, names the request, counts the answer.

Doors answer `base.http.Request`; every other path is the pages' (Django), which answers WSGI itself and sets its own
security headers. Knows no door by name: `ops.wsgi` brings them.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from random import getrandbits

from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.issue import Issue
from yteso.base.settings import LOOPBACK
from yteso.base.trace import where
from yteso.ops import metrics
from yteso.ops.answer import json_of
from yteso.ops.carry import Environ, StartResponse, request_of, require_own_host, send
from yteso.ops.rules import FAILED, NO_METHOD

log = logging.getLogger(__name__)
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_DRAIN = 64 * 1024
_DRAIN_LIMIT = 1024 * 1024

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""What any door may answer; TRACE, CONNECT and words of one's own reach none."""
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True)
class Door:
    """Paths at or below one of `prefixes`. With `mounted` the prefix is taken off the path the door sees."""

    name: str
    prefixes: tuple[str, ...]
    answer: Callable[[Request], Response]
    mounted: bool = False
    anywhere: bool = False
    """Answers under any name of this machine, as no answer of it holds an address of ours."""

    def prefix_of(self, path: str) -> str | None:
        """The prefix this path is at or below."""
        for prefix in self.prefixes:
            if path == prefix or path.startswith(prefix + "/"):
                return prefix
        return None


class Front:
    """The application the server runs; called from many threads at once."""

    def __init__(
        self, doors: Sequence[Door], pages: Wsgi, limit: int, public_url: str = "", hosts: Collection[str] = LOOPBACK
    ) -> None:
        self._doors = doors
        self._pages = pages
        self._limit = limit
        self._public_url = public_url
        self._hosts = frozenset(hosts)
        self._headers = (*HEADERS, HSTS) if public_url.startswith("https://") else HEADERS

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request. Never raises, except what the pages raise while their body is sent."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else f"{getrandbits(64):016x}"
        environ["HTTP_X_REQUEST_ID"] = request_id
        started = time.perf_counter()
        seen: list[int] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            seen[:] = [int(status[:3])]
            return start_response(status, [*headers, ("X-Request-Id", request_id)], *rest)

        name, body = self._dispatch(environ, start, request_id)
        metrics.count(name, environ["REQUEST_METHOD"], seen[0] if seen else 0, time.perf_counter() - started)
        return body

    def _dispatch(self, environ: Environ, start: StartResponse, request_id: str) -> tuple[str, Iterable[bytes]]:
        if environ["REQUEST_METHOD"] not in METHODS:
            return "none", send(_no_method(), start, self._headers)
        for door in self._doors:
            prefix = door.prefix_of(environ["PATH_INFO"])
            if prefix is not None:
                response = self._answer(door, prefix if door.mounted else "", environ, request_id)
                return door.name, send(response, start, self._headers)
        return "pages", self._answer_pages(environ, start, request_id)

    def _answer(self, door: Door, mount: str, environ: Environ, request_id: str) -> Response:
        try:
            if not (self._public_url or door.anywhere):
                require_own_host(environ, self._hosts)
            return door.answer(request_of(environ, mount, self._limit, self._public_url))
        except Refused as refusal:
            _drain(environ)
            return refused(refusal.issues, refusal.status)
        except Exception as error:
            log.error("request %s at %s failed: %s", request_id, door.name, where(error))
            return refused([FAILED.at(request=request_id)], 500)

    def _answer_pages(self, environ: Environ, start: StartResponse, request_id: str) -> Iterable[bytes]:
        try:
            request_of(environ, "", self._limit)
            return self._pages(environ, start)
        except Refused as refusal:
            _drain(environ)
            return send(refused(refusal.issues, refusal.status), start, self._headers)
        except Exception as error:
            log.error("request %s at the pages failed: %s", request_id, where(error))
            return send(refused([FAILED.at(request=request_id)], 500), start, self._headers)


def _no_method() -> Response:
    told = refused([NO_METHOD.at()], 405)
    return replace(told, headers={**told.headers, "Allow": ", ".join(METHODS)})


def refused(issues: Iterable[Issue], status: int) -> Response:
    """The numbered issues as JSON."""
    listed = [
        {"code": issue.code, "text": issue.text, "text_en": issue.text_en, "fix": issue.fix, "fix_en": issue.fix_en}
        for issue in issues
    ]
    return json_of({"issues": listed}, status)


def _drain(environ: Environ) -> None:
    """Take a little of what the sender still sends, so that a small refused body can read its answer."""
    taken = 0
    while taken < _DRAIN_LIMIT and (piece := environ["wsgi.input"].read(_DRAIN)):
        taken += len(piece)
