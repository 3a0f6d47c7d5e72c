"""Two records of one person, joined by hand at the records desk, and parted again; never by the platform itself.

In: staff who settle doubts (`identity.review.may_settle`) of a facility that sees both propose it; a second person of
the facility, desk or doctor, does it (ASVS 2.3.5). Out: frozen values, or `Refused` (IDEN-0001 to IDEN-0008).
Patients, keys, derived relations and the rows of the chain are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock, day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.client.people import PersonBanner, banner_of
from yteso.client.reviews import Compared, compare
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.identity import join_rules as rules
from yteso.identity import joining as rows
from yteso.identity.join import Resource, join, part, unfit
from yteso.identity.joining import Joining
from yteso.identity.review import may_settle
from yteso.store.audit import add_note
from yteso.store.protocol import AuditNote, Put, Store
from yteso.store.relations import spread_same

__all__ = ["LEAST", "MOST", "Joining", "Joinings", "Pair"]
LEAST, MOST = 20, 1000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons side by side."""

    one: PersonBanner
    other: PersonBanner
    compared: tuple[Compared, ...]


class Joinings:
    """One instance serves a process; every call is one transaction. All raise Refused (403, IDEN-0002)."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def pair(self, who: Principal, one: str, other: str) -> Pair:
        """Both, compared fact by fact. Refused (404, IDEN-0002) unless both are to be seen."""
        _require_second(who)
        today = day_in_vietnam(self._clock())
        with self._database.reading() as conn:
            left, right = (banner_of(self._seen(conn, who, named)[0], today) for named in (one, other))
        return Pair(left, right, compare(left, right))

    def propose(self, who: Principal, survivor: str, other: str, reason: str) -> str:
        """The joining's id, which waits for a second person. Refused (422) IDEN-0001, 3, 4, 7, (404) IDEN-0002."""
        _require_desk(who)
        reason = _reason(reason)
        with self._database.connection() as conn:
            kept, gone = (self._seen(conn, who, person)[0] for person in (survivor, other))
            issue = unfit(kept, gone)
            new = None if issue else rows.propose(conn, who, survivor, other, reason, self._clock())
            if new is None:
                raise Refused(issue or rules.WAITING.at(), status=422)
            _note(conn, who, "proposed to be one", survivor, other)
        return new

    def second(self, who: Principal, id: str) -> None:
        """Do what a colleague proposed; acts at once. Refused (422) IDEN-0003, 5, 8, (404) IDEN-0002."""
        _require_second(who)
        with self._database.connection() as conn:
            held = _held(conn, who, id)
            if held.in_force:
                raise Refused(rules.NO_SUCH.at(), status=422)
            if held.proposed_by == who.name:
                raise Refused(rules.NOT_ALONE.at(), status=422)
            kept, gone = self._locked(conn, who, held)
            if issue := unfit(kept[0], gone[0]):
                raise Refused(issue, status=422)
            joined = join(kept[0], gone[0])
            rows.second(conn, who, id, joined, self._clock())
            changes = [Put(joined.survivor, kept[1]), Put(joined.other, gone[1])]
            self._store.write(conn, who, changes, f"joined {id}")
            spread_same(conn, (held.survivor, held.other))
            _note(conn, who, "joined", held.survivor, held.other)

    def refuse(self, who: Principal, id: str, reason: str) -> None:
        """Take a proposal off the list, one's own too. Refused (422) IDEN-0004, IDEN-0005."""
        _require_second(who)
        reason = _reason(reason)
        with self._database.connection() as conn:
            held = _held(conn, who, id)
            if held.in_force:
                raise Refused(rules.NO_SUCH.at(), status=422)
            rows.end(conn, who, id, reason, self._clock())
            _note(conn, who, "not to be one", held.survivor, held.other)

    def part(self, who: Principal, id: str, reason: str) -> None:
        """Undo one: the Patients lose what it added, the keys lead back. Refused (422) IDEN-0004 to 0006, (404)."""
        _require_desk(who)
        reason = _reason(reason)
        with self._database.connection() as conn:
            held = _held(conn, who, id)
            if not held.in_force:
                raise Refused(rules.NO_SUCH.at(), status=422)
            kept, gone = self._locked(conn, who, held)
            if any(link.get("type") == "replaced-by" for link in kept[0].get("link", ())):
                raise Refused(rules.LATER_FIRST.at(), status=422)
            alone, freed = part(kept[0], gone[0], held.added, held.active)
            rows.give_back(conn, held)
            rows.end(conn, who, id, reason, self._clock())
            self._store.write(conn, who, [Put(alone, kept[1]), Put(freed, gone[1])], f"parted {id}")
            spread_same(conn, (held.survivor, held.other))
            _note(conn, who, "parted", held.survivor, held.other)

    def done(self, who: Principal) -> list[tuple[Joining, PersonBanner | None, PersonBanner | None]]:
        """What the caller's facility proposed and joined, newest first, with both persons as far as they are seen."""
        _require_second(who)
        today = day_in_vietnam(self._clock())
        with self._database.connection() as conn:
            found = rows.joinings(conn, who.facility)
            keys = {("Patient", person) for one in found for person in (one.survivor, one.other)}
            limit = require(who, Interaction.READ, "Patient")
            seen = self._store.read_many(conn, who, limit, sorted(keys))
        banners = {one.id: banner_of(fhir_json.loads(one.body), today) for one in seen.values()}
        return [(one, banners.get(one.survivor), banners.get(one.other)) for one in found]

    def _locked(
        self, conn: Connection, who: Principal, held: rows.Held
    ) -> tuple[tuple[Resource, int], tuple[Resource, int]]:
        """Survivor and other with their versions, which nobody else writes until the transaction ends."""
        self._store.lock(conn, sorted({("Patient", held.survivor), ("Patient", held.other)}))
        return self._seen(conn, who, held.survivor), self._seen(conn, who, held.other)

    def _seen(self, conn: Connection, who: Principal, id: str) -> tuple[Resource, int]:
        """The Patient and its version. Refused (404) when it is not to be seen."""
        stored = self._store.read(conn, who, require(who, Interaction.READ, "Patient"), "Patient", id)
        if stored is None or stored.deleted:
            raise Refused(rules.HIDDEN.at(), status=404)
        found: dict[str, Any] = fhir_json.loads(stored.body)
        return found, stored.version


def may_join(who: Principal) -> bool:
    """Whether this one joins records."""
    return may_settle(who) and bool(who.facility)


def _held(conn: Connection, who: Principal, id: str) -> rows.Held:
    """A joining of the caller's facility that was not parted. Refused (422, IDEN-0005)."""
    held = rows.hold(conn, id)
    if held is None or held.facility != who.facility:
        raise Refused(rules.NO_SUCH.at(), status=422)
    return held


def _note(conn: Connection, who: Principal, deed: str, survivor: str, other: str) -> None:
    """A row for each of both persons, which says with whom."""
    for person, with_whom in ((survivor, other), (other, survivor)):
        add_note(conn, who, AuditNote("U", f"{deed} with Patient/{with_whom}", (person,)), f"Patient/{person}")


def _require_desk(who: Principal) -> None:
    if not may_join(who):
        raise Refused(rules.HIDDEN.at(), status=403)


def _require_second(who: Principal) -> None:
    if not (may_join(who) or (who.role is Role.DOCTOR and who.facility)):
        raise Refused(rules.HIDDEN.at(), status=403)


def _reason(text: str) -> str:
    text = text.strip()[:MOST]
    if len(text) < LEAST:
        raise Refused(rules.NO_REASON.at(Origin(field="reason"), least=LEAST), status=422)
    return text
