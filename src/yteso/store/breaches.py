"""Breach cases: rows of `store.breach`, each act in the chain; whom a breach is about is computed from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yteso.access.principal import Principal
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.db import Connection, Queries
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import audit
from yteso.store.audit import Note
from yteso.store.kept import note_kept

SQL = Queries.beside(__file__, "breaches.sql")
NOTICE = timedelta(hours=72)
"""Within which the authority is told (Luật 91/2025/QH15)."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Which rows of the chain are suspected; an empty account or facility limits nothing, one of both is given."""

    account: str
    facility: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Breach:
    """One case; open until `closed`. `kinds`, `consequences` and `measures` are what the notice to the authority says
    beside `what`; `notice` is the text for the people, once the officer had it sent."""

    id: str
    what: str
    noticed: datetime
    suspicion: Suspicion
    opened_by: str
    opened: datetime
    kinds: str
    consequences: str
    measures: str
    authority_told: datetime | None
    people_told: datetime | None
    closed: datetime | None
    closed_by: str | None
    conclusion: str
    notice: str
    notice_by: str
    notice_at: datetime | None

    @property
    def due(self) -> datetime:
        """Until when the authority is told."""
        return self.noticed + NOTICE


@dataclass(frozen=True, slots=True)
class Affected:
    """One person: the number of the key, and the id of the Patient where there still is one.

    `by`: the accounts; `through`: ids of apps, `$export`, or nothing for the platform's own doors.
    """

    key: int
    patient: str
    times: int
    first: datetime
    last: datetime
    accounts: int
    by: Sequence[str] = ()
    through: Sequence[str] = ()


def open_breach(
    conn: Connection, who: Principal, what: str, noticed: datetime, suspicion: Suspicion, now: datetime
) -> str:
    """The new case's id."""
    asked = (suspicion.account, suspicion.facility, suspicion.since, suspicion.until)
    row = conn.execute(SQL["add_breach"], (what, noticed, *asked, who.name, now)).fetchone()
    assert row is not None
    _note(conn, who, "C", row[0], "opened")
    return str(row[0])


def find_breaches(conn: Connection, id: str | None = None, stretch: Stretch = FIRST) -> Part[Breach]:
    """Cases, the open ones first."""
    rows = conn.execute(SQL["find_breaches"], {"id": id, **stretch.names}).fetchall()
    return part_of(rows, stretch, lambda *row: Breach(row[0], row[1], row[2], Suspicion(*row[3:7]), *row[7:]))


def describe(conn: Connection, who: Principal, id: str, *texts: str) -> bool:
    """What, kinds, consequences, measures; False when there is no such open case."""
    return _acted(conn, who, id, "described", "describe_breach", (*texts, id))


def tell_authority(conn: Connection, who: Principal, id: str, when: datetime) -> bool:
    """The authority was told then; False when that was said before."""
    return _acted(conn, who, id, f"authority told {when.isoformat()}", "tell_authority", (when, id))


def tell_people(conn: Connection, who: Principal, id: str, when: datetime) -> bool:
    """The people were told then; False when that was said before."""
    return _acted(conn, who, id, f"people told {when.isoformat()}", "tell_people", (when, id))


def close(conn: Connection, who: Principal, id: str, conclusion: str, now: datetime) -> bool:
    """It is over; False while the authority was not told."""
    return _acted(conn, who, id, "closed", "close_breach", (now, who.name, conclusion, id))


def affected(conn: Connection, suspicion: Suspicion) -> list[Affected]:
    """Everybody the suspects saw, by when they saw them first: with a citizen's stolen account that person too."""
    names = {name: getattr(suspicion, name) for name in ("account", "facility", "since", "until")}
    rows = conn.execute(SQL["find_affected"], names).fetchall()
    patients = dict(_patients(conn, [row[0] for row in rows]))
    return [Affected(row[0], patients.get(row[0], ""), *row[1:]) for row in rows]


def acted(conn: Connection, suspicion: Suspicion) -> bool:
    """Whether the suspected account did anything in that time."""
    asked = (suspicion.since, suspicion.until, suspicion.account)
    return conn.execute(SQL["fetch_acted"], asked).fetchone() is not None


def note_list(conn: Connection, who: Principal, id: str, people: list[Affected]) -> None:
    """The list leaves the platform: everybody on it can read that."""
    detail = f"{len(people)} people"
    audit.write_notes(conn, [Note(who, "E", f"breach/{id}/people", detail, [one.key for one in people])])


def _patients(conn: Connection, keys: list[int]) -> Iterator[tuple[int, str]]:
    yield from conn.execute(SQL["fetch_patients"], (keys, TYPE_NUMBER["Patient"]))


def _acted(conn: Connection, who: Principal, id: str, detail: str, query: str, values: tuple[Any, ...]) -> bool:
    if conn.execute(SQL[query], values).fetchone() is None:
        return False
    _note(conn, who, "U", id, detail)
    return True


def _note(conn: Connection, who: Principal, action: Any, id: str, detail: str) -> None:
    note_kept(conn, who, action, "breach", id, detail)
