"""How much one Bundle may take: who asks much with little is told to ask for the rest apart. Nothing is undone here."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from yteso.api import rules
from yteso.api.call import Call
from yteso.base.errors import Refused

ANSWERS = 4
"""So many times the bound of a body an answer may have before no further entry is answered."""
SECONDS = 120
"""So long may the entries of one Bundle look things up: each of thousands could use up the time that one search has."""


@dataclass(slots=True)
class Room:
    """What is left for the entries of one Bundle."""

    call: Call
    taken: int = 0
    started: float = field(default_factory=monotonic)

    def check(self) -> None:
        """Refused (413, 503) when the entries before have filled the answer, or used up the time."""
        limit = self.call.engine.max_body * ANSWERS
        if self.taken > limit:
            raise Refused(rules.ANSWER_TOO_LARGE.at(limit=limit), status=413)
        if monotonic() - self.started > SECONDS:
            raise Refused(rules.BUNDLE_TOO_SLOW.at(seconds=SECONDS), status=503)

    def take(self, answer: bytes) -> bytes:
        """The answer of an entry, counted."""
        self.taken += len(answer)
        return answer
