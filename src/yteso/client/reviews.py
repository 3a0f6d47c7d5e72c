"""Doubts about who is who, for a page: both persons side by side, and what a person decided. Same rights as everywhere.

In: who asks. Out: frozen values. Persons are read through `access.policy` and the audited store, so somebody of a
facility sees of each pair only whom that facility has in care. It joins and separates nobody: identity cannot yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal
from yteso.base.clock import Clock, day_in_vietnam
from yteso.base.text import fold
from yteso.client.people import PersonBanner, banner_of
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.identity.review import Choice, Review, may_settle, open_reviews, settle
from yteso.store.audit import add_note
from yteso.store.protocol import AuditNote, Store

Agreement = Literal["same", "different", "unknown"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of both persons; `unknown` when one of them lacks it."""

    fact: str
    one: str
    other: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Doubtful:
    """One open doubt. `person` has the visit now; `other` is whom it may mean, None when there is none or it is hidden.

    `alone`: the visit itself disagrees with the person it was given to; there is no second record to compare.
    """

    id: str
    reason: str
    key: str
    facility: str
    visit: str
    opened: datetime
    alone: bool
    person: PersonBanner | None
    other: PersonBanner | None
    compared: tuple[Compared, ...]


class Reviews:
    """The door to the doubts. One instance serves a process; every call is one transaction of its own."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def open(self, who: Principal, limit: int = 50) -> list[Doubtful]:
        """Open doubts, oldest first; a facility's people see those of their own visits. Raises Refused (403)."""
        today = day_in_vietnam(self._clock())
        with self._database.connection() as conn:
            return [self._shown(conn, who, one, today) for one in open_reviews(conn, who, limit)]

    def may_settle(self, who: Principal) -> bool:
        """Whether the role decides; others look only."""
        return may_settle(who)

    def settle(self, who: Principal, id: str, choice: Choice) -> bool:
        """Keep the decision and close the doubt, audited for both persons; False when it is not open any more."""
        with self._database.connection() as conn:
            persons = settle(conn, who, id, choice)
            if persons:
                add_note(conn, who, AuditNote("U", f"identity {choice}", persons), f"review/{id}")
        return bool(persons)

    def _shown(self, conn: Connection, who: Principal, review: Review, today: date) -> Doubtful:
        alone = review.other in ("", review.patient)
        person = self._banner(conn, who, review.patient, today)
        other = None if alone else self._banner(conn, who, review.other, today)
        reason, _, key = review.doubt.partition(":")
        compared = compare(person, other) if person and other else ()
        facility, _, visit = review.source.partition("/")
        return Doubtful(review.id, reason, key, facility, visit, review.opened, alone, person, other, compared)

    def _banner(self, conn: Connection, who: Principal, patient: str, today: date) -> PersonBanner | None:
        stored = self._store.read(conn, who, require(who, Interaction.READ, "Patient"), "Patient", patient)
        return banner_of(fhir_json.loads(stored.body), today) if stored and not stored.deleted else None


def compare(one: PersonBanner, other: PersonBanner) -> tuple[Compared, ...]:
    """What agrees and what does not, fact by fact. Names agree without regard to diacritics and case."""
    facts = [("name", one.name, other.name), ("birth", one.birth_date, other.birth_date)]
    facts += [("gender", _known(one.gender), _known(other.gender))]
    facts += [(kind, _number(one, kind), _number(other, kind)) for kind in ("cccd", "bhxh", "bhyt")]
    facts += [("phone", one.phone, other.phone), ("address", one.address, other.address)]
    return tuple(Compared(fact, left, right, _agreement(fact, left, right)) for fact, left, right in facts)


def _agreement(fact: str, left: str, right: str) -> Agreement:
    if not left or not right:
        return "unknown"
    if fact == "birth":
        # Dates of different precision agree as far as both tell.
        shared = min(len(left), len(right))
        left, right = left[:shared], right[:shared]
    return "same" if fold(left) == fold(right) else "different"


def _known(gender: str) -> str:
    return "" if gender == "unknown" else gender


def _number(person: PersonBanner, kind: str) -> str:
    return next((value for system, value in person.identifiers if system.rsplit("/", 1)[-1] == kind), "")
