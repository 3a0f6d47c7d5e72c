"""Bytes -> what a virus scanner finds in them, by the protocol of clamd (`INSTREAM`), at the one address of a setting.

clamd(8): `zINSTREAM`, pieces with their length in front (4 bytes, network order), a length of zero; the answer is
`stream: OK`, `stream: NAME FOUND` or `… ERROR`, ended by a zero byte. What does not answer so is no answer: who asked
takes nothing in.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct

from yteso.base.errors import YtesoError
from yteso.base.syslog import split_address

SECONDS = 60.0
"""So long each step may take: a scanner that loads its signatures answers nobody."""
_LENGTH = Struct(">I").pack
_MOST = 4096
_LONGEST = 80


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
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                for piece in pieces:
                    connection.sendall(_LENGTH(len(piece)) + piece)
                connection.sendall(_LENGTH(0))
                return _verdict(_answer(connection))
        except OSError as error:
            raise NotScanned from error

    def _connected(self) -> socket.socket:
        place = split_address(self.address, "YTESO_CLAMD")
        if not isinstance(place, str):
            return socket.create_connection(place, self.seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.seconds)
        try:
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection


def _answer(connection: socket.socket) -> bytes:
    found = b""
    while len(found) < _MOST and not found.endswith(b"\0") and (piece := connection.recv(_MOST)):
        found += piece
    return found


def _verdict(answer: bytes) -> str:
    text = answer.rstrip(b"\0\n").decode("ascii", "replace")
    if text == "stream: OK":
        return ""
    name = text.removeprefix("stream: ").removesuffix(" FOUND")
    if not text.endswith(" FOUND") or not name:
        raise NotScanned
    return "".join(letter if letter.isprintable() else " " for letter in name[:_LONGEST])
