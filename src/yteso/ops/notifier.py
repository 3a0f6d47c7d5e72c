"""The notifier, a thread of the exporter process: looks at what changed, lets couriers tell who subscribed.

One process of the installation leads at a time; the others stand by. Couriers work side by side, each subscription by
one at a time, so that a slow receiver holds up nobody else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from yteso.access.principal import Principal
from yteso.base.errors import Refused
from yteso.base.trace import where
from yteso.db import Connection, Database
from yteso.exchange.notify.courier import Courier
from yteso.store.subscriptions import state
from yteso.store.subscriptions.evaluate import Look, People

log = logging.getLogger(__name__)
COURIERS = 4
_ROUND_SECONDS = 0.5
_TROUBLE_SECONDS = 5.0
_HOUR_SECONDS = 3_600.0
_FRESH_SECONDS = 0.3
"""An account that was locked is told nothing after a second; a round of a socket or a courier comes on top."""
_IN_A_ROW = 100
"""Errands of one subscription before the others have their turn."""


class Notifier:
    """`run` until stopped."""

    def __init__(self, database: Database, look: Look, courier: Courier) -> None:
        self._database, self._look, self._courier = database, look, courier
        self._busy: set[str] = set()
        self._guard = threading.Lock()
        self._next_prune = 0.0
        self._sealed = False

    def run(self, stop: threading.Event) -> None:
        """Lead when nobody else does; trouble is logged and tried again."""
        with ThreadPoolExecutor(COURIERS, thread_name_prefix="courier") as couriers:
            while not stop.is_set():
                try:
                    self._lead(stop, couriers)
                except Exception as error:
                    log.error("telling subscribers failed and is tried again: %s", where(error))
                stop.wait(_TROUBLE_SECONDS)

    def _lead(self, stop: threading.Event, couriers: ThreadPoolExecutor) -> None:
        """Rounds as long as the lock is ours. The transaction that holds it reads and writes nothing."""
        with self._database.connection() as lock:
            while not stop.is_set():
                row = lock.execute(state.SQL["try_lead"]).fetchone()
                if row is None or not row[0]:
                    return
                more = self._round(couriers)
                stop.wait(0.0 if more else _ROUND_SECONDS)

    def _round(self, couriers: ThreadPoolExecutor) -> bool:
        with self._database.connection() as conn:
            self._seal_old(conn)
            more = self._look.once(conn)
        with self._database.connection() as conn:
            self._prune(conn)
            due = self._courier.due(conn)
        for id in due:  # noqa: A001 - FHIR's own word
            with self._guard:
                if id in self._busy:
                    continue
                self._busy.add(id)
            couriers.submit(self._serve, id)
        return more

    def _serve(self, id: str) -> None:
        try:
            for _ in range(_IN_A_ROW):
                if not self._courier.serve(id):
                    return
        except Exception as error:
            log.error("telling a subscriber failed and is tried again: %s", where(error))
        finally:
            with self._guard:
                self._busy.discard(id)

    def _seal_old(self, conn: Connection) -> None:
        """Once: what an earlier release stored openly."""
        if not self._sealed:
            state.seal_old(conn, self._look.store)
            self._sealed = True

    def _prune(self, conn: Connection) -> None:
        if time.monotonic() >= self._next_prune:
            self._next_prune = time.monotonic() + _HOUR_SECONDS
            state.prune(conn)


def remembered(find: Callable[[str], Principal]) -> People:
    """Accounts by name, looked up again after a moment; None for who is gone or locked.

    One look-up at a time, all in one thread, so that `find` may keep that thread's connection.
    """
    found: dict[str, tuple[float, Principal | None]] = {}
    guard = threading.Lock()
    finding = ThreadPoolExecutor(1, thread_name_prefix="accounts")

    def people(name: str) -> Principal | None:
        with guard:
            until, principal = found.get(name, (0.0, None))
            if time.monotonic() < until:
                return principal
            try:
                principal = finding.submit(find, name).result()
            except Refused:
                principal = None
            found[name] = (time.monotonic() + _FRESH_SECONDS, principal)
            return principal

    return people
