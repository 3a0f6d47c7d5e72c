"""Text -> the folded pieces whose beginnings a string search compares: the whole text and the rest from each word on.

`"Nguyễn Văn Đức"` -> `nguyen van duc`, `van duc`, `duc`: a search for any of `nguyen`, `van d`, `duc` finds it by a
prefix of one row.
"""

from __future__ import annotations

from yteso.base.text import fold

MAX_LENGTH = 200
"""Characters kept of a piece: a B-tree entry must stay under 2.7 kB, and nobody types a longer beginning."""
MAX_PIECES = 12
"""Words of a long text from which a piece starts."""


def prefixes(text: str) -> list[str]:
    """The pieces of one text, the whole first; empty for blank text."""
    words = fold(text).split(" ")
    if words == [""]:
        return []
    return [" ".join(words[at:])[:MAX_LENGTH] for at in range(min(len(words), MAX_PIECES))]
