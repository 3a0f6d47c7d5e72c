"""The data officer's desk at a glance: how much waits, by kind."""

from __future__ import annotations

from yteso.access.principal import Principal
from yteso.client.officer import require_officer
from yteso.client.openings import MOST_A_WEEK, REVIEW
from yteso.db import Database
from yteso.store import waiting
from yteso.store.waiting import Waiting

__all__ = ["Desk", "Waiting"]


class Desk:
    """One instance serves a process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, who: Principal) -> Waiting:
        """What waits for a data officer. Refused (403) AUD-0001."""
        require_officer(who)
        with self._database.connection() as conn:
            return waiting.count(conn, MOST_A_WEEK, REVIEW)
