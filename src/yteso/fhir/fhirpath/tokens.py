"""The text of an expression -> its tokens (FHIRPath N1, appendix B). What fits nowhere is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yteso.fhir.fhirpath.refusals import syntax

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\u00a0]+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<moment>@(?:T[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
    r"|[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?:T(?:[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<string>'(?:[^'\\]|\\.)*')"
    r"|(?P<constant>%(?:[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'))"
    r"|(?P<dollar>\$(?:this|index|total)\b)"
    r"|(?P<quoted>`(?:[^`\\]|\\.)*`)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<symbol><=|>=|!=|!~|[-+*/&|=~<>.,()\[\]{}])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LETTERS = {"r": "\r", "n": "\n", "t": "\t", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a group of the expression above, or `end`; `text` is without quotes and escapes."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """All tokens, the last of kind `end`. Raises Refused (FHIR-0201)."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            syntax(at)
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, _bare(kind, match[0]), at))
        at = match.end()
    found.append(Token("end", "", at))
    return found


def _bare(kind: str, text: str) -> str:
    if kind in ("string", "quoted"):
        return _unescaped(text[1:-1])
    if kind == "constant":
        return _unescaped(text[2:-1]) if text[1] in "`'" else text[1:]
    return text


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 5 else _LETTERS.get(m[1], m[1]), text)
