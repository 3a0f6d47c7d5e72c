"""The store on PostgreSQL: the contract of `protocol.Store`. One instance per process; it holds no connection.

Writing is set-based (`write.py`), reading puts the rights into the WHERE (`read.py`, `find.py`), and each call leaves
its audit row in the same transaction (`audit.py`). Bodies are opaque bytes (`codec.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from yteso.access.mandate import DECIDES
from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.db import Connection, Queries
from yteso.search.query import Across, Query
from yteso.signing.safe import Safe
from yteso.store import compartment, everything, find, labels, read, write
from yteso.store.across import search_across
from yteso.store.codec import Codec
from yteso.store.dictionaries import load_newest, train_first
from yteso.store.links import Asking
from yteso.store.protocol import Extent, Page, Read, Search, Span, Stored, Transaction, VersionConflict, Writable, Write
from yteso.store.receivers import as_given, has_receiver, without_secrets
from yteso.store.search_parameters import SearchParameters
from yteso.store.wall import on_behalf

SQL = Queries.beside(__file__)
MONTHS_AHEAD = 3


class PostgresStore:
    """`protocol.Store` on the schema `store`. Safe to share between threads; each call uses the caller's connection."""

    def __init__(self, clock: Clock = system_clock, safe: Safe | None = None, child_decides: int = DECIDES) -> None:
        self._clock, self.safe, self._child_decides = clock, safe, child_decides
        self._codec: Codec | None = None
        self.search_parameters = SearchParameters()

    @property
    def child_decides(self) -> int:
        """The age from which a child acts alone here."""
        return self._child_decides

    def codec(self, conn: Connection) -> Codec:
        """The codec of this database, with the newest dictionary at the time of the first call."""
        if self._codec is None:
            codec = Codec()
            load_newest(conn, codec)
            self._codec = codec
        return self._codec

    def refresh(self, conn: Connection) -> None:
        """See what search parameters were defined meanwhile; costs next to nothing when asked often."""
        self.search_parameters.refresh(conn)

    @property
    def is_fresh(self) -> bool:
        """False when `refresh` would look."""
        return self.search_parameters.is_fresh

    def maintain(self, conn: Connection) -> None:
        """At start and daily: partitions for the months to come, the newest dictionaries, labels by today's rules."""
        conn.execute(SQL["make_partitions"], (MONTHS_AHEAD,))
        load_newest(conn, self.codec(conn))
        labels.renew(conn, self._clock())

    def learn(self, conn: Connection) -> None:
        """The site's first own dictionaries, once there is enough to learn from: some ten seconds, then never again."""
        train_first(conn, self.codec(conn))
        load_newest(conn, self.codec(conn))

    def resume(self, conn: Connection) -> None:
        """After a restore into a new server: let transaction numbers go on where they ended."""
        conn.execute(SQL["resume_numbering"])

    def write(self, conn: Connection, who: Principal, changes: Sequence[Writable], detail: str = "") -> Transaction:
        """All or nothing; see `protocol.Store`."""
        self.search_parameters.refresh(conn)
        return write.write(conn, self.codec(conn), Write(who, without_secrets(conn, self.safe, who, changes), detail))

    def write_together(
        self, conn: Connection, writes: Sequence[Write], *, ends: bool = False
    ) -> Sequence[Transaction | VersionConflict | Refused]:
        """Several callers' writes; see `protocol.Store`."""
        self.search_parameters.refresh(conn)
        if not any(map(has_receiver, writes)):
            return write.write_together(conn, self.codec(conn), writes, ends=ends)
        return [self._write_apart(conn, one) for one in writes]

    def _write_apart(self, conn: Connection, one: Write) -> Transaction | VersionConflict | Refused:
        try:
            with conn.transaction():
                return self.write(conn, one.who, one.changes, one.detail)
        except (VersionConflict, Refused) as failure:
            return failure

    def read(self, conn: Connection, who: Principal, limit: Restriction, type: str, id: str) -> Stored | None:
        """The current version; see `protocol.Store`."""
        with on_behalf(conn):
            return read.read(conn, self.codec(conn), who, limit, type, id)

    def read_together(self, conn: Connection, reads: Sequence[Read], *, ends: bool = False) -> Sequence[Stored | None]:
        """Several callers' reads; see `protocol.Store`."""
        with on_behalf(conn):
            return read.read_together(conn, self.codec(conn), reads, ends=ends)

    def read_version(
        self, conn: Connection, who: Principal, limit: Restriction, type: str, id: str, version: int
    ) -> Stored | None:
        """One version, current or past; see `protocol.Store`."""
        with on_behalf(conn):
            return read.read_version(conn, self.codec(conn), who, limit, type, id, version)

    def history(
        self,
        conn: Connection,
        who: Principal,
        limit: Restriction,
        type: str = "",
        id: str = "",
        *,
        when: Span = Span(),
        count: int = 100,
        cursor: str = "",
    ) -> Page:
        """Versions; see `protocol.Store`."""
        with on_behalf(conn):
            return read.history(conn, self.codec(conn), who, limit, type, id, when, count, cursor)

    def search(self, conn: Connection, who: Principal, limit: Restriction, query: Query) -> Page:
        """One page of the query's answer; see `protocol.Store`."""
        self.search_parameters.refresh(conn)
        with on_behalf(conn):
            return find.search(conn, self.codec(conn), who, limit, query, self._clock())

    def search_together(
        self, conn: Connection, searches: Sequence[Search], *, ends: bool = False
    ) -> Sequence[Page | None]:
        """Several callers' searches; see `protocol.Store`."""
        self.search_parameters.refresh(conn)
        with on_behalf(conn):
            return find.search_together(conn, self.codec(conn), searches, self._clock(), ends=ends)

    def whole_compartment(
        self, conn: Connection, who: Principal, limit: Restriction, query: Query, types: Sequence[str]
    ) -> Page:
        """All of a compartment; see `protocol.Store`."""
        asking = Asking(conn, self.codec(conn), limit, self._clock())
        with on_behalf(conn):
            return compartment.whole_compartment(asking, who, query, types)

    def search_across(self, conn: Connection, who: Principal, limit: Restriction, across: Across) -> Page:
        """One page of a search over several types; see `protocol.Store`."""
        self.search_parameters.refresh(conn)
        asking = Asking(conn, self.codec(conn), limit, self._clock(), find.SECONDS)
        with on_behalf(conn):
            return search_across(asking, who, across)

    def everything(self, conn: Connection, who: Principal, limit: Restriction, focus: Stored, extent: Extent) -> Page:
        """What belongs to a patient or a visit; see `protocol.Store`."""
        with on_behalf(conn):
            return everything.everything(conn, self.codec(conn), who, limit, focus, extent)

    def newest(
        self, conn: Connection, who: Principal, limit: Restriction, patient: str, types: Iterable[str], most: int
    ) -> tuple[Stored, ...]:
        """A patient's newest resources; see `protocol.Store`."""
        with on_behalf(conn):
            return everything.newest(conn, self.codec(conn), who, limit, patient, types, most)

    def read_many(
        self, conn: Connection, who: Principal, limit: Restriction, keys: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], Stored]:
        """Current versions by type and id; see `protocol.Store`."""
        with on_behalf(conn):
            return everything.read_many(conn, self.codec(conn), who, limit, keys)

    def as_given(self, conn: Connection, who: Principal, found: Sequence[Stored]) -> tuple[Stored, ...]:
        """Versions with the secrets that `who` gave; see `protocol.Store`."""
        return tuple(as_given(conn, self.safe, who, one) for one in found)

    def peek(self, conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Stored]:
        """Current versions for the platform's own work; see `protocol.Store`."""
        return read.peek(conn, self.codec(conn), keys)

    def lock(self, conn: Connection, keys: Sequence[tuple[str, str]]) -> None:
        """Let nobody else write these until the transaction ends; see `protocol.Store`."""
        read.lock(conn, keys)

    def changes_since(self, conn: Connection, t: int, limit: int) -> Iterable[Stored]:
        """What changed after `t`; see `protocol.Store`."""
        return read.changes_since(conn, self.codec(conn), t, limit)

    def reach(self, conn: Connection, after: int) -> tuple[int, datetime | None]:
        """The newest transaction number, and since when the oldest change after `after` waits; for metrics."""
        return read.reach(conn, after)
