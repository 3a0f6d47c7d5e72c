"""Requests of people about their data: a case with the law's clocks; each act in the audit chain.

Answered within two working days; what is asked is done within 15 days, and once 15 more with a reason (NĐ 356/2025).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yteso.access.principal import Principal
from yteso.base.ids import random_id, shard_of, shard_of_key
from yteso.base.working_days import end_after
from yteso.db import Connection, Queries
from yteso.store import audit
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "subject_requests.sql")
KINDS = ("access", "copy", "correction", "erasure", "restriction", "objection", "withdrawal")
OUTCOMES = ("done", "partly", "refused")
ANSWER_DAYS = 2
"""Working days until the person is told that the request is worked on."""
DONE = timedelta(days=15)
EXTENSION = timedelta(days=15)
MOST_OPEN = 10


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """One request. Open until `closed`; `answer_due` and `due` are the clocks; `extended`: the reason for more time."""

    id: str
    patient: str
    asked_by: str
    kind: str
    words: str
    filed: datetime
    answer_due: datetime
    due: datetime
    acknowledged: datetime | None
    extended: str | None
    outcome: str | None
    answer: str | None
    closed: datetime | None
    closed_by: str | None


def file(conn: Connection, who: Principal, patient: str, kind: str, words: str, now: datetime) -> str | None:
    """The new request's id; None when too many of this person wait already."""
    shard = shard_of_key(patient)
    waiting = conn.execute(SQL["count_open_requests"], (shard, patient)).fetchone()
    if waiting is not None and waiting[0] >= MOST_OPEN:
        return None
    id = random_id(shard)
    clocks = (now, end_after(now, ANSWER_DAYS), now + DONE)
    conn.execute(SQL["add_request"], (shard, id, patient, who.name, kind, words, *clocks))
    _note(conn, who, "C", id, kind, patient)
    return id


def find_requests(
    conn: Connection, who: Principal, patient: str | None = None, *, open: bool | None = None, count: int = 100
) -> list[SubjectRequest]:
    """Requests, what is due first comes first; of one person where one is given."""
    shard = None if patient is None else shard_of_key(patient)
    names = {"patient": patient, "shard": shard, "open": open, "count": count}
    found = [SubjectRequest(*row) for row in conn.execute(SQL["find_requests"], names)]
    if found:
        people = tuple({one.patient for one in found})
        audit.add_note(conn, who, AuditNote("R", "", people), f"{len(found)} subject requests")
    return found


def acknowledge(conn: Connection, who: Principal, id: str, now: datetime) -> bool:
    """The person is told that it is worked on; False when that was done, or it is closed."""
    return _acted(conn, who, id, "acknowledged", "acknowledge_request", (now, shard_of(id), id))


def extend(conn: Connection, who: Principal, id: str, reason: str) -> bool:
    """More time; False when that was given once, or it is closed."""
    row = conn.execute(SQL["fetch_due"], (shard_of(id), id)).fetchone()
    if row is None:
        return False
    return _acted(conn, who, id, "extended", "extend_request", (reason, row[0] + EXTENSION, shard_of(id), id))


def close(conn: Connection, who: Principal, id: str, outcome: str, answer: str, now: datetime) -> bool:
    """The answer, which the person reads; False when it is closed already."""
    values = (outcome, answer, now, who.name, now, shard_of(id), id)
    return _acted(conn, who, id, f"closed: {outcome}", "close_request", values)


def _acted(conn: Connection, who: Principal, id: str, detail: str, query: str, values: tuple[Any, ...]) -> bool:
    row = conn.execute(SQL[query], values).fetchone()
    if row is None:
        return False
    _note(conn, who, "U", id, detail, row[0])
    return True


def _note(conn: Connection, who: Principal, action: Any, id: str, detail: str, patient: str) -> None:
    audit.add_note(conn, who, AuditNote(action, detail, (patient,)), f"request/{id}")
