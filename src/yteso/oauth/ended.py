"""Has this token been called back? A small table, read again at most twice a second by each process.

`end` notes that tokens of a grant, an account or a client are over; every process refuses them within `FRESH`. When the
database does not answer, the last answer counts for `STALE` and then every token is refused.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Literal

from yteso.base.clock import Clock, system_clock
from yteso.db import Connection, Database, is_retryable
from yteso.oauth.clients import SQL
from yteso.signing.tokens import Claims

FRESH = 0.5
STALE = 10.0
_ATTEMPTS = 20
"""As many connections as a pool has, and two more."""
_LONGEST = timedelta(days=31)
"""No token lives longer (`yteso token` gives at most 30 days)."""

Kind = Literal["grant", "account", "client"]


def end(conn: Connection, kind: Kind, key: str, now: datetime) -> None:
    """Tokens of this grant, account or client issued until now are over."""
    conn.execute(SQL["note_ended"], [kind, key, now, now + _LONGEST])


class Ended:
    """What one process knows of it: `Bearer(keys, clock, Ended(database))`."""

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], float] = {}
        self._read = float("-inf")

    def __call__(self, claims: Claims) -> bool:
        """True when the token is over. Raises when that cannot be known."""
        return self.is_over(claims.name, claims.client, claims.grant, claims.issued)

    def is_over(self, account: str, client: str, grant: str, issued: float) -> bool:
        """The same for what was given to this account, this app, by this grant, at that moment (POSIX seconds)."""
        known = self._current()
        if ("grant", grant) in known:
            return True
        return issued <= known.get(("account", account), -1.0) or issued <= known.get(("client", client), -1.0)

    def _current(self) -> dict[tuple[str, str], float]:
        if time.monotonic() - self._read < FRESH:
            return self._known
        with self._lock:
            if time.monotonic() - self._read >= FRESH:
                self._refresh()
        return self._known

    def _refresh(self) -> None:
        started = time.monotonic()
        try:
            self._known = {(kind, key): at for kind, key, at in self._rows()}
        except Exception:
            if started - self._read < STALE:
                return
            raise
        self._read = started

    def _rows(self) -> list[tuple[str, str, float]]:
        """Asked again over other connections: after a restart of the database those of the pool are broken."""
        for _ in range(_ATTEMPTS):
            try:
                return self._ask()
            except Exception as error:
                if not is_retryable(error):
                    raise
        return self._ask()

    def _ask(self) -> list[tuple[str, str, float]]:
        with self._database.connection() as conn:
            return conn.execute(SQL["fetch_ended"], [self._clock()]).fetchall()
