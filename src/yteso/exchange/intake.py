"""The intake desk: what pages and doors ask about received files. Reads only (and asks for a replay); never the raw's
content. Rights are part of each query: a facility's people and accounts see their own facility's files.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.ids import shard_of
from yteso.base.issue import Rule
from yteso.db import Connection, Queries
from yteso.exchange import raw, rules
from yteso.jobs import enqueue
from yteso.store.audit import add_note
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "intake.sql")
STATES = ("received", "walking", "done", "done_with_issues", "quarantined", "failed")
WITH_ERRORS = ("done_with_issues", "quarantined", "failed")
SILENT = timedelta(hours=24)
MANY = 500
COUNTED = 1000
"""Files counted for a list; beyond that it says "more than"."""

_ALL = frozenset([Role.OPERATOR, Role.ADMINISTRATOR, Role.SYSTEM, Role.INTEGRATOR])
_OWN = frozenset([Role.STAFF, Role.FACILITY])
_RAW = frozenset([Role.INTEGRATOR, Role.SYSTEM, Role.STAFF, Role.FACILITY])


@dataclass(frozen=True, slots=True)
class File:
    """One received file. `size` in bytes; counts are of visits and of issues; times carry a zone."""

    id: str
    facility: str
    sender: str
    seq: int
    name: str
    door: str
    adapter: str
    state: str
    received: datetime
    done: datetime | None
    sha256: str
    size: int
    signature: str
    progress: int
    visits: int
    accepted: int
    unchanged: int
    outdated: int
    quarantined: int
    failed: int
    errors: int
    warnings: int
    notes: int


@dataclass(frozen=True, slots=True)
class VisitResult:
    """What became of one visit of a file."""

    position: int
    ma_lk: str
    facility: str
    state: str
    t: int
    patient: str
    resources: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One issue of a file, with its texts in both languages. `n` orders the findings of one file."""

    n: int
    position: int
    ma_lk: str
    code: str
    severity: str
    table: str
    row: int
    field: str
    text: str
    text_en: str
    fix: str
    fix_en: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One file with its results; `complete` is False when there are more visits or findings than were asked for."""

    file: File
    receipt: dict[str, Any]
    visits: tuple[VisitResult, ...]
    findings: tuple[Finding, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Which files. All parts hold together; empty parts ask nothing. `severity`: at least one issue of it."""

    facility: str = ""
    states: tuple[str, ...] = ()
    severity: str = ""
    code: str = ""
    since: datetime | None = None
    until: datetime | None = None
    sender: str = ""


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of files, newest first; `next` is an opaque cursor, empty on the last page."""

    files: tuple[File, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class FacilityCount:
    """How a facility sends. `last` is the moment of its newest file; None when it never sent."""

    facility: str
    files: int
    good: int
    with_errors: int
    waiting: int
    last: datetime | None = field(default=None)


def list_files(
    conn: Connection, who: Principal, wanted: Filter = Filter(), *, cursor: str = "", limit: int = 50
) -> FilePage:
    """Files newest first. Raises Refused (403) for roles without intake."""
    values = _asked(who, wanted, _cursor(cursor), limit + 1)
    files = [File(*row) for row in conn.execute(SQL["list_files"], values).fetchall()]
    return FilePage(tuple(files[:limit]), _cursor_of(files[limit - 1]) if len(files) > limit else "")


def count_files(conn: Connection, who: Principal, wanted: Filter = Filter(), *, most: int = COUNTED) -> int:
    """How many there are in all; `most` + 1 when there are more than `most`. Raises Refused as `list_files`."""
    query = f"SELECT count(*) FROM ({SQL['list_files']}) found"  # noqa: S608 - our own text
    row = conn.execute(query, _asked(who, wanted, None, most + 1)).fetchone()
    assert row is not None, "a count has a row"
    return int(row[0])


def _asked(who: Principal, wanted: Filter, before: tuple[datetime, str] | None, limit: int) -> dict[str, Any]:
    return {
        "facility": _scope(who) or wanted.facility,
        "other": wanted.facility if _scope(who) else "",
        "states": list(wanted.states),
        "severity": wanted.severity,
        "code": wanted.code,
        "since": wanted.since,
        "until": wanted.until,
        "sender": wanted.sender,
        "before": before[0] if before else None,
        "before_id": before[1] if before else None,
        "limit": limit,
    }


def fetch_detail(conn: Connection, who: Principal, id: str, *, limit: int = MANY) -> Detail:
    """One file with its receipt, first visits and findings. Raises Refused (404) when absent or not visible."""
    file, receipt = _fetch(conn, who, id)
    visits = fetch_visits(conn, who, id, limit=limit)
    findings = fetch_findings(conn, who, id, limit=limit)
    return Detail(file, receipt, visits, findings, len(visits) < limit and len(findings) < limit)


def fetch_visits(
    conn: Connection, who: Principal, id: str, *, after: int = -1, limit: int = MANY
) -> tuple[VisitResult, ...]:
    """Visits of a file whose position is greater than `after`."""
    _fetch(conn, who, id)
    rows = conn.execute(SQL["fetch_visits"], [shard_of(id), id, after, limit]).fetchall()
    return tuple(VisitResult(*row) for row in rows)


def fetch_findings(
    conn: Connection, who: Principal, id: str, *, after: int = -1, severity: str = "", limit: int = MANY
) -> tuple[Finding, ...]:
    """Findings of a file whose `n` is greater than `after`, perhaps of one severity."""
    _fetch(conn, who, id)
    rows = conn.execute(SQL["fetch_findings"], [shard_of(id), id, after, severity, severity, limit]).fetchall()
    return tuple(Finding(*row[:8], *_texts(row[3], row[8])) for row in rows)


def fetch_raw(conn: Connection, who: Principal, id: str) -> tuple[File, Iterator[bytes]]:
    """The file and its bytes as they came, in pieces, while `conn` is open; noted in the audit of each of its patients.

    Operators and administrators see no patient's data: Refused (403).
    """
    if who.role not in _RAW:
        raise Refused(rules.ROLE.at(), status=403)
    file, _ = _fetch(conn, who, id)
    add_note(conn, who, AuditNote("R", "raw file", _patients(conn, id)), f"intake/{id}")
    return file, raw.chunks(conn, id, file.size)


def count_by_facility(conn: Connection, who: Principal, since: datetime | None = None) -> list[FacilityCount]:
    """Files per facility since a moment (None: ever) and the newest file ever, also of those that never sent."""
    rows = conn.execute(SQL["count_by_facility"], {"facility": _scope(who), "since": since}).fetchall()
    return [FacilityCount(*row) for row in rows]


def silent_facilities(
    conn: Connection, who: Principal, now: datetime, after: timedelta = SILENT
) -> list[FacilityCount]:
    """Facilities whose newest file is older than that, or that never sent."""
    return [one for one in count_by_facility(conn, who) if one.last is None or now - one.last > after]


def count_by_code(conn: Connection, who: Principal, since: datetime) -> list[tuple[str, str, int]]:
    """(code, severity, how often) of the findings in files received since then, most frequent first."""
    return conn.execute(SQL["count_by_code"], {"facility": _scope(who), "since": since}).fetchall()


def replay(conn: Connection, who: Principal, id: str) -> bool:
    """Walk a finished file again from its raw; False while it waits or is being walked. Administrators only: 403.

    Noted in the audit of each person the file told of.
    """
    if who.role not in (Role.ADMINISTRATOR, Role.SYSTEM):
        raise Refused(rules.ROLE.at(), status=403)
    _fetch(conn, who, id)
    patients = _patients(conn, id)
    again = conn.execute(raw.SQL["forget_results"], {"shard": shard_of(id), "id": id}).fetchone() is not None
    if again:
        add_note(conn, who, AuditNote("E", "replay", patients), f"intake/{id}")
        enqueue(conn, raw.DRAIN, queueing_lock=raw.DRAIN)
    return again


def _patients(conn: Connection, id: str) -> tuple[str, ...]:
    return tuple(row[0] for row in conn.execute(SQL["fetch_patients"], [shard_of(id), id]).fetchall())


def _fetch(conn: Connection, who: Principal, id: str) -> tuple[File, dict[str, Any]]:
    scope = _scope(who)
    row = conn.execute(SQL["fetch_file"], [shard_of(id), id, scope, scope]).fetchone() if _looks_like_id(id) else None
    if row is None:
        raise Refused(rules.NO_SUCH_INTAKE.at(), status=404)
    return File(*row[:-1]), orjson.loads(row[-1])


def _scope(who: Principal) -> str:
    """The facility whose files this principal sees; empty: all."""
    if who.role in _ALL:
        return ""
    if who.role in _OWN and who.facility:
        return who.facility
    raise Refused(rules.ROLE.at(), status=403)


def _looks_like_id(text: str) -> bool:
    return len(text) == 36 and not set(text.lower()) - set("0123456789abcdef-")


def _texts(code: str, texts: Sequence[str] | None) -> Sequence[str]:
    if texts:
        return texts
    rule = Rule.registry.get(code)
    return (rule.text, rule.text_en, rule.fix, rule.fix_en) if rule else ("", "", "", "")


def _cursor_of(file: File) -> str:
    return base64.urlsafe_b64encode(f"{file.received.isoformat()}|{file.id}".encode()).decode()


def _cursor(text: str) -> tuple[datetime, str] | None:
    """A cursor we gave; anything else starts at the newest file."""
    try:
        moment, _, id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")  # noqa: A001
        return (datetime.fromisoformat(moment), id) if _looks_like_id(id) else None
    except ValueError:
        return None
