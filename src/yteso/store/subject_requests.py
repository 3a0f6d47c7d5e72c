"""Requests of people about their data: a case with the law's clocks; each act in the audit chain.

How long each kind may take stands in `standards.subject_requests`; what was filed keeps the clock of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from yteso.access.principal import Principal
from yteso.base.clock import day_in_vietnam
from yteso.base.ids import random_id, shard_of, shard_of_key
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.base.working_days import days_after, end_after
from yteso.db import Connection, Queries
from yteso.standards.subject_requests import Clock, in_force
from yteso.store import audit
from yteso.store.kept import note_kept
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "subject_requests.sql")
OUTCOMES = ("done", "partly", "refused")
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
    others: bool = False
    """A facility or another party has to take part."""

    @property
    def clock(self) -> Clock:
        """The law's, as it was on the day of filing."""
        return _clock(self.kind, self.filed, {})


def file(
    conn: Connection,
    who: Principal,
    patient: str,
    kind: str,
    words: str,
    now: datetime,
    *,
    detail: str,
    own: Mapping[str, int] = MappingProxyType({}),
) -> str | None:
    """The new request's id; None when too many of this person wait already.

    `detail`: of its row in the chain; `own`: days that the operator confirmed (`standards.subject_requests`).
    """
    shard = shard_of_key(patient)
    waiting = conn.execute(SQL["count_open_requests"], (shard, patient)).fetchone()
    if waiting is not None and waiting[0] >= MOST_OPEN:
        return None
    id = random_id(shard)
    clock = _clock(kind, now, own)
    clocks = (now, end_after(now, clock.answer), days_after(now, clock.days))
    conn.execute(SQL["add_request"], (shard, id, patient, who.name, kind, words, *clocks))
    _note(conn, who, "C", id, detail, patient)
    return id


def find_requests(
    conn: Connection,
    who: Principal,
    patient: str | None = None,
    *,
    open: bool | None = None,
    stretch: Stretch = FIRST,
) -> Part[SubjectRequest]:
    """Requests, what is due first comes first; of one person where one is given."""
    shard = None if patient is None else shard_of_key(patient)
    names = {"patient": patient, "shard": shard, "open": open, **stretch.names}
    found = part_of(conn.execute(SQL["find_requests"], names).fetchall(), stretch, SubjectRequest)
    if found:
        people = tuple({one.patient for one in found})
        audit.add_note(conn, who, AuditNote("R", "", people), f"{len(found)} subject requests")
    return found


def acknowledge(
    conn: Connection,
    who: Principal,
    id: str,
    now: datetime,
    *,
    others: bool = False,
    own: Mapping[str, int] = MappingProxyType({}),
) -> bool:
    """The person is told that it is worked on; False when that was done, or it is closed.

    `others`: another party takes part, for which the law gives more days from the filing on.
    """
    asked = _open(conn, id)
    if asked is None:
        return False
    kind, filed, due = asked
    clock = _clock(kind, filed, own)
    more = timedelta(days=clock.others - clock.days) if others else timedelta(0)
    detail = "acknowledged, others take part" if others else "acknowledged"
    return _acted(conn, who, id, detail, "acknowledge_request", (now, others, due + more, shard_of(id), id))


def extend(conn: Connection, who: Principal, id: str, reason: str) -> bool:
    """More time; False when that was given once, or it is closed."""
    asked = _open(conn, id)
    if asked is None:
        return False
    kind, filed, due = asked
    until = due + timedelta(days=_clock(kind, filed, {}).more)
    return _acted(conn, who, id, "extended", "extend_request", (reason, until, shard_of(id), id))


def is_late(conn: Connection, id: str, now: datetime) -> bool:
    """Whether the end of an open request is over already."""
    asked = _open(conn, id)
    return asked is not None and asked[2] < now


def _open(conn: Connection, id: str) -> tuple[str, datetime, datetime] | None:
    """(kind, filed, due) of an open request, held until the transaction ends."""
    return conn.execute(SQL["hold_request"], (shard_of(id), id)).fetchone()


def _clock(kind: str, filed: datetime, own: Mapping[str, int]) -> Clock:
    return in_force(day_in_vietnam(filed), own)[kind]


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
    note_kept(conn, who, action, "request", id, detail, patient)
