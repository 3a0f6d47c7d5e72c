"""Rows of `store.opening`: records opened for a while, by a person's code for a visit or by breaking the glass.

Every act leaves its audit row in the same transaction. Who may do what is decided by the caller (`client.openings`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from yteso.access.mandate import Mandate
from yteso.access.principal import Principal
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.db import Connection, Queries
from yteso.search.keys import number, patient_key
from yteso.store.audit import add_note
from yteso.store.mandates import said
from yteso.store.protocol import AuditNote

SQL = Queries.beside(__file__, "openings.sql")

GLASS = timedelta(hours=4)
GLASS_PURPOSE = "BTG"
"""HL7 v3-ActReason: break the glass. `store.write_notes` gives it to every row of what is done under broken glass."""
VISIT = timedelta(hours=24)
CODE = timedelta(minutes=10)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is mistaken for each other: 32 letters, 5 bits each."""
_CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening; `kind` v (for a visit) or g (broken glass). `second`: who approved very restricted facts."""

    id: str
    kind: str
    patient: str
    facility: str
    account: str
    opened_by: str
    reason: str
    words: str
    since: datetime
    until: datetime
    wants_second: bool
    second: str | None
    reviewed: datetime | None
    reviewer: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Often:
    """An account that broke the glass often within a week."""

    account: str
    facility: str
    times: int


@dataclass(frozen=True, slots=True)
class VisitCode:
    """What a person shows: 16 letters, good until then, once."""

    text: str
    until: datetime


def break_glass(
    conn: Connection, who: Principal, patient: str, *, reason: str, words: str, wants_second: bool
) -> tuple[str, datetime]:
    """Open one patient's record to this account for `GLASS`; gives back the opening's id and its end."""
    about = AuditNote("E", f"glass:{reason}", (patient,))
    add_note(conn, replace(who, purpose=GLASS_PURPOSE), about, f"Patient/{patient}/$break-glass")
    opened = (who.facility, who.name, who.name, reason, words, GLASS)
    return _added(conn, "g", patient, *opened, wants_second=wants_second)


def approve(conn: Connection, who: Principal, id: str) -> bool:
    """Be the second person; False when there is nothing for this one to approve."""
    values = {"who": who.name, "id": id, "facility": who.facility}
    who = replace(who, purpose=GLASS_PURPOSE)
    return _acted(conn, who, "glass:second", conn.execute(SQL["approve_opening"], values).fetchone())


def end(conn: Connection, who: Principal, id: str) -> bool:
    """Close again before time what oneself opened."""
    row = conn.execute(SQL["end_opening"], (id, who.name)).fetchone()
    if row is None:
        return False
    is_glass = row[1] == "g"
    return _acted(conn, replace(who, purpose=GLASS_PURPOSE) if is_glass else who, f"glass:ended {row[2]}", row)


def review(conn: Connection, who: Principal, id: str, verdict: str) -> bool:
    """Note what was found; False when it was reviewed already, or is one's own."""
    row = conn.execute(SQL["review_opening"], (who.name, verdict, id, who.name)).fetchone()
    return _acted(conn, who, f"glass:{verdict}", row)


def openings(
    conn: Connection,
    *,
    patient: str = "",
    account: str | None = None,
    facility: str | None = None,
    now: bool = False,
    glass: bool = False,
    unreviewed: bool = False,
    second: bool = False,
    stretch: Stretch = FIRST,
) -> Part[Opening]:
    """Openings, newest first; the unreviewed ones oldest first. `second`: those that wait for a second person."""
    values: dict[str, Any] = {
        "pat": number(patient_key(patient)) if patient else None,
        "account": account,
        "facility": facility,
        "now": now,
        "glass": glass,
        "unreviewed": unreviewed,
        "second": second,
        **stretch.names,
    }
    return part_of(conn.execute(SQL["fetch_openings"], values).fetchall(), stretch, Opening)


def is_overdue(conn: Connection, account: str, within: timedelta) -> bool:
    """Whether this account broke a glass that nobody reviewed within so long."""
    return conn.execute(SQL["fetch_overdue"], (account, within)).fetchone() is not None


def often(conn: Connection, most: int) -> list[Often]:
    """Accounts that broke the glass more than `most` times within seven days."""
    return [Often(*row) for row in conn.execute(SQL["fetch_often"], (most,))]


def times_this_week(conn: Connection, who: Principal) -> int:
    """How often this account of this facility broke the glass within seven days."""
    row = conn.execute(SQL["fetch_times"], (who.name, who.facility)).fetchone()
    assert row is not None
    return int(row[0])


def draw_code(conn: Connection, who: Principal, patient: str, mandate: Mandate | None = None) -> VisitCode:
    """A new code for a person's record; only its hash is kept. `mandate`: by which somebody draws it for another."""
    text = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    about = AuditNote("C", said(_named(text), mandate), (patient,))
    add_note(conn, who, about, f"Patient/{patient}/$visit-code")
    conn.execute(SQL["drop_old_codes"])
    row = conn.execute(SQL["add_visit_code"], (_hash(text), patient, CODE)).fetchone()
    assert row is not None
    return VisitCode(text, row[0])


def use_code(conn: Connection, who: Principal, text: str) -> tuple[str, datetime] | None:
    """Open the record to the caller's facility for `VISIT`: the patient's id and the end; None: no such code (now)."""
    typed = "".join(letter for letter in text.upper() if letter in _LETTERS)
    row = conn.execute(SQL["use_visit_code"], (_hash(typed),)).fetchone()
    if row is None:
        return None
    patient: str = row[0]
    add_note(conn, who, AuditNote("E", _named(typed), (patient,)), f"Patient/{patient}/$open")
    return patient, _added(conn, "v", patient, who.facility, "", who.name, "PATRQT", "", VISIT)[1]


def _added(conn: Connection, kind: str, patient: str, *values: Any, wants_second: bool = False) -> tuple[str, datetime]:
    row = conn.execute(
        SQL["add_opening"], (kind, number(patient_key(patient)), patient, *values, wants_second)
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def _acted(conn: Connection, who: Principal, detail: str, row: tuple[Any, ...] | None) -> bool:
    if row is None:
        return False
    add_note(conn, who, AuditNote("E", detail, (row[0],)), f"Patient/{row[0]}/$break-glass")
    return True


def _named(text: str) -> str:
    """How the rows of its drawing and of its use name a code, so that one proves the other: by a digest of its hash."""
    return f"visit-code {sha256(_hash(text)).hexdigest()[:32]}"


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
