"""Doubts about who is who, for a person to settle. Lists them and keeps decisions; undoing is the next floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.issue import Rule, Severity
from yteso.db import Connection, Queries

SQL = Queries.beside(__file__)
Choice = Literal["same", "other"]
"""It is the same person after all, or another one."""

_ALL = frozenset([Role.SYSTEM, Role.INTEGRATOR])
_OWN = frozenset([Role.STAFF, Role.DOCTOR])
_SETTLE = _ALL | {Role.STAFF}

DENIED = Rule(
    "AUTH-0201",
    Severity.ERROR,
    "Vai trò của tài khoản không được xem danh sách nghi vấn nhân thân.",
    "The account's role may not see the doubts about persons.",
    "Dùng tài khoản nhân viên của cơ sở.",
    "Use an account of the facility's staff.",
)


@dataclass(frozen=True, slots=True)
class Review:
    """One open doubt. `source` is the visit (facility/MA_LK) that raised it, `other` the person it may be instead."""

    id: str
    patient: str
    other: str
    doubt: str
    facility: str
    source: str
    opened: datetime


def open_reviews(conn: Connection, who: Principal, limit: int = 100) -> list[Review]:
    """Open doubts, oldest first; a facility's people see those their own visits raised. Raises Refused (403)."""
    rows = conn.execute(SQL["fetch_reviews"], {"facility": _scope(who), "limit": limit}).fetchall()
    return [Review(*row) for row in rows]


def may_settle(who: Principal) -> bool:
    """Whether this principal decides; others only look."""
    return who.role in _SETTLE


def settle(conn: Connection, who: Principal, id: str, choice: Choice) -> tuple[str, ...]:
    """Keep a decision and close the doubt. The persons it was about; none when it is not open.

    Only the staff of the facility whose visit raised it: raises Refused (403). The record changes nothing by it.
    """
    if not may_settle(who):
        raise Refused(DENIED.at(), status=403)
    scope = _scope(who)
    row = conn.execute(SQL["settle_review"], [who.name, choice, id, scope, scope]).fetchone()
    return tuple(dict.fromkeys(filter(None, row))) if row else ()


def _scope(who: Principal) -> str:
    if who.role in _ALL:
        return ""
    if who.role in _OWN and who.facility:
        return who.facility
    raise Refused(DENIED.at(), status=403)
