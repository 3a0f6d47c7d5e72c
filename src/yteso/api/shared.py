"""Single reads and writes of many requests -> transactions they share (`base.together`), each with its own audit row.

Only for callers whose rights need no look at other resources first; who is bound to patients in care writes alone, in
`write_alone`. Also the one place that says when a transaction that failed is worth another try.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from yteso.base.errors import Refused
from yteso.base.together import Together
from yteso.db import Connection, Database, is_conflict, is_retryable
from yteso.store.protocol import Page, Read, Search, Store, Stored, Transaction, VersionConflict, Write, Written

Result = TypeVar("Result")
ATTEMPTS = 5


class Shared:
    """`read` and `write` of one store, for the threads of one process."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store
        self._reads: Together[Read, Stored | None] = Together(self._read_all)
        self._searches: Together[Search, Page | None] = Together(self._search_all)
        self._writes: Together[Write, Transaction | VersionConflict | Refused] = Together(self._write_all)

    def read(self, one: Read) -> Stored | None:
        """As `Store.read`, in a transaction that others may share."""
        return self._reads(one)

    def search(self, one: Search) -> Page:
        """As `Store.search`, in a transaction that others may share when all of them are quick."""
        found = self._searches(one)
        if found is not None:
            return found
        return look(self._database, lambda conn: self._store.search(conn, one.who, one.limit, one.query))

    def write(self, one: Write) -> Sequence[Written]:
        """As `Store.write`, committed. Raises VersionConflict or Refused when the data say so."""
        done = self._writes(one)
        if isinstance(done, Transaction):
            return done.written
        raise done

    def _read_all(self, reads: Sequence[Read]) -> Sequence[Stored | None]:
        return look(self._database, lambda conn: self._store.read_together(conn, reads, ends=True))

    def _search_all(self, searches: Sequence[Search]) -> Sequence[Page | None]:
        return look(self._database, lambda conn: self._store.search_together(conn, searches, ends=True))

    def _write_all(self, writes: Sequence[Write]) -> Sequence[Transaction | VersionConflict | Refused]:
        return attempt(self._database, lambda conn: self._store.write_together(conn, writes, ends=True))


def attempt(database: Database, work: Callable[[Connection], Result]) -> Result:
    """Run `work` in a transaction of its own; again, a few times, when another writer was in the way.

    `work` must start from the same values each time. What fails while connecting is not tried again here.
    """
    return _patiently(database.connection, work)


def look(database: Database, work: Callable[[Connection], Result]) -> Result:
    """The same for work that only reads for somebody, behind the second wall (ADR 39)."""
    return _patiently(database.reading, work)


def _patiently(
    connection: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], Result]
) -> Result:
    for number in range(1, ATTEMPTS + 1):
        connected = False
        try:
            with connection() as conn:
                connected = True
                return work(conn)
        except Exception as error:
            again = connected and (is_conflict(error) or is_retryable(error))
            if not again or number == ATTEMPTS:
                raise
        time.sleep(random.uniform(0.2, 1.0) * 0.01 * 2**number)  # noqa: S311 -- spreads writers, hides nothing
    raise AssertionError("unreachable")
