"""Cases of the data officer's desk, held by the row of the audit that each act on one leaves (ADR 55).

Questions, requests and breaches have clocks of the law and answers. Each act writes, beside its words, a digest of the
whole case as it left it; the last one is compared with what is there, and what was opened has to be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from yteso.access.principal import Principal
from yteso.base.ids import shard_of
from yteso.db import Connection, Queries
from yteso.search.keys import number, patient_key
from yteso.store.audit import Note, write_notes
from yteso.store.held import Right, told

SQL = Queries.beside(__file__, "kept.sql")
Kind = Literal["case", "request", "breach"]
_TABLES: dict[Kind, str] = {"case": "store.questioned", "request": "store.subject_request", "breach": "store.breach"}


def note_kept(
    conn: Connection, who: Principal, action: Literal["C", "U"], kind: Kind, id: str, detail: str, patient: str = ""
) -> None:
    """The row of an act on a case, after the act and in its transaction."""
    (case,) = _cases(conn, kind, id)
    patients = [number(patient_key(patient))] if patient else []
    write_notes(conn, [Note(who, action, case.key, detail, patients, told([case]))])


def bad_kept(conn: Connection) -> str | None:
    """The first case that is not as its last act left it, that nobody opened, or that is gone; in words."""
    last: dict[str, bytes | None] = dict(conn.execute(SQL["fetch_acts"]).fetchall())
    for kind, table in _TABLES.items():
        there = {case.key: case for case in _cases(conn, kind)}
        opened = {what for what in last if what.startswith(f"{kind}/")}
        bad = there.keys() ^ opened
        bad |= {what for what in there.keys() & opened if last[what] not in (None, told([there[what]]))}
        if bad:
            return f"{table} {min(bad).partition('/')[2]}"
    return None


def _cases(conn: Connection, kind: Kind, id: str | None = None) -> Iterator[Right]:
    names = {"id": id, "shard": 0 if id is None or kind == "breach" else shard_of(id)}
    for one, *values in conn.execute(SQL[f"fetch_{kind}"], names).fetchall():
        yield Right(_TABLES[kind], f"{kind}/{one}", tuple(_plain(value) for value in values))


def _plain(value: Any) -> object:
    """A moment as it is the same whatever the time zone of a session."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
