"""When live pages hear of news: a few times a second at most, because each NOTIFY makes committing sessions queue up.

News that is left out is told by the next ring; walkers always ring when they have finished.
"""

from __future__ import annotations

import time

EVERY = 0.5
"""Seconds between two rings of one process."""


class Bell:
    """Remembers when it last rang; threads may share it (at worst it rings twice)."""

    def __init__(self) -> None:
        self._rang = float("-inf")

    def due(self, *, always: bool = False) -> bool:
        """True when it is time to ring (or with `always`); the caller then does."""
        now = time.monotonic()
        if not always and now - self._rang < EVERY:
            return False
        self._rang = now
        return True
