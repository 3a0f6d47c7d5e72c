"""WSGI <-> `base.http`: an environ becomes a `Request`, a `Response` is handed to the server. No routing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any

from yteso.base.errors import Refused
from yteso.base.http import Body, Request, Response
from yteso.ops.rules import TOO_LARGE

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_MB = 1024 * 1024
_PIECE = 64 * 1024


class BoundedBody:
    """A body that refuses to be longer than `limit` bytes, also when its sender did not say how long it is."""

    def __init__(self, inner: Body, limit: int) -> None:
        self._inner = inner
        self._limit = limit
        self.seen = 0

    def read(self, size: int = -1, /) -> bytes:
        """The next piece; all of the rest without a size. Raises Refused (413, OPS-0010)."""
        if size >= 0:
            return self._count(self._inner.read(size))
        pieces = []
        while piece := self._count(self._inner.read(_PIECE)):
            pieces.append(piece)
        return b"".join(pieces)

    def _count(self, piece: bytes) -> bytes:
        self.seen += len(piece)
        if self.seen > self._limit:
            raise Refused(TOO_LARGE.at(limit=self._limit // _MB), status=413)
        return piece


def request_of(environ: Environ, mount: str, limit: int, public_url: str = "") -> Request:
    """The request below `mount` ("" keeps the whole path). Raises Refused (413) when it says it is too long."""
    declared = environ.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > limit:
        raise Refused(TOO_LARGE.at(limit=limit // _MB), status=413)
    headers = {_header(name): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"][len(mount) :],
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=BoundedBody(environ["wsgi.input"], limit),
        base_url=(public_url.rstrip("/") or own_address(environ)) + mount,
        remote=environ.get("REMOTE_ADDR", "").rpartition(":")[0] or environ.get("REMOTE_ADDR", ""),
    )


@lru_cache(maxsize=256)
def _header(name: str) -> str:
    """`HTTP_IF_MATCH` -> `if-match`."""
    return name[5:].replace("_", "-").lower()


def own_address(environ: Environ) -> str:
    """Scheme and host as the caller wrote them."""
    host = environ.get("HTTP_HOST") or f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    return f"{environ.get('wsgi.url_scheme', 'http')}://{host}"


def send(response: Response, start_response: StartResponse, extra: Iterable[tuple[str, str]] = ()) -> Iterable[bytes]:
    """Give the answer to the server; headers the response set itself win over `extra`."""
    headers = dict(response.headers)
    present = {name.lower() for name in headers}
    pairs = [*headers.items(), *((name, value) for name, value in extra if name.lower() not in present)]
    if isinstance(response.body, bytes):
        if "content-length" not in present and response.status not in (204, 304):
            pairs.append(("Content-Length", str(len(response.body))))
        start_response(_status_line(response.status), pairs)
        return [response.body]
    start_response(_status_line(response.status), pairs)
    return response.body


@cache
def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Status"
