"""Audit rows: one per access, in the accessing transaction, each call's hashed over those before it (ADR 49).

Lanes exist so that writers do not wait for each other; a lane is a chain of its own, and `store.lane` holds its end.
Whoever changes, removes or inserts a row breaks the chain from there on (`verify.py` names the place). The row of a
write holds a leaf of every version it wrote, so that the record itself hangs on the chain.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from yteso.access import budget
from yteso.access.principal import Principal
from yteso.base.value import value
from yteso.db import Connection, Database, Keeping, Queries, Rows, Statement, run_together, said_by
from yteso.search.keys import number, patient_key
from yteso.search.query import Across, Query
from yteso.search.written import cut, written, written_across
from yteso.store.protocol import AuditNote, Stored
from yteso.store.untold import NOTHING, Untold

SQL = Queries.beside(__file__)


REFUSED = "4"
"""The outcome of an act that was refused (FHIR AuditEvent.outcome); without an outcome it was done."""
_Spent = tuple[str, str, str, list[int]]
"""Account, role, facility, numbers of patients' keys."""
_Counted = tuple[int, set[tuple[str, int]]]
"""An hour, and (account, person) who are counted in it."""
_COUNTED: WeakKeyDictionary[Database | Connection, _Counted] = WeakKeyDictionary()
"""Saves asking again for people who are counted already; whom this process does not know, it asks for (ADR 38)."""
_EXCEEDED = "YT429"
"""The state by which `store.note_spending` says that a budget would be exceeded; its detail is the budget."""
LEAF = 16
"""Bytes of a version's leaf."""


@dataclass(frozen=True, slots=True)
class Access:
    """One row: an access, done or refused. `lane` and `n` are its place; `behalf`: whose account a citizen's is.

    `given`: the digest of what was handed out, where several resources could be.
    """

    lane: int
    n: int
    when: datetime
    who: str
    role: str
    facility: str
    purpose: str
    action: str
    what: str
    detail: str
    outcome: str | None = None
    client: str = ""
    behalf: str = ""
    given: bytes = b""

    @property
    def id(self) -> str:
        """Its id as an AuditEvent."""
        return f"{self.lane}-{self.n}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are wanted; what is None or empty limits nothing. `before` is the place of the last row shown.

    `others`: without what the patient did themselves. `entity`: `Type/id`, with its versions. `action`, `outcome`,
    `role` and `subtype` (a FHIR interaction, or the word of an act) may be several, parted by commas.
    `untold`: what a representative is not told (`store.untold`)."""

    patient: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    facility: str = ""
    action: str = ""
    outcome: str = ""
    count: int = 100
    before: tuple[datetime, int, int] | None = None
    others: bool = False
    entity: str = ""
    behalf: str = ""
    role: str = ""
    subtype: str = ""
    untold: Untold = NOTHING


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody without an account, by the name the chain gives them."""

    name: str
    role: str = ""
    facility: str = ""
    purpose: str = ""
    client: str = ""
    person: str = ""


@value(frozen=True, slots=True)
class Note:
    """One row to be written: who did what (`C R U D E`) to what; `patients` are the numbers of patients' keys.

    `content`: the leaves of what a write left (`C U D`), a digest of what was handed out (`R E`, see `given`), or what
    an act about accounts and apps left (`held`).
    """

    who: Principal | Stranger
    action: str
    what: str
    detail: str
    patients: Iterable[int]
    content: bytes = b""
    outcome: str = ""


def note(
    conn: Connection,
    who: Principal,
    action: str,
    what: str,
    detail: str,
    patients: Iterable[int],
    content: bytes = b"",
) -> tuple[int, datetime]:
    """Write one row; gives back the transaction's number and the present moment of the server.

    `content`: what `given` makes of the resources that were handed out.
    """
    return write_notes(conn, [Note(who, action, what, detail, patients, content)])


