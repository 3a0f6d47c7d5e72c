"""Which pages of other sites may read the FHIR door from a browser: those of registered apps, and no others (CORS).

What can be done here (`/metadata`) every page may read, as SMART App Launch 2.2 asks: an app begins with it.

An origin is that of a redirect or launch address of an app that is not locked. The door reads no cookie and credentials
are not allowed, so that this adds a way to show a token and no right. The list is read at most every `FRESH` seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from yteso.base.http import Request, Response
from yteso.db import Database, is_retryable
from yteso.oauth.clients import SERVICE, Client, fetch_clients

FRESH = 2.0
_ANY = "*"
_OPEN_TO_ANY = frozenset(["metadata"])
Door = Callable[[Request], Response]
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_SENT = (
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer,"
    " X-Security-Context"
)
_READ = "Content-Location, ETag, Last-Modified, Location, Retry-After, X-Progress, X-Request-Id, X-Security-Context"


class Origins:
    """What one process knows of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: frozenset[str] = frozenset()
        self._read = float("-inf")

    def around(self, door: Door) -> Door:
        """The same door, which tells browsers that a registered app may read its answers."""

        def answer(request: Request) -> Response:
            origin = request.headers.get("origin", "")
            if not origin:
                return door(request)
            allowed = _ANY if request.path.strip("/") in _OPEN_TO_ANY else origin if self.allows(origin) else ""
            asks = request.method == "OPTIONS" and "access-control-request-method" in request.headers
            return _told(_preflight() if asks and allowed else door(request), allowed)

        return answer

    def allows(self, origin: str) -> bool:
        """Whether an app with a page of this origin is registered."""
        if time.monotonic() - self._read >= FRESH:
            self._refresh()
        return origin in self._known

    def _refresh(self) -> None:
        """While the database does not answer nobody is let in; the door itself tells what is wrong."""
        try:
            with self._database.connection() as conn:
                self._known = frozenset(one for client in fetch_clients(conn) for one in origins_of(client))
        except Exception as error:
            if not is_retryable(error):
                raise
            self._known = frozenset()
        self._read = time.monotonic()


def origins_of(client: Client) -> frozenset[str]:
    """The origins of an app's pages; none of a locked app, of a machine, or of an app's own scheme."""
    if not client.active or client.kind == SERVICE:
        return frozenset()
    parts = [urlsplit(address) for address in (*client.redirects, client.launch) if address]
    return frozenset(f"{one.scheme}://{one.netloc}" for one in parts if one.scheme in ("https", "http") and one.netloc)


def _preflight() -> Response:
    headers = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": "600",
    }
    return Response(204, headers=headers)


def _told(response: Response, origin: str) -> Response:
    """`Vary` always: another site's answer must not come from a cache."""
    vary = ", ".join(filter(None, (response.headers.get("Vary", ""), "Origin")))
    headers = {**response.headers, "Vary": vary}
    if origin:
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _READ}
    return replace(response, headers=headers)
