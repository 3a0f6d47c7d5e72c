"""StructureDefinitions of the record by canonical url, and the profiles compiled of them, for who validates.

They say nothing of any person, and a check needs them whoever asks: they are read by the platform itself. What was
found is kept by the process for as long as no StructureDefinition changes, which is asked once per check by
transaction number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.db import Connection, Queries
from yteso.fhir import json
from yteso.search.query import Clause, Query
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.protocol import Resource, Store, Stored
from yteso.validate.profiles import Library

SQL = Queries.beside(__file__)
VALIDATOR = Principal("validator", Role.SYSTEM, purpose="HOPERAT")
MOST_URLS = 2_000
MOST_VERSIONS = 50
MOST_PROFILES = 1_000
_TYPE = "StructureDefinition"
_QUESTIONNAIRE = "Questionnaire"
_LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass
class _Memory:
    """What is known as long as nothing changed since the transactions below `t` were finished."""

    t: int
    moment: datetime
    found: dict[str, tuple[Resource, ...]] = field(default_factory=dict)
    profiles: tuple[tuple[str, str], ...] | None = None


class RecordDefinitions:
    """The record's definitions. One per process; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._memory: _Memory | None = None
        self._library: tuple[_Memory, Library] | None = None
        self._named: tuple[tuple[str, str], ...] = ()

    @property
    def last_profiles(self) -> tuple[tuple[str, str], ...]:
        """What `profiles` gave the last time, for when the database cannot be asked; none before the first."""
        return self._named

    def at(self, conn: Connection) -> _AtConnection:
        """`validate.profiles.Definitions`, for use within this transaction."""
        return _AtConnection(self._store, self._present(conn), conn)

    def profiles(self, conn: Connection, *, alone: bool = False) -> tuple[tuple[str, str], ...]:
        """(resource type, canonical url) of the profiles in the record that are not retired, in their order.

        At most MOST_PROFILES. `alone` as for `library`.
        """
        memory = _fresh(conn) if alone else self._present(conn)
        if memory.profiles is None:
            memory.profiles = _AtConnection(self._store, memory, conn).profiles()
        if not alone:
            self._named = memory.profiles
        return memory.profiles

    def library(self, conn: Connection, *, alone: bool = False) -> Library:
        """Compiled profiles, for use within this transaction; compiled ones are kept while no definition changes.

        `alone` for a transaction that has written or may be undone: nothing is taken from others or kept for them.
        """
        if alone:
            return Library(_AtConnection(self._store, _fresh(conn), conn))
        here = self.at(conn)
        kept = self._library
        if kept is None or kept[0] is not here.memory:
            kept = self._library = (here.memory, Library(here))
        return kept[1].over(here)

    def _present(self, conn: Connection) -> _Memory:
        memory = self._memory
        if memory is not None:
            t, moment, changed = _reach(conn, memory.t, memory.moment - _LONGEST_TRANSACTION)
            if not changed:
                memory.t, memory.moment = t, moment
                return memory
        self._memory = memory = _fresh(conn)
        return memory


@dataclass(frozen=True, slots=True)
class _AtConnection:
    store: Store
    memory: _Memory
    conn: Connection

    def structure(self, url: str) -> Resource | None:
        """See `validate.profiles.Definitions`; of several versions the one asked for, else the one changed last."""
        bare, _, version = url.partition("|")
        known = self.memory.found
        if bare not in known:
            if len(known) > MOST_URLS:
                known.clear()
            known[bare] = self._search(bare)
        return next((one for one in known[bare] if version in ("", str(one.get("version", "")))), None)

    def questionnaire(self, url: str) -> Resource | None:
        """See `validate.profiles.Definitions`; looked for each time, as answers are judged when somebody asks."""
        bare, _, version = url.partition("|")
        found = self._search(bare, _QUESTIONNAIRE)
        return next((one for one in found if version in ("", str(one.get("version", "")))), None)

    def profiles(self) -> tuple[tuple[str, str], ...]:
        """See `RecordDefinitions.profiles`."""
        wanted = {"derivation": "constraint", "kind": "resource"}
        clauses = tuple(Clause(name, "token", (("eq", value),)) for name, value in wanted.items())
        read = [json.loads(stored.body) for stored in self._matches(clauses, MOST_PROFILES)]
        return tuple(sorted({(one["type"], one["url"]) for one in read if one["status"] != "retired"}))

    def _matches(self, clauses: tuple[Clause, ...], count: int, type: str = _TYPE) -> tuple[Stored, ...]:
        limit = require(VALIDATOR, Interaction.SEARCH, type)
        return self.store.search(self.conn, VALIDATOR, limit, Query(type, clauses, count=count)).matches

    def _search(self, url: str, type: str = _TYPE) -> tuple[Resource, ...]:
        matches = self._matches((Clause("url", "uri", (("eq", url),)),), MOST_VERSIONS, type)
        newest = sorted(matches, key=lambda stored: (stored.updated, stored.id), reverse=True)
        return tuple(json.loads(stored.body) for stored in newest)


def _fresh(conn: Connection) -> _Memory:
    t, moment, _ = _reach(conn, 0, None)
    return _Memory(t, moment)


def _reach(conn: Connection, t: int, ts: datetime | None) -> tuple[int, datetime, bool]:
    """(transactions below this are finished, the server's time, whether something changed since `t`)."""
    row = conn.execute(SQL["fetch_changed_since"], {"types": [TYPE_NUMBER[_TYPE]], "ts": ts, "t": t}).fetchone()
    assert row is not None
    return row[0], row[1], bool(row[2])
