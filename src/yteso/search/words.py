"""Text -> the folded pieces whose beginnings a string search compares: the whole text and the rest from each word on.

`"Nguyễn Văn Đức"` -> `nguyen van duc`, `van duc`, `duc`: a search for any of `nguyen`, `van d`, `duc` finds it by a
prefix of one row.
"""

from __future__ import annotations

from functools import lru_cache

from yteso.base.text import fold

MAX_LENGTH = 200
"""Characters kept of a piece: a B-tree entry must stay under 2.7 kB, and nobody types a longer beginning."""
MAX_PIECES = 12
"""Words of a long text from which a piece starts."""


@lru_cache(maxsize=128)
def prefixes(text: str) -> tuple[str, ...]:
    """The pieces of one text, the whole first; empty for blank text. A name is asked for by several parameters."""
    rest = fold(text)
    found: list[str] = []
    while rest and len(found) < MAX_PIECES:
        found.append(rest[:MAX_LENGTH])
        rest = rest.partition(" ")[2]
    return tuple(found)
