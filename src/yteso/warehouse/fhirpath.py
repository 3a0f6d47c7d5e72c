"""The FHIRPath of ViewDefinitions: text -> tree. The subset of SQL-on-FHIR v2, nothing evaluated here.

Supported: names, `$this`, literals, `%constants`, indexers, calls, `=  !=  <  >  <=  >=  and  or`, parentheses.
Anything else raises `BadView` with its place; nothing is ignored silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yteso.base.errors import YtesoError


class BadView(YtesoError):
    """The ViewDefinition cannot be compiled."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Name:
    """`base.name`; without a base the name starts at the current item."""

    base: Node | None
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """`base.name(arguments)`."""

    base: Node | None
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`base[at]`."""

    base: Node
    at: Node


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number or boolean."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Constant:
    """`%name`."""

    name: str


@dataclass(frozen=True, slots=True)
class This:
    """`$this`."""


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Node
    right: Node


Node = Name | Call | Index | Literal | Constant | This | Binary

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?)|(?P<constant>%[A-Za-z_]\w*)|(?P<this>\$this)"
    r"|(?P<name>[A-Za-z_]\w*|`[^`]+`)|(?P<operator>!=|<=|>=|[=<>()\[\].,]))"
)
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", ">", "<=", ">="))


def parse(text: object) -> Node:
    """The tree of an expression. Raises BadView naming the place it stops at."""
    if not isinstance(text, str) or not text.strip():
        raise BadView(f"a FHIRPath is a text, not {text!r}")
    parser = _Parser(text)
    node = parser.expression(0)
    parser.end()
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        at = 0
        stripped = text.rstrip()
        while at < len(stripped):
            match = _TOKEN.match(stripped, at)
            if match is None:
                raise BadView(f"FHIRPath {text!r}: nothing known at character {at + 1}")
            self._tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            at = match.end()
        self._at = 0

    def expression(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._term()
        left = self.expression(level + 1)
        while self._peek()[1] in _LEVELS[level] and self._peek()[0] in ("operator", "name"):
            operator = self._take()[1]
            left = Binary(operator, left, self.expression(level + 1))
        return left

    def end(self) -> None:
        if self._at != len(self._tokens):
            raise BadView(f"FHIRPath {self._text!r}: {self._peek()[1]!r} was not expected")

    def _term(self) -> Node:
        node = self._start()
        while True:
            if self._accept("."):
                kind, text = self._take()
                if kind != "name":
                    raise BadView(f"FHIRPath {self._text!r}: a name was expected, not {text!r}")
                node = self._named(node, text)
            elif self._accept("["):
                node = Index(node, self.expression(0))
                self._expect("]")
            else:
                return node

    def _start(self) -> Node:
        kind, text = self._take()
        if kind == "string":
            return Literal(text[1:-1].replace("\\'", "'").replace("\\\\", "\\"))
        if kind == "number":
            return Literal(float(text) if "." in text else int(text))
        if kind == "constant":
            return Constant(text[1:])
        if kind == "this":
            return This()
        if kind == "name" and text in ("true", "false"):
            return Literal(text == "true")
        if kind == "name":
            return self._named(None, text)
        if text == "(":
            inside = self.expression(0)
            self._expect(")")
            return inside
        raise BadView(f"FHIRPath {self._text!r}: {text or 'the end'!r} was not expected")

    def _named(self, base: Node | None, text: str) -> Node:
        if not self._accept("("):
            return Name(base, text.strip("`"))
        arguments: list[Node] = []
        if not self._accept(")"):
            arguments.append(self.expression(0))
            while self._accept(","):
                arguments.append(self.expression(0))
            self._expect(")")
        return Call(base, text, tuple(arguments))

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _accept(self, text: str) -> bool:
        if self._peek() == ("operator", text):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise BadView(f"FHIRPath {self._text!r}: {text!r} was expected before {self._peek()[1]!r}")
