"""Clean UTF-8 pieces -> one XML fragment per visit, with bounded memory. Finds the visits; parses none of them.

A visit is searched by its tags instead of parsing the whole file, so that a broken visit costs only itself and the
search starts afresh at the next one. Content beyond the limits is dropped while it streams by, never held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_CONTENT = 8 * 1024 * 1024
"""Bytes of one NOIDUNGFILE: about 4,000 rows of XML3, many times the longest stay seen."""
MAX_VISIT = 24 * 1024 * 1024
TOO_LARGE = b"<YTESO_TOO_LARGE/>"
"""Stands for the content of a NOIDUNGFILE that was larger than MAX_CONTENT."""

_CONTENT = b"NOIDUNGFILE"
_AFTER_NAME = b" \t\r\n>/"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One visit as it stands in the file. `position` counts from 1; `xml` is empty when it was dropped."""

    position: int
    xml: bytes
    complete: bool = True
    too_large: bool = False


def fragments(pieces: Iterator[bytes], name: bytes, prefix: bytes = b"") -> Iterator[Fragment]:
    """Every `<name>…</name>` of the stream, in order; the last may be incomplete when the file was cut."""
    scanner = _Scanner(pieces, name, prefix)
    position = 0
    while (fragment := scanner.next(position + 1)) is not None:
        position += 1
        yield fragment


class _Scanner:
    """Holds at most one visit (bounded by MAX_VISIT) and one piece."""

    def __init__(self, pieces: Iterator[bytes], name: bytes, prefix: bytes) -> None:
        self._pieces = pieces
        self._open = b"<" + prefix + name
        self._close = b"</" + prefix + name
        self._content_open = b"<" + prefix + _CONTENT
        self._content_close = b"</" + prefix + _CONTENT
        self._held = bytearray()

    def next(self, position: int) -> Fragment | None:
        if not self._skip_to_open():
            return None
        end, large = self._find_close()
        if large:
            self._skip_past(self._close)
            return Fragment(position, b"", too_large=True)
        if end < 0:
            xml, complete = bytes(self._held), False
            self._held.clear()
        else:
            xml, complete = bytes(self._held[:end]), True
            del self._held[:end]
        return Fragment(position, xml, complete)

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._held += piece
        return True

    def _skip_to_open(self) -> bool:
        start = 0
        while True:
            found = self._held.find(self._open, start)
            after = found + len(self._open)
            if found >= 0 and after < len(self._held):
                if self._held[after] in _AFTER_NAME:
                    del self._held[:found]
                    return True
                start = after
                continue
            del self._held[: found if found >= 0 else max(0, len(self._held) - len(self._open))]
            start = 0
            if not self._more():
                return False

    def _find_close(self) -> tuple[int, bool]:
        """(end of the closing tag or -1 at the end of the file, True when the visit grew too large)."""
        start = 0
        while True:
            if self._is_empty_element():
                return self._held.find(b">") + 1, False
            found = self._close_at(start)
            if found >= 0 and (end := self._held.find(b">", found)) >= 0:
                return end + 1, False
            start = found if found >= 0 else max(0, len(self._held) - len(self._close))
            if len(self._held) > MAX_CONTENT and self._drop_content():
                start = 0
                continue
            if len(self._held) > MAX_VISIT:
                return -1, True
            if not self._more():
                return -1, False

    def _is_empty_element(self) -> bool:
        end = self._held.find(b">", 0, 4096)
        return end > 0 and self._held[end - 1] == 0x2F

    def _close_at(self, start: int) -> int:
        """The visit's closing tag; one inside a comment or a CDATA section is not meant."""
        while True:
            found = self._held.find(self._close, start)
            if found < 0:
                return -1
            after = found + len(self._close)
            if after < len(self._held) and self._held[after] not in _AFTER_NAME:
                start = after
                continue
            hidden = self._hidden_until(found)
            if hidden is None:
                return found
            if hidden < 0:
                return -1
            start = hidden

    def _hidden_until(self, place: int) -> int | None:
        """Where the comment or CDATA around `place` ends; None when nothing hides it; -1 when its end is not here."""
        for mark, end_mark in ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->")):
            opened = self._held.rfind(mark, 0, place)
            if opened >= 0 and self._held.find(end_mark, opened, place) < 0:
                return self._held.find(end_mark, place)
        return None

    def _drop_content(self) -> bool:
        """Replace an unfinished NOIDUNGFILE beyond the limit by a mark and skip to its end."""
        opened = self._held.rfind(self._content_open)
        if opened < 0 or len(self._held) - opened <= MAX_CONTENT:
            return False
        if self._held.find(self._content_close, opened) >= 0:
            return False
        body = self._held.find(b">", opened) + 1
        if body == 0:
            return False
        kept = bytes(self._held[:body])
        del self._held[:body]
        self._skip_past_content()
        self._held[:0] = kept + TOO_LARGE
        return True

    def _skip_past_content(self) -> None:
        while True:
            ends = [found for tag in (self._content_close, self._close) if (found := self._held.find(tag)) >= 0]
            if ends:
                del self._held[: min(ends)]
                return
            del self._held[: max(0, len(self._held) - 64)]
            if not self._more():
                return

    def _skip_past(self, tag: bytes) -> None:
        while True:
            found = self._held.find(tag)
            if found >= 0:
                del self._held[: found + len(tag)]
                return
            del self._held[: max(0, len(self._held) - 64)]
            if not self._more():
                return
