"""One bulk job as a value, and its rows: asked for, found, held, ended, forgotten. Every call is one or two statements.

A job belongs to who asked for it: for every other account, and for an app with fewer scopes than it was asked with,
it is not there. It is done within the scopes it was asked with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from yteso.access.principal import Principal, Role
from yteso.access.scopes import is_within
from yteso.base.errors import Refused, YtesoError
from yteso.base.ids import random_id, shard_of
from yteso.db import Connection, Queries
from yteso.store import audit
from yteso.store.bulk import approvals, rules

SQL = Queries.beside(__file__)
MOST_OPEN = 3
"""Jobs in progress of one account."""
KEEP = timedelta(hours=24)
"""How long a finished job and its files stay."""
_APP = "app"
"""Where, beside what was asked for, stands which app asked."""

Kind = Literal["export", "import"]
State = Literal["held", "waiting", "done", "failed", "cancelled", "refused"]
"""`held`: an export that waits for a second person; `refused`: that person said no."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `wish` is what was asked for; `t` and `as_of` are None until an export began."""

    id: str
    kind: Kind
    who: Principal
    request: str
    wish: Mapping[str, Any]
    state: State
    asked: datetime
    ended: datetime | None
    expires: datetime | None
    t: int | None
    as_of: datetime | None
    place: Mapping[str, Any]
    written: int

    @property
    def key(self) -> tuple[int, str]:
        """The primary key."""
        return shard_of(self.id), self.id


@dataclass(frozen=True, slots=True)
class File:
    """One file of a job: what of it is certain. `kind` is output, deleted or error."""

    name: str
    kind: str
    type: str
    size: int
    written: int


IsOver = Callable[[Job], bool]
"""Whether the account, app or grant that a job was asked with has ended since: then it goes no further."""


def holds(_: Job) -> bool:
    """Nothing ends: where accounts are unknown."""
    return False


class TakenBack(YtesoError):
    """The job was cancelled, or who asked for it lost the right, while it was worked on."""


def add_job(conn: Connection, kind: Kind, who: Principal, request: str, wish: Mapping[str, Any], id: str = "") -> str:
    """Note what was asked for; an export is held until a second person approves it (ADR 38), or did beforehand.

    Refused (429, BULK-0007) when the account has too many in progress.
    """
    conn.execute(SQL["hold_caller"], (who.name,))
    row = conn.execute(SQL["count_open"], (who.name,)).fetchone()
    if row and row[0] >= MOST_OPEN:
        raise Refused(rules.TOO_MANY_JOBS.at(limit=MOST_OPEN), status=429)
    id = id or random_id()
    approver = approvals.approver_of(conn, who) if kind == "export" else None
    state: State = "held" if kind == "export" and approver is None else "waiting"
    asked = json.dumps({**wish, _APP: _app(who)})
    values = (kind, who.name, str(who.role), who.facility, who.purpose, request, asked, state, approver)
    conn.execute(SQL["add_job"], (shard_of(id), id, *values))
    return id


def find_job(conn: Connection, who: Principal, id: str) -> Job | None:
    """The job, for who asked for it, by an app with at least the scopes it was asked with."""
    job = fetch_job(conn, id)
    if job is None or job.who.name != who.name or not _reaches(who, job.who):
        return None
    return job


def fetch_job(conn: Connection, id: str) -> Job | None:
    """The job, for the platform's own work."""
    row = conn.execute(SQL["fetch_job"], (shard_of(id), id)).fetchone()
    return _job(row) if row else None


def hold_job(conn: Connection, id: str) -> Job | None:
    """The job while it is in progress, ours until the transaction ends; None when it is over or another's just now."""
    row = conn.execute(SQL["hold_job"], {"shard": shard_of(id), "id": id}).fetchone()
    return _job(row) if row else None


def end_job(conn: Connection, job: Job, state: State) -> None:
    """It is over; its files have their time from now."""
    conn.execute(SQL["end_job"], (state, KEEP, *job.key))


def files_of(conn: Connection, job: Job) -> tuple[File, ...]:
    """Its files, outputs first."""
    return tuple(File(*row) for row in conn.execute(SQL["fetch_files"], job.key))


def save_file(conn: Connection, job: Job, file: File) -> None:
    """So much of the file is certain."""
    conn.execute(SQL["save_file"], (*job.key, file.name, file.kind, file.type, file.size, file.written))


def drop_job(conn: Connection, job: Job) -> None:
    """Who asked for it may no longer: nothing of it stays but what an import wrote. Its folder is the caller's."""
    audit.note(conn, job.who, "D", f"bulk/{job.id}", f"{job.kind}: the right is over", [])
    forget_job(conn, job.id)


def forget_job(conn: Connection, id: str) -> None:
    """Every row of it."""
    conn.execute(SQL["forget_job"], {"shard": shard_of(id), "id": id})


def _app(who: Principal) -> dict[str, str | None]:
    """What narrows the rights of who asks: they are no wider when the job is done, hours later, and end with them."""
    return {"client": who.client, "scope": who.scope, "patient": who.patient, "grant": who.grant}


def _reaches(who: Principal, asked: Principal) -> bool:
    """No app gets what another app of the same account was let have."""
    if who.scope is None:
        return True
    return (
        asked.scope is not None and who.patient == asked.patient and is_within(asked.scope.split(), who.scope.split())
    )


def _job(row: tuple[Any, ...]) -> Job:
    id, kind, name, role, facility, purpose, request, wish, state, asked, ended, expires, t, as_of, place, done = row
    who = Principal(name, Role(role), facility, purpose, **wish.pop(_APP, {}))
    return Job(id, kind, who, request, wish, state, asked, ended, expires, t, as_of, place or {}, done)
