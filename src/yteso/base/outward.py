"""The one door through which the platform asks others by HTTP: only origins the operator listed, no redirects,
bounded time and answer.

In go an address, headers and a body; out come the status and the answer, or None when there was none. Nothing of it is
logged. Where an address leads is looked at once the connection stands and before anything is sent, so a name that
changes its meaning (DNS rebinding) gains nothing: link-local addresses (where clouds keep their secrets) are never
asked, private ones only by a `Post` that was made for them.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_LONGEST_ANSWER = 64 * 1024
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
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
class Answer:
    """What came back; `body` is cut at 64 KB."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """Sends to the origins it was made with, and to no other. `private`: they may lie in the own network."""

    allowed: frozenset[Origin] = frozenset()
    private: bool = True
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @classmethod
    def to(cls, origins: Iterable[str], *, private: bool = True) -> Post:
        """`Post.to(["https://his.example.vn"])`."""
        return cls(frozenset(origin for text in origins if (origin := origin_of(text))), private)

    def may_reach(self, url: str) -> bool:
        """True for an address at one of the listed origins."""
        return origin_of(url) in self.allowed

    def send(self, parcel: Parcel) -> int | None:
        """The status of the answer; None when there was none in time."""
        answer = self.ask(parcel)
        return answer.status if answer is not None else None

    def ask(self, parcel: Parcel) -> Answer | None:
        """The answer; None when there was none in time, or the address leads where it may not."""
        origin = origin_of(parcel.url)
        assert origin in self.allowed, "an address that is not listed is never sent to"
        connection = self._connection(origin, parcel.seconds)
        alarm = threading.Timer(parcel.seconds, _cut, [connection])
        alarm.daemon = True
        alarm.start()
        try:
            connection.connect()
            if not _may_be(connection.sock.getpeername()[0], private=self.private):
                return None
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


def _exchange(connection: http.client.HTTPConnection, parcel: Parcel) -> Answer:
    parts = urlsplit(parcel.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": "yteso", **dict(parcel.headers), "Connection": "close"}
    connection.request(parcel.method, target, parcel.body, headers)
    answer = connection.getresponse()
    return Answer(answer.status, answer.read(_LONGEST_ANSWER))


def _may_be(peer: str, *, private: bool) -> bool:
    """Whether the machine at the other end may be asked."""
    address = _meant(ipaddress.ip_address(peer.partition("%")[0]))
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return private or address.is_global


def _meant(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4 (RFC 3056), or by a translator (RFC 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _cut(connection: http.client.HTTPConnection) -> None:
    """The time is over, also for one who answers a byte at a time."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
