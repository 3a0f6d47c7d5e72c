"""FHIRPath (N1, with the model of R4) behind one function: an expression and a resource -> a list of JSON values.

The engine is fhirpathpy. Around it: a strict parser (the engine's own repairs syntax errors and goes on), limits, no
printing by `trace`, and one numbered refusal whatever goes wrong; a refusal never repeats a value of the resource.
Too slow for indexing and validation, which use compiled tables; meant for questions asked by people and definitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NoReturn, cast

from antlr4 import CommonTokenStream, InputStream, Token
from antlr4.error.ErrorListener import ErrorListener
from antlr4.error.Errors import LexerNoViableAltException
from antlr4.tree.Tree import ParseTreeWalker
from fhirpathpy import apply_parsed_path
from fhirpathpy.engine.nodes import FP_Type, ResourceNode
from fhirpathpy.models import models
from fhirpathpy.parser.ASTPathListener import ASTPathListener
from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer
from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser

from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity

LONGEST = 2_000
"""Characters of an expression."""
DEEPEST = 40
"""Parentheses, brackets and braces open at once."""
MOST = 100_000
"""Values in an answer."""

_SYNTAX = Rule(
    "FHIR-0201",
    Severity.ERROR,
    "Biểu thức FHIRPath sai cú pháp tại ký tự {position}",
    "the FHIRPath expression has a syntax error at character {position}",
    "Sửa biểu thức theo cú pháp FHIRPath",
    "correct the expression",
    basis="FHIRPath N1",
)
_LIMIT = Rule(
    "FHIR-0202",
    Severity.ERROR,
    "Biểu thức FHIRPath quá dài, quá sâu hoặc cho quá nhiều kết quả",
    "the FHIRPath expression is too long, too deep or yields too much",
    "Rút gọn biểu thức (tối đa {length} ký tự, {depth} tầng ngoặc)",
    "shorten the expression (at most {length} characters and {depth} open brackets)",
)
_EVALUATION = Rule(
    "FHIR-0203",
    Severity.ERROR,
    "Không tính được biểu thức FHIRPath trên tài nguyên này",
    "the FHIRPath expression cannot be evaluated on this resource",
    "Kiểm tra tên hàm, số tham số, biến % và kiểu của các toán hạng",
    "check the functions' names and parameters, the % variables and the operands' types",
    basis="FHIRPath N1",
)

_OPEN, _CLOSE = "([{", ")]}"
_GROWING = frozenset({"replace", "replaceMatches", "power", "exp", "encode", "escape", "join", "combine"})


def evaluate(expression: str, resource: Any) -> list[Any]:
    """The values the expression yields on a resource, in order; dates, times and quantities as their text.

    Raises `Refused` (422) with FHIR-0201 (syntax), FHIR-0202 (limits) or FHIR-0203 (evaluation).
    """
    tree = _parsed(expression)
    try:
        found = apply_parsed_path(  # type: ignore[no-untyped-call]
            resource, tree, {}, models["r4"], {"traceFn": _silent}
        )
    except RecursionError:
        _too_much()
    except Exception:  # The engine raises whatever its helpers raise; its texts may hold values of the resource.
        raise Refused(_EVALUATION.at(Origin(field="expression"))) from None
    values = found if isinstance(found, list) else [found]
    if len(values) > MOST:
        _too_much()
    return [_plain(value) for value in values]


@lru_cache(maxsize=512)
def _parsed(expression: str) -> dict[str, Any]:
    if len(expression) > LONGEST or _depth(expression) > DEEPEST:
        _too_much()
    listener = _Strict()
    lexer = FHIRPathLexer(InputStream(expression))
    lexer.recover = _raise
    parser = FHIRPathParser(CommonTokenStream(lexer))
    for part in (lexer, parser):
        part.removeErrorListeners()
        part.addErrorListener(listener)
    tree = ASTPathListener()  # type: ignore[no-untyped-call]
    try:
        ParseTreeWalker().walk(tree, parser.expression())
    except LexerNoViableAltException as error:
        _syntax(error.startIndex)
    except RecursionError:
        _too_much()
    token = parser.getCurrentToken()
    if token.type != Token.EOF:
        _syntax(token.start)
    parsed = cast("dict[str, Any]", tree.parentStack[0])
    if any(_grows(node) for node in _nodes(parsed) if _function(node) == "repeat"):
        _too_much()
    return parsed


def _plain(value: Any) -> Any:
    if isinstance(value, ResourceNode):
        return _plain(value.data)
    return str(value) if isinstance(value, FP_Type) else value


def _depth(expression: str) -> int:
    depth = deepest = 0
    for character in expression:
        depth += (character in _OPEN) - (character in _CLOSE)
        deepest = max(deepest, depth)
    return deepest


def _grows(repeat: dict[str, Any]) -> bool:
    """True when a `repeat` could make ever new values: it then has no end (FHIRPath N1 §5.2.3)."""
    inside = list(_nodes(repeat))
    operators = any(node["type"] in ("AdditiveExpression", "MultiplicativeExpression") for node in inside)
    return operators or any(_function(node) in _GROWING for node in inside)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in node.get("children", ()):
        yield child
        yield from _nodes(child)


def _function(node: dict[str, Any]) -> str:
    if node["type"] != "Functn":
        return ""
    return str(next((child.get("text", "") for child in node.get("children", ())), ""))


class _Strict(ErrorListener):  # type: ignore[misc]
    """Refuses at the first syntax error instead of repairing it."""

    def syntaxError(self, *found: Any) -> None:  # noqa: N802 -- called with recognizer, symbol, line, column, …
        _syntax(found[3])


def _silent(label: str, values: Any) -> None:
    """`trace` prints nothing: its values belong to a person."""


def _raise(error: Exception) -> NoReturn:
    raise error


def _syntax(position: int) -> NoReturn:
    raise Refused(_SYNTAX.at(Origin(field="expression"), position=position))


def _too_much() -> NoReturn:
    raise Refused(_LIMIT.at(Origin(field="expression"), length=LONGEST, depth=DEEPEST))
