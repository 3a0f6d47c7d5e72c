"""What the platform tells people: rows of `store.inbox`. Told is who can read it, by commit of the row.

A breach is told in the background, in bounded batches of one transaction each: message, state and audit row together,
so that a kill loses a batch that nobody saw, and nobody is told twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock
from yteso.base.stretch import FIRST, Part, Stretch, part_of
from yteso.db import Connection, Database, Queries
from yteso.jobs import enqueue
from yteso.search.keys import number, patient_key
from yteso.store import audit
from yteso.store.audit import Note
from yteso.store.breaches import Affected
from yteso.store.kept import note_kept
from yteso.store.mandates import representatives
from yteso.store.protocol import Store

SQL = Queries.beside(__file__, "inbox.sql")
TASK = "store.tell_people"
BATCH = 500
TURN_SECONDS = 10.0

HaveAccounts = Callable[[Iterable[str]], AbstractSet[str]]
"""Ids of Patients -> those of them somebody signs in as."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message in an inbox; `about` names what it belongs to. `read` is None until somebody opened it."""

    about: str
    kind: str
    words: str
    told: datetime
    read: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """Of the people of a case: told in their inbox, still waiting, to be told by letter."""

    told: int
    waiting: int
    letters: int

    @property
    def all(self) -> int:
        """Whom the case is about, once the officer had them told."""
        return self.told + self.waiting + self.letters


def start_telling(
    conn: Connection, who: Principal, id: str, words: str, people: Sequence[Affected], now: datetime
) -> bool:
    """Keep the text and whom to tell; False when it was kept before, or the case is closed."""
    if conn.execute(SQL["start_telling"], {"words": words, "who": who.name, "now": now, "id": id}).fetchone() is None:
        return False
    lists = {"pats": [one.key for one in people], "patients": [one.patient for one in people]}
    conn.execute(SQL["add_people"], {"id": id, **lists})
    note_kept(conn, who, "U", "breach", id, f"has {len(people)} people told")
    wake(conn, id)
    return True


def ask_again(conn: Connection, who: Principal, id: str) -> int:
    """Tell those too who have an account by now: how many are looked at again."""
    count = conn.execute(SQL["ask_again"], {"id": id}).rowcount
    if count:
        note_kept(conn, who, "U", "breach", id, f"has {count} people looked at again")
        wake(conn, id)
    return count


def count_told(conn: Connection, id: str) -> Told:
    """How far it is."""
    row = conn.execute(SQL["count_people"], (id,)).fetchone()
    assert row is not None
    return Told(*row)


def told_when(conn: Connection, id: str) -> dict[int, datetime]:
    """Key of a person -> when they were told in the inbox."""
    return dict(conn.execute(SQL["fetch_told"], (id,)).fetchall())


def inbox(conn: Connection, patient: str, stretch: Stretch = FIRST) -> Part[Message]:
    """A person's messages, newest first."""
    names = {"pat": number(patient_key(patient)), **stretch.names}
    return part_of(conn.execute(SQL["find_messages"], names).fetchall(), stretch, Message)


def count_unread(conn: Connection, patient: str) -> int:
    """How many of them nobody opened."""
    row = conn.execute(SQL["count_unread"], {"pat": number(patient_key(patient))}).fetchone()
    assert row is not None
    return int(row[0])


def note_read(conn: Connection, who: Principal, patient: str, shown: Iterable[Message], now: datetime) -> None:
    """These were opened."""
    names = {"pat": number(patient_key(patient)), "who": who.name, "now": now, "shown": [one.about for one in shown]}
    conn.execute(SQL["note_read"], names)


def wake(conn: Connection, id: str) -> None:
    """Have a worker go on."""
    enqueue(conn, TASK, queueing_lock=f"{TASK}:{id}", id=id)


@dataclass(frozen=True)
class Teller:
    """The background task; holds no connection."""

    database: Database
    store: Store
    have_accounts: HaveAccounts
    clock: Clock
    batch: int = BATCH

    def sweep(self) -> None:
        """Wake up for what nobody was woken for."""
        with self.database.connection() as conn:
            for (id,) in conn.execute(SQL["fetch_waiting"]).fetchall():
                wake(conn, id)

    def work(self, stop: Callable[[], bool], id: str) -> None:
        """Some seconds of one case, then another wake-up if there is more."""
        until = time.monotonic() + TURN_SECONDS
        while (more := self.step(id)) and not stop() and time.monotonic() < until:
            continue
        if more:
            with self.database.connection() as conn:
                wake(conn, id)

    def step(self, id: str) -> bool:
        """One batch; False when nobody waits any more."""
        now = self.clock()
        with self.database.connection() as conn:
            text = conn.execute(SQL["fetch_telling"], (id,)).fetchone()
            people = conn.execute(SQL["take_people"], (id, self.batch)).fetchall() if text else []
            if text is None or not people:
                _end(conn, id, now)
                return False
            reached = self._reached(conn, people)
            told = [(pat, patient) for pat, patient in people if pat in reached]
            _tell(conn, id, Principal(text[1], Role.DATA_OFFICER), text[0], told, now)
            letters = [pat for pat, _ in people if pat not in reached]
            conn.execute(SQL["note_people"], {"id": id, "pats": letters, "state": "l", "told": None})
        return True

    def _reached(self, conn: Connection, people: Sequence[tuple[int, str]]) -> set[int]:
        """Keys of those who can read their inbox: they, or somebody who acts for them, have an account."""
        readers = {pat: {patient} for pat, patient in people if patient}
        for pat, other in conn.execute(SQL["fetch_others"], (list(readers),)).fetchall():
            readers[pat].add(other)
        for pat, holder in representatives(conn, self.store, list(readers)):
            readers[pat].add(holder)
        known = self.have_accounts(set().union(*readers.values()))
        return {pat for pat, ids in readers.items() if ids & known}


def _end(conn: Connection, id: str, now: datetime) -> None:
    row = conn.execute(SQL["end_telling"], {"id": id, "now": now}).fetchone()
    if row is not None:
        officer = Principal(row[0], Role.DATA_OFFICER)
        note_kept(conn, officer, "U", "breach", id, f"people told {now.isoformat()}")


def _tell(
    conn: Connection, id: str, officer: Principal, words: str, people: Sequence[tuple[int, str]], now: datetime
) -> None:
    if not people:
        return
    pats, patients = [pat for pat, _ in people], [patient for _, patient in people]
    about = f"breach/{id}"
    asked = {"about": about, "words": words, "now": now, "pats": pats, "patients": patients}
    conn.execute(SQL["add_messages"], asked)
    conn.execute(SQL["note_people"], {"id": id, "pats": pats, "state": "t", "told": now})
    audit.write_notes(conn, [Note(officer, "C", f"{about}/notice", f"{len(pats)} people told", pats)])
