"""Text from outside, kept as it is and shown so that it turns nothing but itself (UAX #9, isolates; UTR #36 §2.9)."""

from __future__ import annotations

import re
from typing import Final

_FIRST_STRONG, _POP = "\u2068", "\u2069"
_OPENS = frozenset("\u2066\u2067\u2068")
_TURNS: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
"""Letters that run from right to left, and the signs that turn a line, embed in it or isolate."""


def isolated(text: str) -> str:
    """The text between the signs that keep its direction to itself; as it is where it has none.

    What it opens is closed within, and it closes nothing that stands around it: else it would leave its isolate.
    """
    if text.isascii() or not _TURNS.search(text):
        return text
    kept, depth = [], 0
    for sign in text:
        if sign in _OPENS:
            depth += 1
        elif sign == _POP:
            if not depth:
                continue
            depth -= 1
        kept.append(sign)
    return f"{_FIRST_STRONG}{''.join(kept)}{_POP * (depth + 1)}"


def has_unseen(text: str) -> bool:
    """Whether it has signs that nobody sees: controls, turns of direction, marks without width."""
    return not text.isprintable()
