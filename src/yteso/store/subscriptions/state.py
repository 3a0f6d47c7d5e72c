"""How subscriptions stand: their rows as values, and the Subscription resource that tells the same to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from yteso.access.principal import Principal, Role
from yteso.base.ids import shard_of
from yteso.base.issue import Issue
from yteso.db import Connection, Queries
from yteso.fhir.json import dumps, loads
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store import receivers
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, VersionConflict
from yteso.store.receivers import shows_secrets
from yteso.store.subscriptions.definition import Definition, read_definition

SQL = Queries.beside(__file__)
TYPE = "Subscription"
US = Principal("yteso subscriptions", Role.SYSTEM, purpose="HOPERAT")
KEEP_TOLD = timedelta(days=7)
KEEP_UNTOLD = timedelta(days=30)
"""So long a subscription in error may be repaired and told what it missed."""

State = Literal["requested", "active", "error", "off"]


@dataclass(frozen=True, slots=True)
class Watched:
    """One subscription. `events` is the last number given, `delivered` the last one told."""

    id: str
    version: int
    state: State
    owner: str
    resource: str
    started: int
    events: int
    delivered: int
    failures: int
    retry_at: datetime | None
    sent_at: datetime
    error: str

    @property
    def definition(self) -> Definition:
        """What it asks for; it was judged when it was written."""
        return _definition(self.resource)

    @property
    def key(self) -> tuple[int, str]:
        """The primary key."""
        return shard_of(self.id), self.id


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened. `verb`: C created, U updated, D deleted."""

    n: int
    t: int
    at: datetime
    type: str
    id: str
    version: int
    verb: str


@lru_cache(maxsize=1024)
def _definition(resource: str) -> Definition:
    return read_definition(loads(resource.encode()))


def fetch_all(conn: Connection, *states: State) -> list[Watched]:
    """Every subscription in one of these states."""
    return [_watched(row) for row in conn.execute(SQL["fetch_all"], (list(states),))]


def fetch_one(conn: Connection, id: str) -> Watched | None:
    """One subscription; None when there is none, or it was not looked at yet."""
    row = conn.execute(SQL["fetch_one"], (shard_of(id), id)).fetchone()
    return _watched(row) if row else None


def count_states(conn: Connection) -> tuple[tuple[str, int, int], ...]:
    """(state, how many, events not yet told) of all subscriptions."""
    return tuple((state, many, waiting) for state, many, waiting in conn.execute(SQL["count_states"]))


def notices(conn: Connection, watched: Watched, first: int, last: int, most: int) -> list[Notice]:
    """What happened from one number to another, at most so many."""
    rows = conn.execute(SQL["fetch_notices"], (*watched.key, first, last, most))
    return [Notice(n, t, at, TYPE_NAME[type], id, version, verb) for n, t, at, type, id, version, verb in rows]


def change_state(
    conn: Connection,
    store: PostgresStore,
    watched: Watched,
    state: State,
    issue: Issue | None,
    row: State | None = None,
) -> bool:
    """Another state, in our row and in the resource. False when the resource was changed by somebody meanwhile.

    `row` is another state for our row: what cannot be read rests, whatever the resource says.
    """
    key = (TYPE, watched.id)
    found = store.peek(conn, [key]).get(key)
    if found is None or found.deleted or found.version != watched.version:
        return False
    document = loads(found.body)
    document["status"] = state
    document.pop("error", None)
    if issue is not None:
        document["error"] = f"{issue.code} {issue.text} {issue.text_en}"
    try:
        written = store.write(conn, US, [Put(document, found.version)], "subscription").written[0]
    except VersionConflict:
        return False
    code = issue.code if issue else ""
    conn.execute(SQL["save_state"], (row or state, written.version, code, *watched.key, watched.version))
    return True


def seal_old(conn: Connection, store: PostgresStore) -> int:
    """Write Subscriptions anew whose secrets an earlier release left in the resource; how many. All go on."""
    return sum(_sealed(conn, store, one) for one in fetch_all(conn, "requested", "active", "error", "off"))


def _sealed(conn: Connection, store: PostgresStore, watched: Watched) -> bool:
    key = (TYPE, watched.id)
    lines = loads(watched.resource.encode())["channel"].get("header", ())
    found = store.peek(conn, [key]).get(key)
    if not shows_secrets(lines) or found is None or found.deleted or found.version != watched.version:
        return False
    document = loads(found.body)
    document["channel"]["header"] = lines
    version = store.write(conn, US, [Put(document, found.version)], "secrets sealed").written[0].version
    text = text_of(loads(store.peek(conn, [key])[key].body))
    conn.execute(SQL["save_sealed"], (text, version, *watched.key))
    return True


def reseal(conn: Connection, store: PostgresStore) -> int:
    """Receivers' secrets by the newest key of the safe; how many."""
    count = 0
    for one in fetch_all(conn, "requested", "active", "error", "off"):
        endpoint = str(loads(one.resource.encode())["channel"].get("endpoint", ""))
        count += receivers.reseal(conn, store.safe, one.id, endpoint)
    return count


def note_told(conn: Connection, watched: Watched, last: int) -> None:
    """Told up to this number."""
    conn.execute(SQL["save_told"], (last, *watched.key, watched.version))


def note_failure(conn: Connection, watched: Watched, wait: timedelta, code: str) -> int:
    """Telling failed; gives back how often in a row."""
    row = conn.execute(SQL["save_failure"], (wait, code, *watched.key, watched.version)).fetchone()
    return row[0] if row else 0


def save(
    conn: Connection,
    id: str,
    version: int,
    state: State,
    owner: str,
    resource: dict[str, Any],
    started: int,
    error: str,
) -> None:
    """A subscription as its resource now says."""
    conn.execute(SQL["save_one"], (shard_of(id), id, version, state, owner, text_of(resource), started, error))


def prune(conn: Connection) -> None:
    """Forget what was told long ago, and tickets nobody used."""
    conn.execute(SQL["prune_notices"], (KEEP_TOLD,))
    conn.execute(SQL["give_up"], (KEEP_UNTOLD,))
    conn.execute(SQL["prune_tickets"])


def text_of(resource: dict[str, Any]) -> str:
    """What our row keeps of the resource."""
    return dumps({name: value for name, value in resource.items() if name not in ("meta", "text")}).decode()


def _watched(row: Sequence[Any]) -> Watched:
    return Watched(*row)
