"""Bytes -> what a virus scanner finds in them, by the protocol of clamd (`INSTREAM`), at the one address of a setting.

clamd(8): `zINSTREAM`, pieces with their length in front (4 bytes, network order), a length of zero; the answer is
`stream: OK`, `stream: NAME FOUND` or `… ERROR`, ended by a zero byte. After `zIDSESSION` one connection takes many
files, and each answer begins with its number (`2: stream: OK`). What does not answer so is no answer: who asked takes
nothing in.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct
from time import monotonic

from yteso.base.errors import YtesoError
from yteso.base.syslog import split_address

SECONDS = 60.0
"""So long each step may take: a scanner that loads its signatures answers nobody. Of a session: all steps together."""
_LENGTH = Struct(">I").pack
_MOST = 4096
_LONGEST = 80
_FAILURES = 3


class NotScanned(YtesoError):
    """The scanner gave no verdict."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """`address`: `host:3310`, or the path of a socket."""

    address: str
    seconds: float = SECONDS

    def find(self, pieces: Iterable[bytes]) -> str:
        """The name of what is found; empty when the bytes are clean. Raises NotScanned."""
        try:
            with self.connected(self.seconds) as connection:
                return _asked(connection, pieces, "")
        except OSError as error:
            raise NotScanned from error

    def connected(self, seconds: float) -> socket.socket:
        """A new connection. Raises OSError."""
        place = split_address(self.address, "YTESO_CLAMD")
        if not isinstance(place, str):
            found = socket.create_connection(place, seconds)
            found.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # Else each file waits 40 ms for its last piece.
            return found
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection


class Session:
    """Many files, one after the other, by one connection, which the first one opens. For one thread; `close` it.

    All together have the scanner's `seconds`. A file that the scanner takes no end of (`StreamMaxLength`) costs the
    connection; after three without a verdict, or when nobody is there, the scanner is asked no more.
    """

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._connection: socket.socket | None = None
        self._asked = 0
        self._failures = 0
        self._until = float("inf")

    def find(self, pieces: Iterable[bytes]) -> str:
        """As `Scanner.find`. What `pieces` itself raises is raised."""
        if self._failures >= _FAILURES:
            raise NotScanned
        try:
            connection = self._open()
            connection.settimeout(self._left())
            self._asked += 1
            return _asked(connection, pieces, f"{self._asked}: ")
        except (OSError, NotScanned) as error:
            self._failures += 1 if self._connection is not None else _FAILURES
            self._drop()
            raise NotScanned from error
        except BaseException:
            self._drop()
            raise

    def close(self) -> None:
        """Tell the scanner that it was the last one."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.sendall(b"zEND\0")
        self._drop()

    def _open(self) -> socket.socket:
        if self._connection is None:
            self._until = min(self._until, monotonic() + self._scanner.seconds)
            self._connection, self._asked = self._scanner.connected(self._left()), 0
            self._connection.sendall(b"zIDSESSION\0")
        return self._connection

    def _left(self) -> float:
        if (left := self._until - monotonic()) <= 0:
            raise NotScanned
        return left

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _asked(connection: socket.socket, pieces: Iterable[bytes], number: str) -> str:
    connection.sendall(b"zINSTREAM\0")
    for piece in pieces:
        if piece:  # A length of zero would end the stream.
            connection.sendall(_LENGTH(len(piece)) + piece)
    connection.sendall(_LENGTH(0))
    return _verdict(_answer(connection), number)


def _answer(connection: socket.socket) -> bytes:
    found = b""
    while len(found) < _MOST and not found.endswith(b"\0") and (piece := connection.recv(_MOST)):
        found += piece
    return found


def _verdict(answer: bytes, number: str) -> str:
    text = answer.rstrip(b"\0\n").decode("ascii", "replace")
    about, _, said = text.partition("stream: ")
    if about == number and said == "OK":
        return ""
    name = said.removesuffix(" FOUND")
    if about != number or not said.endswith(" FOUND") or not name:
        raise NotScanned
    return "".join(letter if letter.isprintable() else " " for letter in name[:_LONGEST])
