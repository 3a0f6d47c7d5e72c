"""Regular expressions that cannot run away: an expression is judged before it runs, by how its repetitions nest.

Python's engine tries alternatives one after the other; repetitions inside repetitions can take exponential, several in
a row polynomial time. So a repetition may hold nothing that can match in several ways (no repetition, no alternative,
nothing optional), and what repetitions in a row and the text's length allow is bounded. Expressions of the standard's
own definitions are `trusted`: they were read. Single line mode, as N1 §5.6.9 says: the dot matches line ends.
"""

from __future__ import annotations

import re
from functools import lru_cache

from yteso.fhir.fhirpath.refusals import pattern as refuse

_LONGEST = 1_000
"""Characters of an expression."""
_MOST_WORK = 50_000_000
"""Characters of the text, to the power of the repetitions of varying length in a row."""
_WIDE = 64
_NAMED = re.compile(r"\(\?<(?=[A-Za-z_])")
_GROUP = re.compile(r"\$(?:(\d{1,2})|\{(\w+)\})")
_REPEAT = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}")
_trusted: set[str] = set()


def trust(expression: str) -> None:
    """Accept an expression that the standard's definitions use."""
    _trusted.add(expression)


def search(expression: str, text: str) -> bool:
    """Is there a match in the text? Raises Refused (FHIR-0502)."""
    return _ready(expression, len(text)).search(text) is not None


def replace(expression: str, text: str, substitution: str, longest: int) -> str:
    """The text with every match replaced; `$1` and `${name}` stand for groups. Raises Refused (FHIR-0502)."""
    ready = _ready(expression, len(text))
    if len(text) * max(1, len(substitution)) > longest:
        refuse()
    new = _GROUP.sub(lambda match: rf"\g<{match[1] or match[2]}>", substitution.replace("\\", "\\\\"))
    try:
        return ready.sub(new, text)
    except (re.error, IndexError):
        refuse()


def _ready(expression: str, length: int) -> re.Pattern[str]:
    compiled, degree = _compiled(expression)
    if expression not in _trusted and max(length, _WIDE) ** (degree + 1) > _MOST_WORK and degree:
        refuse()
    if length > 100_000:
        refuse()
    return compiled


@lru_cache(maxsize=512)
def _compiled(expression: str) -> tuple[re.Pattern[str], int]:
    """The expression and how many repetitions of varying length it has."""
    if len(expression) > _LONGEST:
        refuse()
    try:
        compiled = re.compile(_NAMED.sub("(?P<", expression), re.DOTALL)
    except (re.error, OverflowError, RecursionError):
        refuse()
    return compiled, 0 if expression in _trusted else _degree(expression)


def _degree(expression: str) -> int:
    """Counts repetitions; refuses one that holds a choice, and what looks back at a group."""
    degree = at = 0
    choices = [False]
    closed = False
    while at < len(expression):
        letter = expression[at]
        repeat = _REPEAT.match(expression, at) if at else None
        if repeat is not None:
            many, varying = _repeats(repeat)
            if many and closed:
                refuse()
            degree += varying
            choices[-1] = True
            at = repeat.end() + (expression[repeat.end() : repeat.end() + 1] in ("?", "+"))
            continue
        closed = False
        if letter == "\\":
            if expression[at + 1 : at + 2].isdigit():
                refuse()
            at += 2
        elif letter == "[":
            at = _class_end(expression, at)
        elif letter == "(":
            choices.append(False)
            at += 2 if expression[at + 1 : at + 2] == "?" else 1
        elif letter == ")" and len(choices) > 1:
            closed = choices.pop()
            choices[-1] = choices[-1] or closed
            at += 1
        else:
            choices[-1] = choices[-1] or letter == "|"
            at += 1
    return degree


def _repeats(match: re.Match[str]) -> tuple[bool, int]:
    """(true when it may repeat more than once, 1 when how often it does varies without a small bound)."""
    if match[0] == "?":
        return False, 0
    if match[0] in "*+":
        return True, 1
    least = int(match[1] or 0)
    most = int(match[3] or 0) if match[2] else least
    unbounded = bool(match[2]) and not match[3]
    return unbounded or most > 1, int(unbounded or most - least > 16)


def _class_end(expression: str, at: int) -> int:
    at += 1
    if expression[at : at + 1] == "^":
        at += 1
    if expression[at : at + 1] == "]":
        at += 1
    while at < len(expression) and expression[at] != "]":
        at += 2 if expression[at] == "\\" else 1
    return at + 1
