"""An import's input -> pieces of whole lines, found in one pass in bounded memory. Reads bytes; parses nothing.

A line longer than a resource may be belongs to no piece; it is told with its number. Empty lines count as lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

LINES = 2_000
BYTES = 3 * 1024 * 1024
LONGEST = 16 * 1024 * 1024
"""A piece ends with the first of LINES and BYTES; a line of more than LONGEST bytes is not read."""
_READ = 1024 * 1024


class Source(Protocol):
    """Whatever gives bytes: a file, a request's body."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; b"" at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """`size` bytes from `start`; its first line is number `line` (from 1)."""

    start: int
    size: int
    line: int


@dataclass(frozen=True, slots=True)
class TooLong:
    """The number of a line that is too long."""

    line: int


class Cutter:
    """Fed with the input in order; gives pieces as they become whole."""

    def __init__(self) -> None:
        self._start = 0
        self._line = 1
        self._lines = 0
        self._at = 0
        self._begun = 0

    def feed(self, data: bytes) -> Iterator[Chunk | TooLong]:
        """More of the input."""
        base, place = self._at, 0
        while (found := data.find(b"\n", place)) >= 0:
            place = found + 1
            yield from self._end_line(base + place)
        self._at = base + len(data)

    def finish(self) -> Iterator[Chunk | TooLong]:
        """The end of the input; a last line without its line break counts."""
        if self._at > self._begun:
            yield from self._end_line(self._at)
        yield from self._cut(self._begun)

    def _end_line(self, end: int) -> Iterator[Chunk | TooLong]:
        if end - self._begun > LONGEST:
            yield from self._cut(self._begun)
            yield TooLong(self._line)
            self._line += 1
            self._start = self._begun = end
            return
        self._lines += 1
        self._begun = end
        if self._lines >= LINES or end - self._start >= BYTES:
            yield from self._cut(end)

    def _cut(self, end: int) -> Iterator[Chunk]:
        if end > self._start:
            yield Chunk(self._start, end - self._start, self._line)
        self._line += self._lines
        self._lines = 0
        self._start = end


def cut(source: Source) -> Iterator[Chunk | TooLong]:
    """Every piece of a source."""
    cutter = Cutter()
    while data := source.read(_READ):
        yield from cutter.feed(data)
    yield from cutter.finish()
