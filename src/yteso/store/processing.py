"""The register of processing activities as versions that are never changed; each new one in the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from yteso.access.principal import Principal
from yteso.db import Connection, Queries
from yteso.store import audit
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "processing.sql")


@dataclass(frozen=True, slots=True)
class Activity:
    """One version of one activity. Version 0 is what the platform says of itself; nobody wrote it yet."""

    activity: str
    version: int
    content: Mapping[str, str]
    ended: bool = False
    written_by: str = ""
    written: datetime | None = None


def find(conn: Connection) -> list[Activity]:
    """The newest version of each activity somebody wrote."""
    return [Activity(*row) for row in conn.execute(SQL["find_processing"])]


def versions(conn: Connection, activity: str) -> list[Activity]:
    """All versions of one, the newest first."""
    return [Activity(*row) for row in conn.execute(SQL["find_versions"], (activity,))]


def write(conn: Connection, who: Principal, new: Activity) -> bool:
    """A version after `new.version`, the one its writer saw; False when somebody else wrote meanwhile."""
    names = {
        "activity": new.activity,
        "seen": new.version,
        "content": orjson.dumps(dict(new.content)).decode(),
        "ended": new.ended,
        "who": who.name,
    }
    row = conn.execute(SQL["add_version"], names).fetchone()
    if row is not None:
        audit.add_note(conn, who, AuditNote("U", f"version {row[0]}"), f"processing/{new.activity}")
    return row is not None