def write_notes(conn: Connection, notes: Iterable[Note], *, ends: bool = False) -> tuple[int, datetime]:
    """Write rows one after the other in one lane; gives back the transaction's number and the moment they share.

    Whom a row says was seen is counted first. Refused (429, EGR-0001) when an account has seen too many within the
    hour; then the transaction must end. With `ends` it is committed in the same trip.
    """
    return _write(conn, (), notes, ends=ends)[1]


def write_notes_after(
    conn: Connection, first: Sequence[Statement], notes: Iterable[Note], *, ends: bool = False
) -> list[Rows]:
    """The same in one trip with statements that go before; gives back their rows."""
    return _write(conn, first, notes, ends=ends)[0]


def as_json(notes: Iterable[Note]) -> str:
    """Rows as `store.write_notes` and what calls it take them."""
    rows = [(*_who(one.who), one.action, one.what, one.detail, sorted(set(one.patients)), *_more(one)) for one in notes]
    return orjson.dumps(rows).decode()


def _write(
    conn: Connection, first: Sequence[Statement], notes: Iterable[Note], *, ends: bool
) -> tuple[list[Rows], tuple[int, datetime]]:
    notes = list(notes)
    text = as_json(notes)
    counted = _counted(conn)
    spending = _spending(notes, counted[1])
    if spending:
        return _note_and_spend(conn, first, text, spending, counted, ends=ends)
    *rows, ((t, moment),) = run_together(conn, [*first, Statement(SQL["note"], [text])], ends=ends)
    return rows, (t, moment)


def _note_and_spend(
    conn: Connection,
    first: Sequence[Statement],
    notes: str,
    spending: list[_Spent],
    counted: _Counted,
    *,
    ends: bool,
) -> tuple[list[Rows], tuple[int, datetime]]:
    """Whom committed transactions counted is remembered, in the hour in which the server did."""
    now = datetime.now(UTC)
    asked = Statement(SQL["note_and_spend"], [notes, orjson.dumps(spending).decode()])
    try:
        *rows, ((t, moment, known),) = run_together(conn, [*first, asked], ends=ends)
    except Exception as error:
        if (most := said_by(error, _EXCEEDED)) is None:
            raise
        raise budget.exceeded(int(most), now) from None
    if (known or ends) and moment.timestamp() // 3600 == counted[0]:
        counted[1].update((name, one) for name, _, _, pats in spending for one in pats)
    return rows, (t, moment)


def _spending(notes: Iterable[Note], counted: Container[tuple[str, int]]) -> list[_Spent]:
    """Who saw whom, ordered by who; without refusals, writes, and whom that account was counted with before."""
    fresh: dict[str, tuple[str, str, set[int]]] = {}
    for one in notes:
        if one.action == "R" and not one.outcome and one.who.role in budget.HAVE_ONE:
            name = one.who.name
            for pat in one.patients:
                if (name, pat) not in counted:
                    fresh.setdefault(name, (one.who.role, one.who.facility, set()))[2].add(pat)
    return sorted((name, role, at, list(pats)) for name, (role, at, pats) in fresh.items())


