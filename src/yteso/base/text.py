"""Vietnamese text folded for look-up: case, marks and đ gone, spaces single. Used by index and query alike."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`"  Nguyễn  Văn Đức "` -> `"nguyen van duc"`. The letter đ has no decomposition and is replaced by name."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
