"""The text of `_filter` -> a tree of what it says (FHIR R4 §3.1.3). Knows the grammar, no parameter and no resource.

`and` and `or` are read from left to right, neither binds more closely; `not` stands before parentheses. A value is a
JSON string, or everything up to a space, `)` or `]`. Refused (400, SRCH-0019 and SRCH-0020) is what cannot be read, and
what is longer, deeper or wider than anyone needs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.search import rules

FILTER = "_filter"
MAX_LENGTH = 4_000
MAX_DEPTH = 16
MAX_TESTS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path, with the filter in brackets behind it."""

    name: str
    inside: Said | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """`path operator value`."""

    path: tuple[Step, ...]
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Two or more, all of one word."""

    word: Literal["and", "or"]
    parts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """`not (…)`."""

    said: Said


Said = Compared | Joined | Negated

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_OPERATOR = re.compile(r"\s+([a-z]{2})(?=\s)")
_JOIN = re.compile(r"\s*(and|or)(?=[\s(])")
_NOT = re.compile(r"\s*not\s*\(")
_OPEN = re.compile(r"\s*\(")
_CLOSE = {"(": re.compile(r"\s*\)"), "[": re.compile(r"\s*\]")}
_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(r"[^\s)\]]+")
_AFTER = re.compile(r"(?=[\s)\]]|$)")
_STRING = json.JSONDecoder()


def read_filter(text: str) -> Said:
    """The tree. Raises Refused."""
    if len(text) > MAX_LENGTH:
        raise _too_much()
    reader = _Reader(text.rstrip())
    found = reader.filter(0)
    if not reader.is_at_end:
        raise reader.refusal()
    return found


class _Reader:
    """Where reading has come to, and how many tests were met."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._tests = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._text)

    def filter(self, depth: int) -> Said:
        """Operands with `and` and `or` between them, up to what is neither."""
        if depth > MAX_DEPTH:
            raise _too_much()
        found = self._operand(depth)
        while joined := self._take(_JOIN):
            found = _joined(joined[1], found, self._operand(depth))
        return found

    def refusal(self) -> Refused:
        """That the text cannot be read from here on."""
        return Refused(rules.FILTER_SYNTAX.at(Origin(field=FILTER), at=self._at + 1), status=400)

    def _operand(self, depth: int) -> Said:
        if self._take(_NOT):
            return Negated(self._inside("(", depth))
        if self._take(_OPEN):
            return self._inside("(", depth)
        return self._compared(depth)

    def _inside(self, opened: str, depth: int) -> Said:
        found = self.filter(depth + 1)
        self._need(_CLOSE[opened])
        return found

    def _compared(self, depth: int) -> Compared:
        self._tests += 1
        if self._tests > MAX_TESTS:
            raise _too_much()
        self._take(_SPACE)
        path = [self._step(depth)]
        while self._text.startswith(".", self._at):
            self._at += 1
            path.append(self._step(depth))
        operator = self._need(_OPERATOR)[1]
        self._take(_SPACE)
        return Compared(tuple(path), operator, self._value())

    def _step(self, depth: int) -> Step:
        name = self._need(_NAME)[0]
        if not self._text.startswith("[", self._at):
            return Step(name)
        self._at += 1
        inside = self._inside("[", depth)
        if not self._text.startswith(".", self._at):
            raise self.refusal()
        return Step(name, inside)

    def _value(self) -> str:
        if not self._text.startswith('"', self._at):
            return self._need(_TOKEN)[0]
        try:
            value, end = _STRING.raw_decode(self._text, self._at)
            value.encode()
        except ValueError as error:  # Not a JSON string, or half a character in it.
            raise self.refusal() from error
        if "\x00" in value:
            raise self.refusal()
        self._at = end
        self._need(_AFTER)
        return str(value)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _need(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = self._take(pattern)
        if not found:
            raise self.refusal()
        return found


def _joined(word: str, first: Said, second: Said) -> Said:
    """Chains of one word become one list, so that a long filter is not a deep tree."""
    before = first.parts if isinstance(first, Joined) and first.word == word else (first,)
    return Joined("and" if word == "and" else "or", (*before, second))


def _too_much() -> Refused:
    limits = {"length": MAX_LENGTH, "depth": MAX_DEPTH, "tests": MAX_TESTS}
    return Refused(rules.FILTER_TOO_MUCH.at(Origin(field=FILTER), **limits), status=400)
