"""WSGI <-> `base.http`: an environ becomes a `Request`, a `Response` is handed to the server. No routing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any

from yteso.base.errors import Refused
from yteso.base.http import Body, Request, Response
from yteso.ops.rules import NOT_OUR_NAME, TOO_LARGE

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
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"][len(mount) :],
        query=environ.get("QUERY_STRING", ""),
        headers=Headers(environ),
        body=BoundedBody(environ["wsgi.input"], limit),
        base_url=(public_url.rstrip("/") or own_address(environ)) + mount,
        remote=environ.get("REMOTE_ADDR", "").rpartition(":")[0] or environ.get("REMOTE_ADDR", ""),
    )


_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
"""Headers whose variables have no `HTTP_` in front; empty, they are absent (PEP 3333)."""


class Headers(Mapping[str, str]):
    """The headers of an environ, looked up when they are asked for: most requests are asked for few."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        found: str | None = self._environ.get(_variable(name))
        if found is None or not (found or name not in _BARE):
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The same without an error; spelled out, because it is the way of nearly all."""
        found = self._environ.get(_variable(name))
        return found if found or (found is not None and name not in _BARE) else default

    def __iter__(self) -> Iterator[str]:
        yield from (name[5:].replace("_", "-").lower() for name in self._environ if name.startswith("HTTP_"))
        yield from (name for name, variable in _BARE.items() if self._environ.get(variable))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=256)
def _variable(name: str) -> str:
    """`if-match` -> `HTTP_IF_MATCH`."""
    return _BARE.get(name) or f"HTTP_{name.replace('-', '_').upper()}"


def own_address(environ: Environ) -> str:
    """Scheme and host as the caller wrote them; `require_own_host` has seen to it that they are ours."""
    return f"{environ.get('wsgi.url_scheme', 'http')}://{_host(environ)}"


def require_own_host(environ: Environ, hosts: frozenset[str]) -> None:
    """Links in answers begin with the name we were called by. Refused (421, OPS-0014) when it is none of ours, so that
    nobody is handed, or has a cache keep, an answer whose links lead to somebody else.
    """
    if _name(_host(environ)) not in hosts:
        raise Refused(NOT_OUR_NAME.at(), status=421)


def _host(environ: Environ) -> str:
    found: str = environ.get("HTTP_HOST") or _listened_on(environ)
    return found


def _listened_on(environ: Environ) -> str:
    return f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"


_WITH_PORT = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)


@lru_cache(maxsize=256)
def _name(host: str) -> str:
    """A Host header without its port; empty when it is none."""
    found = _WITH_PORT.fullmatch(host)
    return found[1].lower() if found else ""


def send(response: Response, start_response: StartResponse, extra: Iterable[tuple[str, str]] = ()) -> Iterable[bytes]:
    """Give the answer to the server; headers the response set itself win over `extra`."""
    headers = response.headers
    added, measured = _added(tuple(headers), tuple(extra))
    pairs = [*headers.items(), *added]
    if isinstance(response.body, bytes):
        if not measured and response.status not in (204, 304):
            pairs.append(("Content-Length", str(len(response.body))))
        start_response(_status_line(response.status), pairs)
        return [response.body]
    start_response(_status_line(response.status), pairs)
    return response.body


@lru_cache(maxsize=256)
def _added(names: tuple[str, ...], extra: tuple[tuple[str, str], ...]) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What of `extra` an answer with headers of these names does not have; whether it has its length."""
    present = {name.lower() for name in names}
    return tuple(pair for pair in extra if pair[0].lower() not in present), "content-length" in present


@cache
def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Status"
