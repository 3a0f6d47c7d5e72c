"""A CodeSystem file -> its other elements and its concepts one by one, never all of it in memory. No judgement.

In: a stream of characters. Out: a header and an iterator over the members of the top-level `concept`. What stands after
`concept` in the file is added to the header when the concepts have been read. The body of a request is not read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TextIO

from yteso.base.errors import Refused
from yteso.terminology.catalogue_rules import NOT_A_CODE_SYSTEM, TOO_LARGE, UNREADABLE

_PIECE = 1 << 20
_LARGEST = 64 << 20
"""Characters of one member: a concept with all that is inside it."""
_DECODER = json.JSONDecoder(parse_float=Decimal)
_SPACE = " \t\n\r"


class ConceptStream:
    """Iterate it once. `header` is complete when the iteration is over."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._text = ""
        self._at = 0
        self.header: dict[str, Any] = {}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The concepts in order. Refused for what is no JSON object, or is cut off."""
        if self._next() not in ("{", "\ufeff"):
            raise Refused(NOT_A_CODE_SYSTEM.at(), status=400)
        self._skip("{")
        while self._next() != "}":
            name = self._value()
            self._skip(":")
            if name == "concept" and self._next() == "[":
                yield from self._members()
            else:
                self.header[str(name)] = self._value()
            self._comma("}")

    def _members(self) -> Iterator[dict[str, Any]]:
        self._skip("[")
        while self._next() != "]":
            member = self._value()
            if not isinstance(member, dict):
                raise Refused(NOT_A_CODE_SYSTEM.at(), status=400)
            yield member
            self._comma("]")
        self._skip("]")

    def _value(self) -> Any:
        """The next value; more is read until it is whole, twice as much each time so that the cost stays linear."""
        self._next()
        wanted = _PIECE
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text):
                    self._at = end
                    return value
            except json.JSONDecodeError:
                pass
            except RecursionError as error:
                raise Refused(UNREADABLE.at(), status=400) from error
            if len(self._text) - self._at > _LARGEST:
                raise Refused(TOO_LARGE.at(limit=_LARGEST), status=400)
            if not self._more(wanted):
                raise Refused(UNREADABLE.at(), status=400)
            wanted *= 2

    def _next(self) -> str:
        """The next character that is no space, not taken."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_PIECE):
                raise Refused(UNREADABLE.at(), status=400)

    def _skip(self, expected: str) -> None:
        if self._next() == "\ufeff":
            self._at += 1
        if self._next() != expected:
            raise Refused(UNREADABLE.at(), status=400)
        self._at += 1

    def _comma(self, end: str) -> None:
        if self._next() == ",":
            self._at += 1
            if self._next() == end:
                raise Refused(UNREADABLE.at(), status=400)
        elif self._next() != end:
            raise Refused(UNREADABLE.at(), status=400)

    def _more(self, wanted: int) -> bool:
        piece = self._source.read(wanted)
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)
