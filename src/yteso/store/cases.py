"""Questioned accesses: a person asks about one audit row, the data officer answers within two working days.

In the audit chain like every act. What is asked and answered stays in its table and is told to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yteso.access.principal import Principal
from yteso.base.ids import random_id, shard_of, shard_of_key
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.base.working_days import end_after
from yteso.db import Connection, Queries
from yteso.store import audit
from yteso.store.kept import note_kept
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__)
WORKING_DAYS = 2
"""Until when a subject's request is to be answered (NĐ 356/2025)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question. Open until `answered`; `due` is the legal clock."""

    id: str
    patient: str
    lane: int
    n: int
    asked_by: str
    question: str
    opened: datetime
    due: datetime
    answer: str | None = None
    answered_by: str | None = None
    answered: datetime | None = None

    @property
    def access(self) -> str:
        """The id of the AuditEvent in question."""
        return f"{self.lane}-{self.n}"


def open_case(
    conn: Connection, who: Principal, patient: str, place: tuple[int, int], text: str, now: datetime, *, detail: str
) -> str | None:
    """The new case's id; None when this access was questioned before. `detail`: of its row in the chain."""
    shard = shard_of_key(patient)
    id = random_id(shard)
    values = (shard, id, patient, *place, who.name, text, now, due_from(now))
    if conn.execute(SQL["add_case"], values).fetchone() is None:
        return None
    note_kept(conn, who, "C", "case", id, detail, patient)
    return id


def find_cases(
    conn: Connection,
    who: Principal,
    patient: str | None = None,
    *,
    id: str | None = None,
    open: bool | None = None,
    stretch: Stretch = FIRST,
) -> Part[Case]:
    """Open cases, the oldest first, then what was answered last; `open` None: both."""
    shard = shard_of(id) if id is not None else shard_of_key(patient) if patient is not None else None
    names = {"patient": patient, "shard": shard, "id": id, "open": open, **stretch.names}
    found = part_of(conn.execute(SQL["find_cases"], names).fetchall(), stretch, Case)
    if found:
        audit.add_note(conn, who, AuditNote("R", "", tuple(case.patient for case in found)), f"{len(found)} cases")
    return found


def answer_case(conn: Connection, who: Principal, id: str, text: str, now: datetime) -> bool:
    """Keep the answer; False when there is no such open case."""
    row = conn.execute(SQL["answer_case"], (text, who.name, now, shard_of(id), id)).fetchone()
    if row is None:
        return False
    note_kept(conn, who, "U", "case", id, "answered", row[0])
    return True


def due_from(opened: datetime) -> datetime:
    """The end of the second working day after."""
    return end_after(opened, WORKING_DAYS)
