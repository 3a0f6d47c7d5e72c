"""Tokens -> tree, by precedence climbing (FHIRPath N1 §6.8). Bounded in length and depth; nothing is repaired."""

from __future__ import annotations

from decimal import Decimal

from yteso.fhir.fhirpath.moments import Moment
from yteso.fhir.fhirpath.quantities import CALENDAR, Quantity
from yteso.fhir.fhirpath.refusals import DEEPEST, LONGEST, syntax, too_much
from yteso.fhir.fhirpath.tokens import Token, tokens
from yteso.fhir.fhirpath.tree import (
    Binary,
    Call,
    Dollar,
    Index,
    Literal,
    Name,
    Tree,
    TypeOperation,
    Unary,
    Variable,
)

_BINDING = {
    "implies": 1,
    "or": 2,
    "xor": 2,
    "and": 3,
    "in": 4,
    "contains": 4,
    "=": 5,
    "~": 5,
    "!=": 5,
    "!~": 5,
    "is": 6,
    "as": 6,
    "<": 7,
    "<=": 7,
    ">": 7,
    ">=": 7,
    "|": 8,
    "+": 9,
    "-": 9,
    "&": 9,
    "*": 10,
    "/": 10,
    "div": 10,
    "mod": 10,
}
_NOT_NAMES = frozenset({"and", "or", "xor", "implies", "div", "mod", "true", "false"})
_TYPE_FUNCTIONS = frozenset({"is", "as", "ofType"})


def parse(text: str) -> Tree:
    """The tree of an expression. Raises Refused (FHIR-0201, FHIR-0202)."""
    if len(text) > LONGEST:
        too_much()
    parser = _Parser(tokens(text))
    tree = parser.expression(0, 0)
    if parser.here.kind != "end":
        syntax(parser.here.at)
    return tree


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self.here = found[0]

    def expression(self, least: int, depth: int) -> Tree:
        """A whole expression whose operators bind at least so strongly."""
        if depth > DEEPEST:
            too_much()
        left = self._unary(depth + 1)
        while self.here.kind in ("symbol", "name"):
            operator = self.here.text
            binding = _BINDING.get(operator, 0)
            if not binding or binding < least:
                break
            depth += 1
            if depth > DEEPEST:
                too_much()
            self._take()
            if binding == 6:
                left = TypeOperation(operator, left, self._type())
            else:
                left = Binary(operator, left, self.expression(binding + 1, depth + 1))
        return left

    def _unary(self, depth: int) -> Tree:
        if self.here.kind == "symbol" and self.here.text in "+-" and self.here.text:
            operator = self._take().text
            if depth > DEEPEST:
                too_much()
            return Unary(operator, self._unary(depth + 1))
        return self._path(depth)

    def _path(self, depth: int) -> Tree:
        node = self._term(depth)
        while self.here.kind == "symbol" and self.here.text in (".", "["):
            depth += 1
            if depth > DEEPEST:
                too_much()
            if self._take().text == "[":
                node = Index(node, self.expression(0, depth))
                self._expect("]")
            else:
                node = self._invocation(node, depth)
        return node

    def _invocation(self, base: Tree | None, depth: int) -> Tree:
        token = self._take()
        if token.kind == "dollar" and base is None:
            return Dollar(token.text)
        if token.kind not in ("name", "quoted") or (base is None and token.kind == "name" and token.text in _NOT_NAMES):
            syntax(token.at)
        if not self._accept("("):
            return Name(base, token.text)
        if token.text in _TYPE_FUNCTIONS:
            type_ = self._type()
            self._expect(")")
            return Call(base, token.text, (Literal(type_),))
        return Call(base, token.text, tuple(self._arguments(depth)))

    def _arguments(self, depth: int) -> list[Tree]:
        if self._accept(")"):
            return []
        found = [self.expression(0, depth + 1)]
        while self._accept(","):
            found.append(self.expression(0, depth + 1))
        self._expect(")")
        return found

    def _term(self, depth: int) -> Tree:
        token = self.here
        if token.kind == "symbol" and token.text == "(":
            self._take()
            inside = self.expression(0, depth + 1)
            self._expect(")")
            return inside
        if token.kind == "symbol" and token.text == "{":
            self._take()
            self._expect("}")
            return Literal(None)
        if token.kind == "constant":
            return Variable(self._take().text)
        literal = self._literal(token)
        return literal if literal is not None else self._invocation(None, depth)

    def _literal(self, token: Token) -> Tree | None:
        if token.kind == "string":
            return Literal(self._take().text)
        if token.kind == "number":
            return self._number()
        if token.kind == "moment":
            moment = Moment.literal(self._take().text[1:])
            return Literal(moment) if moment else syntax(token.at)
        if token.kind == "name" and token.text in ("true", "false"):
            return Literal(self._take().text == "true")
        return None

    def _number(self) -> Tree:
        text = self._take().text
        unit = self.here
        if unit.kind == "string":
            return Literal(Quantity(Decimal(text), self._take().text))
        if unit.kind == "name" and unit.text in CALENDAR:
            return Literal(Quantity(Decimal(text), self._take().text, calendar=True))
        return Literal(Decimal(text) if "." in text else int(text))

    def _type(self) -> str:
        """`Patient`, `FHIR.Patient`, `System.String`."""
        parts = [self._take()]
        if self._accept("."):
            parts.append(self._take())
        for part in parts:
            if part.kind not in ("name", "quoted"):
                syntax(part.at)
        return ".".join(part.text for part in parts)

    def _take(self) -> Token:
        token = self.here
        if token.kind != "end":
            self._at += 1
            self.here = self._tokens[self._at]
        return token

    def _accept(self, symbol: str) -> bool:
        if self.here.kind == "symbol" and self.here.text == symbol:
            self._take()
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._accept(symbol):
            syntax(self.here.at)
