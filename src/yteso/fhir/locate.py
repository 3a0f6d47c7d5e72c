"""Where in a JSON text something is wrong: the path of the first token that a judge does not like.

In: text that a reader refused, perhaps cut off or nested without end. Out: a path such as
`entry[2].resource.valueQuantity.value`. It runs only on refusals, in one pass, whatever the text; it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

ROOT = "$"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"', re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)

Kind = Literal["key", "string", "bare", "open"]


@dataclass(frozen=True, slots=True)
class Token:
    """A key, a string, something bare (number, word) or an opening bracket. `again`: this key was there before."""

    kind: Kind
    text: str
    depth: int
    again: bool = False


@dataclass(slots=True)
class _Level:
    """One open bracket: an array counts, an object remembers its keys and holds the present one."""

    array: bool
    index: int = 0
    key: str = ""
    keys: set[str] = field(default_factory=set)
    at_value: bool = False


def place_of(text: str, wrong: Callable[[Token], bool]) -> str:
    """The path of the first token for which `wrong` is true; `$` when there is none or it is the whole text."""
    levels: list[_Level] = []
    for token in _tokens(text, levels):
        if wrong(token):
            return _path(levels)
    return ROOT


def _tokens(text: str, levels: list[_Level]) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word in "{[":
            yield Token("open", word, len(levels) + 1)
            levels.append(_Level(word == "["))
        elif word in "}]":
            if levels:
                levels.pop()
        elif word == ",":
            if levels:
                levels[-1].index += 1
                levels[-1].at_value = False
        elif word == ":":
            if levels:
                levels[-1].at_value = True
        elif levels and not levels[-1].array and not levels[-1].at_value:
            yield _key(levels, word)
        else:
            yield Token("string" if word.startswith('"') else "bare", word, len(levels))


def _key(levels: list[_Level], word: str) -> Token:
    level = levels[-1]
    again = word in level.keys
    level.keys.add(word)
    level.key = word.strip('"')
    return Token("key", word, len(levels), again)


def _path(levels: list[_Level]) -> str:
    """Keys that are no element names are not repeated: they are the sender's text."""
    steps = [f"[{level.index}]" if level.array else f".{shown_name(level.key)}" for level in levels[:_SHOWN]]
    return "".join(steps).lstrip(".") + ("…" if len(levels) > _SHOWN else "") or ROOT


def shown_name(key: str) -> str:
    """The key when it could be an element's name, else a question mark."""
    return key if _NAME.fullmatch(key) else "?"


_SHOWN = 12
"""Steps of a path that are written; what lies deeper ends in an ellipsis."""
