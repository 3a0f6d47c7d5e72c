"""Finding codes by their names: words of a text against beginnings of words, Vietnamese marks aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from yteso.base.text import fold

_BETWEEN_WORDS = re.compile(r"[^\w.]+")


def folded_names(names: Iterable[str]) -> str:
    """All names of a code in one text, folded, every word after a space."""
    return _words(" ".join(names))


def matches(folded: Sequence[str], text: str) -> Sequence[int]:
    """The places of `folded` where every word of the text begins a word."""
    found: Sequence[int] = range(len(folded))
    for word in _words(text).split():
        begin = " " + word
        found = [n for n in found if begin in folded[n]]
    return found


def _words(text: str) -> str:
    return " " + _BETWEEN_WORDS.sub(" ", fold(text))
