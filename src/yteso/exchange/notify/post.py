"""One HTTP request to a subscriber: only to origins the operator listed, no redirects, bounded time and answer.

In go an address, headers and a body; out comes the status, or None when there was no answer. Nothing of it is logged.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_LONGEST_ANSWER = 64 * 1024
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host, port."""


def origin_of(address: str) -> Origin | None:
    """The origin of an address; None when it has none."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent. `seconds` bounds all of it: connecting, sending and the answer."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Post:
    """Sends to the origins it was made with, and to no other."""

    allowed: frozenset[Origin] = frozenset()
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @classmethod
    def to(cls, origins: Iterable[str]) -> Post:
        """`Post.to(["https://his.example.vn"])`."""
        return cls(frozenset(origin for text in origins if (origin := origin_of(text))))

    def may_reach(self, url: str) -> bool:
        """True for an address at one of the listed origins."""
        return origin_of(url) in self.allowed

    def send(self, parcel: Parcel) -> int | None:
        """The status of the answer; None when there was none in time."""
        origin = origin_of(parcel.url)
        assert origin in self.allowed, "an address that is not listed is never sent to"
        connection = self._connection(origin, parcel.seconds)
        alarm = threading.Timer(parcel.seconds, _cut, [connection])
        alarm.daemon = True
        alarm.start()
        try:
            return _exchange(connection, parcel)
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            alarm.cancel()
            connection.close()

    def _connection(self, origin: Origin, seconds: float) -> http.client.HTTPConnection:
        scheme, host, port = origin
        if scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=seconds, context=self.context)
        return http.client.HTTPConnection(host, port, timeout=seconds)


def _exchange(connection: http.client.HTTPConnection, parcel: Parcel) -> int:
    parts = urlsplit(parcel.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": "yteso", **dict(parcel.headers), "Connection": "close"}
    connection.request(parcel.method, target, parcel.body, headers)
    answer = connection.getresponse()
    answer.read(_LONGEST_ANSWER)
    return answer.status


def _cut(connection: http.client.HTTPConnection) -> None:
    """The time is over, also for one who answers a byte at a time."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
