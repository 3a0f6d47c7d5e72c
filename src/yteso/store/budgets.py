"""Rows of egress budgets: set at start, spent by `audit.write_notes`, looked at and widened by the data officer.

The stop itself is in the database (`store.spend`, migration 0191): every process shares one count, taken in the
transaction of the access.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from yteso.access.budget import EXCEEDED
from yteso.access.principal import Principal, Role
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.db import Connection, Queries
from yteso.store import audit, trail
from yteso.store.held import COMMAND, Right
from yteso.store.protocol import AuditNote
from yteso.store.trail import Act, Did

SQL = Queries.beside(__file__, "budgets.sql")
KEPT = timedelta(days=30)
"""How long an hour's count stays to be looked at. Whom an account saw is forgotten after its hour; the chain knows."""


@dataclass(frozen=True, slots=True)
class Spent:
    """One account in one hour; `stops`: how often it was refused for it; `granted`: until when it has more."""

    who: str
    role: str
    facility: str
    hour: datetime
    people: int
    most: int
    warned: datetime | None
    stops: int
    granted: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """More for one account, for a while."""

    id: str
    who: str
    most: int
    reason: str
    given_by: str
    given: datetime
    until: datetime


def configure(conn: Connection, budgets: Mapping[Role, tuple[int, int]]) -> None:
    """These are the budgets from now on, and no others; in the audit chain when they were others."""
    rows = sorted((str(role), most, warn) for role, (most, warn) in budgets.items())
    if conn.execute(SQL["fetch_budgets"]).fetchall() == [(*row, True) for row in rows]:
        return
    conn.execute(SQL["set_budgets"], (orjson.dumps(rows).decode(),))
    trail.add_act(conn, COMMAND, Did(Act.BUDGET, "settings", f"{len(rows)} roles", rights=[held_right(conn)]))


def held_right(conn: Connection) -> Right:
    """All of them as the chain holds them: who raises one, or takes one away, lets an account see more."""
    rows = conn.execute(SQL["fetch_budgets"]).fetchall()
    return Right("store.budget", "settings", tuple(value for row in rows for value in row[:3]))


def find_spent(conn: Connection, since: datetime, stretch: Stretch = FIRST) -> Part[Spent]:
    """Accounts that came near their budget or were stopped since then, the newest first."""
    names = {"since": since, "code": f"%{EXCEEDED.code}%", **stretch.names}
    return part_of(conn.execute(SQL["find_spent"], names).fetchall(), stretch, Spent)


def grant(conn: Connection, who: Principal, account: str, most: int, until: datetime, reason: str) -> None:
    """More for an account until then; in the audit chain."""
    conn.execute(SQL["add_grant"], (account, most, reason, who.name, until))
    audit.add_note(conn, who, AuditNote("C", f"{most} people an hour until {until.isoformat()}"), f"budget/{account}")


def find_grants(conn: Connection, now: datetime) -> list[Grant]:
    """What is granted now, the newest first."""
    return [Grant(*row) for row in conn.execute(SQL["find_grants"], (now,))]


def end_grant(conn: Connection, who: Principal, id: str) -> bool:
    """Take it back; False when there is none (any more)."""
    row = conn.execute(SQL["end_grant"], (id,)).fetchone()
    if row is not None:
        audit.add_note(conn, who, AuditNote("D", f"grant {row[1]} ended"), f"budget/{row[0]}")
    return row is not None


def forget(conn: Connection, now: datetime) -> None:
    """Remove whom accounts saw in past hours, and counts that had their time."""
    conn.execute(SQL["forget_seen"], (now - timedelta(hours=1),))
    conn.execute(SQL["forget_spent"], (now - KEPT,))


def alarms(conn: Connection, now: datetime) -> tuple[int, int]:
    """For metrics: accounts beyond the alarm in the last hour, and refusals for it."""
    near, stops = conn.execute(SQL["count_alarms"], (now, f"%{EXCEEDED.code}%", now)).fetchone() or (0, 0)
    return near, stops
