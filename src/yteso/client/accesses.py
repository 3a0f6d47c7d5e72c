"""Who looked: a person's own audit rows, questions about them, and the data officer's answers.

A citizen sees the rows about the own record, a representative also those of whom they act for now (client/acting.py);
the data officer sees all cases and the rows in question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.base.stretch import FIRST, Part, Stretch, whole
from yteso.client import access_rules as rules
from yteso.client.acting import Acting, acting
from yteso.client.record import Records
from yteso.db import Connection, Database
from yteso.store import audit, cases
from yteso.store.audit import Access, Asked
from yteso.store.cases import Case
from yteso.store.mandates import said
from yteso.store.protocol import Store

LEAST, MOST = 10, 2000
__all__ = ["Access", "Accesses", "Asked", "Case", "Questioned"]
_PLATFORM = Principal("yteso directory", Role.SYSTEM, purpose="PATRQT")
_OFFICERS = frozenset([Role.DATA_OFFICER])


@dataclass(frozen=True, slots=True)
class Questioned:
    """A case with the access in question; None when the row is gone from the chain."""

    case: Case
    access: Access | None


class Accesses:
    """One instance serves a process; every call is one transaction. All raise Refused (403) AUD-0001, REPR-0006."""

    def __init__(self, database: Database, store: Store, records: Records, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._records = records
        self._clock = clock

    def mine(self, who: Principal, asked: Asked, of: str = "") -> list[Access]:
        """Accesses to the citizen's own record, or to that of somebody they represent (`of`), newest first."""
        with self._database.connection() as conn:
            actor = self._acting(conn, who, of)
            return audit.find(conn, replace(asked, patient=actor.person, untold=actor.untold(conn, who)))

    def one(self, who: Principal, id: str, of: str = "") -> Access:
        """One access to that record. Raises Refused (404, AUD-0002)."""
        with self._database.connection() as conn:
            return self._access(conn, who, self._acting(conn, who, of), id)

    def after(self, who: Principal, asked: Asked, id: str, of: str = "") -> Asked:
        """The same, continued after a row of that list. Raises Refused (404, AUD-0002)."""
        last = self.one(who, id, of)
        return replace(asked, before=(last.when, last.lane, last.n))

    def facilities(self, codes: Iterable[str] = ()) -> dict[str, str]:
        """MA_CSKCB -> name: the directory, or of it those asked for. It is no secret; asked as the platform itself."""
        return self._records.facilities(_PLATFORM, codes)

    def question(self, who: Principal, id: str, text: str, of: str = "") -> bool:
        """Ask the data officer about an access; False when that was done before. Raises Refused."""
        _check(text, "question")
        with self._database.connection() as conn:
            actor = self._acting(conn, who, of)
            access = self._access(conn, who, actor, id)
            detail, place = said(f"questions {access.id}", actor.mandate), (access.lane, access.n)
            new = cases.open_case(conn, who, actor.person, place, text.strip(), self._clock(), detail=detail)
            return new is not None

    def my_cases(self, who: Principal, of: str = "") -> list[Case]:
        """Questions about that record, with their answers."""
        with self._database.connection() as conn:
            person = self._acting(conn, who, of).person
            return whole(lambda stretch: cases.find_cases(conn, who, person, stretch=stretch))

    def open_cases(self, who: Principal, *, open: bool | None = True, stretch: Stretch = FIRST) -> Part[Questioned]:
        """For the data officer: open questions, the oldest first, then what was answered last."""
        _require_officer(who)
        with self._database.connection() as conn:
            found = cases.find_cases(conn, who, open=open, stretch=stretch)
            return found.each(lambda case: Questioned(case, audit.fetch(conn, case.lane, case.n)))

    def one_case(self, who: Principal, id: str) -> Questioned | None:
        """For the data officer: that question, open or not."""
        _require_officer(who)
        with self._database.connection() as conn:
            found = cases.find_cases(conn, who, id=id)
            return next((Questioned(case, audit.fetch(conn, case.lane, case.n)) for case in found), None)

    def answer(self, who: Principal, id: str, text: str) -> None:
        """For the data officer: answer a question. Raises Refused (404, AUD-0004)."""
        _require_officer(who)
        _check(text, "answer")
        with self._database.connection() as conn:
            if not cases.answer_case(conn, who, id, text.strip(), self._clock()):
                raise Refused(rules.NO_CASE.at(), status=404)

    def _acting(self, conn: Connection, who: Principal, of: str) -> Acting:
        """About whose record: the own one, or one of somebody the caller acts for."""
        if who.role is not Role.CITIZEN or not who.person:
            raise Refused(rules.NOT_OWN.at(), status=403)
        return acting(conn, self._store, who, of)

    def _access(self, conn: Connection, who: Principal, actor: Acting, id: str) -> Access:
        place = audit.place_of(id)
        found = audit.fetch(conn, *place, actor.person, actor.untold(conn, who)) if place else None
        if found is None:
            raise Refused(rules.NO_ACCESS.at(), status=404)
        return found


def _require_officer(who: Principal) -> None:
    if who.role not in _OFFICERS:
        raise Refused(rules.NOT_OWN.at(), status=403)


def _check(text: str, field: str) -> None:
    if not LEAST <= len(text.strip()) <= MOST:
        raise Refused(rules.NO_TEXT.at(Origin(field=field), least=LEAST, most=MOST), status=400)
