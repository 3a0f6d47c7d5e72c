"""What comes in: one changed resource, one changed intake row. Plain values, so that no room above is imported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RecordChange:
    """The state of a resource after transaction `t`; `body` is its JSON, empty when deleted."""

    t: int
    type: str
    id: str
    version: int
    deleted: bool
    updated: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class IntakeChange:
    """The state of one received file after change number `t` (it never shrinks and need not be dense)."""

    t: int
    id: str
    facility: str
    sender: str
    door: str
    state: str
    received: datetime
    done: datetime | None
    size: int
    visits: int
    accepted: int
    unchanged: int
    quarantined: int
    failed: int
    errors: int
    warnings: int
