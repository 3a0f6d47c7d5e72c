"""Audit rows: one per access, in the accessing transaction, each hashed over the one before it in its lane.

Lanes exist so that writers do not wait for each other; a lane is a chain of its own, and `store.lane` holds its end.
Whoever changes, removes or inserts a row breaks the chain from there on, and `verify` names the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import orjson

from yteso.access.principal import Principal
from yteso.db import Connection, Queries
from yteso.search.keys import number, patient_key
from yteso.search.query import Query
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row of a lane whose hash is wrong, or its end (`n` is the row that should be there)."""

    lane: int
    n: int


@dataclass(frozen=True, slots=True)
class Access:
    """One access to a patient's record, as that patient may see it."""

    when: datetime
    who: str
    role: str
    facility: str
    purpose: str
    action: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Note:
    """One row to be written: who did what (`C R U D E`) to what; `patients` are the numbers of patients' keys."""

    who: Principal
    action: str
    what: str
    detail: str
    patients: Iterable[int]


def note(
    conn: Connection, who: Principal, action: str, what: str, detail: str, patients: Iterable[int]
) -> tuple[int, datetime]:
    """Write one row; gives back the transaction's number and the present moment of the server."""
    return write_notes(conn, [Note(who, action, what, detail, patients)])


def write_notes(conn: Connection, notes: Iterable[Note]) -> tuple[int, datetime]:
    """Write rows one after the other in one lane; gives back the transaction's number and the moment they share."""
    rows = [(*_who(one.who), one.action, one.what, one.detail, sorted(set(one.patients))) for one in notes]
    row = conn.execute(SQL["note"], [orjson.dumps(rows).decode()], prepare=True).fetchone()
    assert row is not None
    return row[0], row[1]


def _who(who: Principal) -> tuple[str, str, str, str]:
    return who.name, who.role, who.facility, who.purpose


def add_note(conn: Connection, who: Principal, entry: AuditNote, what: str = "") -> int:
    """An audit row for an act outside this room (a log-in, an export). Gives back the transaction number."""
    return note(conn, who, entry.action, what, entry.detail, (number(patient_key(id)) for id in entry.patients))[0]


def query_mark(query: Query) -> str:
    """What the audit says about a search: its type and a hash of its clauses, never the values."""
    digest = blake2b(repr((query.conditions, query.sort, query.include)).encode(), digest_size=8).hexdigest()
    return f"{query.type}?{digest}"


def verify(conn: Connection) -> BadRow | None:
    """Recompute every chain; the first bad row found, lane by lane, or None."""
    for lane, last, end in conn.execute(SQL["fetch_lanes"]).fetchall():
        expected = 0
        digest = b""
        for n, stored, computed in conn.execute(SQL["fetch_audit"], (lane,)):
            expected += 1
            if n != expected or stored != computed:
                return BadRow(lane, expected)
            digest = stored
        if expected != last or digest != end:
            return BadRow(lane, expected + 1)
    return None


def accesses(conn: Connection, patient_id: str, count: int = 100) -> list[Access]:
    """Who touched a patient's record, newest first."""
    rows = conn.execute(SQL["fetch_access"], (number(patient_key(patient_id)), count))
    return [Access(*row) for row in rows]
