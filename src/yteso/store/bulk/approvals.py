"""The second person of an export: who decides on one that waits, and what a machine may export for a while.

An export that nobody else approved does not begin: `job.add_job` holds it, and the table refuses any other way to run
it (`bulk_job_approved`, migration 0073). Every decision is in the audit chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from yteso.access.principal import Principal, Role
from yteso.base.ids import shard_of
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.db import Connection, Queries
from yteso.store import audit
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "approvals.sql")
Decision = Literal["waiting", "refused"]
PLATFORM = "(the platform)"
"""Who approves what the platform does for itself."""


@dataclass(frozen=True, slots=True)
class AskedExport:
    """An export as the data officer sees it; `patients`: how many are named, None: everybody."""

    id: str
    who: str
    role: str
    facility: str
    purpose: str
    request: str
    level: str
    types: Sequence[str] | None
    patients: int | None
    asked: datetime
    state: str
    decided_by: str
    decided: datetime | None
    reason: str
    written: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a machine may export without asking each time."""

    id: str
    who: str
    reason: str
    given_by: str
    given: datetime
    until: datetime


def approver_of(conn: Connection, who: Principal) -> str | None:
    """Who approved beforehand what this account exports; None: a second person must look at it."""
    if who.role is Role.SYSTEM:
        return PLATFORM
    row = conn.execute(SQL["find_standing"], (who.name,)).fetchone()
    return row[0] if row else None


def find_exports(conn: Connection, stretch: Stretch = FIRST) -> Part[AskedExport]:
    """Those that wait for a decision, then the newest."""
    return part_of(conn.execute(SQL["find_exports"], stretch.names).fetchall(), stretch, AskedExport)


def decide(conn: Connection, who: Principal, id: str, decision: Decision, reason: str) -> bool:
    """Let it begin or refuse it; False when it does not wait, or is one's own."""
    names = {"state": decision, "who": who.name, "reason": reason, "shard": shard_of(id), "id": id}
    if conn.execute(SQL["decide_export"], names).fetchone() is None:
        return False
    detail = "approved" if decision == "waiting" else "refused"
    audit.add_note(conn, who, AuditNote("U", detail), f"bulk/{id}")
    return True


def add_standing(conn: Connection, who: Principal, account: str, until: datetime, reason: str) -> None:
    """A machine may export until then."""
    conn.execute(SQL["add_standing"], (account, reason, who.name, until))
    audit.add_note(conn, who, AuditNote("C", f"standing approval until {until.isoformat()}"), f"export/{account}")


def find_standing(conn: Connection) -> list[Standing]:
    """Standing approvals that hold now."""
    return [Standing(*row) for row in conn.execute(SQL["fetch_standing"])]


def end_standing(conn: Connection, who: Principal, id: str) -> list[str] | None:
    """Take it back; None when there is none. The ids of exports that it let begin and that still go on."""
    row: tuple[Any, ...] | None = conn.execute(SQL["end_standing"], (id,)).fetchone()
    if row is None:
        return None
    audit.add_note(conn, who, AuditNote("D", f"standing approval {row[1]} ended"), f"export/{row[0]}")
    return [job for (job,) in conn.execute(SQL["fetch_begun_by_standing"], (row[0],))]