def _counted(conn: Connection) -> _Counted:
    """Whom this process knows to be counted in this hour, by transactions that are committed."""
    hour = int(time.time() // 3600)
    where = (conn.database if isinstance(conn, Keeping) else None) or conn
    found = _COUNTED.get(where)
    if found is None or found[0] != hour:
        found = _COUNTED[where] = (hour, set())
    return found


def _who(who: Principal | Stranger) -> tuple[str, str, str, str]:
    return who.name, who.role, who.facility, who.purpose


def _more(one: Note) -> Sequence[str | None]:
    """Outcome, app, for whom, content: left out when there is none of it, as in most rows of reads."""
    more = (one.outcome or None, one.who.client or None, one.who.person or None)
    return (*more, b64encode(one.content).decode()) if one.content else more if any(more) else ()


def leaf(type: str, id: str, version: int, hash: bytes) -> bytes:
    """What stands for one version in the row of its write; `hash` is that of its content."""
    return sha256(f"{type}/{id}/{version}/".encode() + hash).digest()[:LEAF]


def given(found: Iterable[Stored]) -> bytes:
    """A digest of versions that were handed out: BLAKE2b over lines `type/id/version`, in the order they were given.

    Whoever holds the answer, or makes it anew from the record, can show by the chained row that it is what was seen.
    """
    return blake2b(given_lines(found), digest_size=LEAF).digest()


def given_lines(found: Iterable[Stored]) -> bytes:
    """What that digest is made of."""
    return "".join([f"{one.type}/{one.id}/{one.version}\n" for one in found]).encode()


def removal_leaf(type: str, id: str, version: int, patient: int | None) -> bytes:
    """The same for the version that says it was deleted, and whose it was."""
    return leaf(type, id, version, f"deleted {patient}".encode())


def add_note(conn: Connection, who: Principal, entry: AuditNote, what: str = "") -> int:
    """An audit row for an act outside this room (a log-in, an export). Gives back the transaction number."""
    patients = [number(patient_key(id)) for id in entry.patients]
    return note(conn, who, entry.action, what, entry.detail, patients)[0]


def add_refusal(
    conn: Connection, who: Principal, action: str, what: str, detail: str, patients: Iterable[int] = ()
) -> None:
    """The row of an act that was refused; `detail` names the rule. `patients` see in it that somebody tried."""
    write_notes(conn, [Note(who, action, what, detail, patients, outcome=REFUSED)])


def about_search(query: Query) -> tuple[str, str]:
    """What the audit says about a search: its type with a hash of its text, and the text, cut short."""
    return about_text(query.type, written(query))


def about_across(across: Across) -> tuple[str, str]:
    """The same about a search over several types."""
    return about_text("*", written_across(across))


def about_text(type: str, text: str) -> tuple[str, str]:
    """The same of a search told as text."""
    return f"{type}?{blake2b(text.encode(), digest_size=8).hexdigest()}", cut(text)


def accesses(conn: Connection, patient_id: str, count: int = 100) -> list[Access]:
    """Who touched a patient's record, newest first."""
    return find(conn, Asked(patient=patient_id, count=count))


def find(conn: Connection, asked: Asked) -> list[Access]:
    """Rows, newest first."""
    when, lane, n = asked.before or (None, None, None)
    names = {
        "pat": None if asked.patient is None else number(patient_key(asked.patient)),
        "since": asked.since,
        "until": asked.until,
        "who": asked.who or None,
        "facility": asked.facility or None,
        "action": asked.action or None,
        "outcome": asked.outcome or None,
        "when": when,
        "lane": lane,
        "n": n,
        "others": asked.patient if asked.others else None,
        "entity": asked.entity or None,
        "mandate": asked.behalf or None,
        "role": asked.role or None,
        "subtype": asked.subtype or None,
        "count": asked.count,
        **_left_out(asked.untold),
    }
    return [_access(row) for row in conn.execute(SQL["find_access"], names)]


def fetch(conn: Connection, lane: int, n: int, patient: str | None = None, untold: Untold = NOTHING) -> Access | None:
    """One row; None when there is none, or none about this patient that is told."""
    key = None if patient is None else number(patient_key(patient))
    names = {"lane": lane, "n": n, "pat": key, **_left_out(untold)}
    row = conn.execute(SQL["fetch_one_access"], names).fetchone()
    return _access(row) if row else None


def _left_out(untold: Untold) -> dict[str, list[Any]]:
    return {"not_of": list(untold.names), "not_at": list(untold.facilities), "not_in": list(untold.ts)}


def place_of(id: str) -> tuple[int, int] | None:
    """`17-204` -> (17, 204); None for what is no such id."""
    lane, _, n = id.partition("-")
    if not (lane.isascii() and lane.isdigit() and n.isascii() and n.isdigit() and len(lane) <= 2 and len(n) <= 18):
        return None
    return int(lane), int(n)


def _access(row: Sequence[Any]) -> Access:
    lane, n, when, who, role, facility, purpose, action, what, detail, outcome, client, behalf, given = row
    about = (who, role, facility, purpose, action, what, detail, outcome)
    return Access(lane, n, when, *about, client or "", behalf or "", given or b"")
