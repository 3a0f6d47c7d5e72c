"""The shape of one HTTP exchange, without a framework: `api` and `exchange` answer it, `ops` carries it over WSGI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Protocol

from yteso.base.value import value


class Body(Protocol):
    """A request body that is read in pieces; `read(n)` returns at most n bytes and b"" at the end."""

    def read(self, size: int = -1, /) -> bytes:
        """The next piece."""
        ...


@value(frozen=True, slots=True)
class Request:
    """One request. Header names are lower case; `path` is decoded and starts after the mount point (`/fhir`)."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Body
    base_url: str = ""
    remote: str = ""


@value(frozen=True, slots=True)
class Response:
    """One answer; `body` may be produced piece by piece."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
