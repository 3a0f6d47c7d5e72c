"""The secrets that sign sessions and forms: the first one made at first start, kept as `signing.shelf` tells."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from yteso.signing.shelf import Shelf

_KIND, _ENDING = "web", "secret"


def load_or_create_secrets(home: Path, given: Path | None = None) -> Sequence[str]:
    """The newest one first, which signs; what the older ones signed still counts. Raises CannotStart (KEY-0001)."""
    files = Shelf.of(home, given).series(_KIND, _ENDING, _made)
    return [path.read_text(encoding="ascii").strip() for path in reversed(files)]


def rotate_secret(home: Path) -> str:
    """One more, which signs from the next start on; its file's name. What the older ones signed still counts."""
    load_or_create_secrets(home)
    return Shelf.of(home).add(_KIND, _ENDING, _made).name


def _made() -> bytes:
    return secrets.token_urlsafe(48).encode()
