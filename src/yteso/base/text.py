"""Vietnamese text folded for look-up: case, marks and đ gone, spaces single. Used by index and query alike."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]+")
"""The combining marks that Vietnamese and its neighbours use; others are rare and looked up one by one."""


def fold(text: str) -> str:
    """`"  Nguyễn  Văn Đức "` -> `"nguyen van duc"`. The letter đ has no decomposition and is replaced by name."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.casefold().replace("đ", "d")))
    if not bare.isascii():
        bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(bare.split())
