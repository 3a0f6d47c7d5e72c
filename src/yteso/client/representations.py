"""Who acts for whom: RelatedPerson of the record -> what a page shows; ending one. Rights come from the same resource.

What is in force is judged as the store judges it (`store.relations`), so that the page and the right agree. Only the
own record and those of people one represents are reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from yteso.access.mandate import birthday
from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, Clock, day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.ids import random_id
from yteso.base.issue import Issue, Origin
from yteso.client import representation_rules as rules
from yteso.client.people import PersonBanner, banner_of, display_name
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.fhir.dates import local_day
from yteso.search.query import Clause, Query
from yteso.store.mandates import mandate_for
from yteso.store.protocol import Put, Store
from yteso.store.relations import EVIDENCE, REPRESENTATIVE, Relation, named_relations

Resource = dict[str, Any]
ADULT = 18
ENDED = "urn:yteso:representation-ended"
"""Extension of a RelatedPerson: why the records desk ended it."""
BY_COURT = "RESPRSN"
"""Guardian of an adult by a court's decision (v3-RoleCode): ended by papers, like a representation by law."""
OFFERED = ("HPOWATT", "POWATT")
"""What an adult can give by themselves (v3-RoleCode): power of attorney for health matters, or in general."""
LONGEST_YEARS = 3
_ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_MOST = 50


@dataclass(frozen=True, slots=True)
class Representation:
    """One: who acts (`holder`, a Patient's id) for whom (`patient`). `until` is a day, or empty for no end.

    `relationship` is a v3-RoleCode; `minor`: it ends when the child comes of age; `may_end`: the caller can end it.
    """

    id: str
    patient: str
    holder: str
    name: str
    relationship: str
    evidence: str
    since: str
    until: str
    minor: bool
    in_force: bool
    may_end: bool = False
    ended: str = ""
    """Why staff ended it."""
    scan: str = ""
    """The DocumentReference with the scan of the evidence; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Represented:
    """A person one acts for now, and by what."""

    person: PersonBanner
    by: Representation


class Representations:
    """One instance serves a process; every call is one transaction of its own."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def of_me(self, who: Principal) -> tuple[Representation, ...]:
        """Who represents the caller, and who did; those in force first."""
        if not _is_person(who):
            return ()
        with self._database.reading() as conn:
            shown = self._all_of(conn, who, self._person(conn, who, who.person))
        return tuple(sorted(shown, key=lambda one: not one.in_force))

    def by_me(self, who: Principal) -> tuple[Represented, ...]:
        """Whom the caller represents now: what the query of the caller's rights finds, and nothing that ended."""
        if not _is_person(who):
            return ()
        clause = Clause("identifier", "token", (("eq", f"{REPRESENTATIVE}|{who.person}"),))
        with self._database.reading() as conn:
            found = self._search(conn, who, clause)
            people = {one: self._person(conn, who, one) for one in dict.fromkeys(map(_patient, found))}
        shown: dict[str, Represented] = {}
        for resource in found:
            person = people[_patient(resource)]
            for one in self._shown(resource, person, who) if person else ():
                if one.in_force and one.holder == who.person and person and person.id != who.person:
                    shown.setdefault(person.id, Represented(person, one))
        return tuple(shown.values())

    @property
    def child_decides(self) -> int:
        """The age from which a child acts alone here."""
        return self._store.child_decides

    def acts_for(self, who: Principal, patient: str) -> bool:
        """Whether the caller also acts for this person: sets who sees the record, sees who looked."""
        with self._database.connection() as conn:
            return mandate_for(conn, self._store, who, patient) is not None

    def name(self, who: Principal, holder: str, name: str, relationship: str, until: str) -> str:
        """An adult names who represents them until a day: the RelatedPerson's id. Raises Refused (422, REPR-0001…5).

        `holder` and `name` are of the representative, who agreed by giving a code (the page checks it). The evidence is
        the log-in of the person; how sure that was is written down with it.
        """
        now = self._clock().astimezone(VIETNAM)
        with self._database.connection() as conn:
            me = self._person(conn, who, who.person) if _is_person(who) else None
            issue = _unfit(me, who, holder, relationship, until, day_in_vietnam(now))
            if issue is None and any(one.in_force and one.holder == holder for one in self._all_of(conn, who, me)):
                issue = rules.ALREADY.at()
            if issue is not None:
                raise Refused(issue, status=422)
            made = _named(who, holder, name, relationship, until, now)
            self._store.write(conn, who, [Put(made)], "representation")
        return str(made["id"])

    def end(self, who: Principal, id: str) -> bool:
        """End one from now on; False when the caller may not, or it is not in force. What was stays in the history."""
        if not _is_person(who):
            return False
        limit = require(who, Interaction.READ, "RelatedPerson")
        with self._database.connection() as conn:
            stored = self._store.read(conn, who, limit, "RelatedPerson", id)
            resource = fhir_json.loads(stored.body) if stored and not stored.deleted else {}
            person = self._person(conn, who, _patient(resource)) if resource else None
            shown = self._shown(resource, person, who) if person else ()
            if stored is None or not any(one.may_end for one in shown):
                return False
            change = Put(ended(resource, self._clock()), expected=stored.version)
            self._store.write(conn, who, [change], "representation ended")
        return True

    def _all_of(self, conn: Connection, who: Principal, me: PersonBanner | None) -> list[Representation]:
        if me is None:
            return []
        found = self._search(conn, who, Clause("patient", "reference", (("eq", f"Patient/{me.id}"),)))
        return [one for resource in found for one in self._shown(resource, me, who)]

    def _search(self, conn: Connection, who: Principal, clause: Clause) -> list[Resource]:
        limit = require(who, Interaction.SEARCH, "RelatedPerson")
        page = self._store.search(conn, who, limit, Query("RelatedPerson", (clause,), count=_MOST))
        return [fhir_json.loads(match.body) for match in page.matches]

    def _person(self, conn: Connection, who: Principal, id: str) -> PersonBanner | None:
        limit = require(who, Interaction.READ, "Patient")
        stored = self._store.read(conn, who, limit, "Patient", id) if id else None
        if stored is None or stored.deleted:
            return None
        return banner_of(fhir_json.loads(stored.body), self._today())

    def _shown(self, resource: Resource, person: PersonBanner, who: Principal) -> tuple[Representation, ...]:
        return shown(resource, person, self._clock(), who)

    def _today(self) -> date:
        return day_in_vietnam(self._clock())


def _unfit(
    me: PersonBanner | None, who: Principal, holder: str, relationship: str, until: str, today: date
) -> Issue | None:
    """The first reason against it."""
    if me is None or me.deceased or (me.age or 0) < ADULT:
        return rules.NOT_ADULT.at()
    if not holder or holder == who.person:
        return rules.NOT_ONESELF.at()
    if relationship not in OFFERED:
        return rules.NOT_OFFERED.at(Origin(field="relationship"))
    in_time = ends_in_time(until, today, LONGEST_YEARS)
    return None if in_time else rules.BAD_END.at(Origin(field="until"), years=LONGEST_YEARS)


def ends_in_time(until: str, today: date, years: int) -> bool:
    """Whether a day, written as FHIR writes it, is after today and within so many years."""
    try:
        end = date.fromisoformat(until)
    except ValueError:
        return False
    return end.isoformat() == until and today < end <= _last_day(today, years)


def _last_day(today: date, years: int) -> date:
    """Of a term of years: the corresponding day, or the last of its month (Bộ luật Dân sự điều 148 khoản 3, 4)."""
    day = birthday(today, years)
    return day if day.day == today.day else day - timedelta(days=1)


def _named(who: Principal, holder: str, name: str, relationship: str, until: str, now: datetime) -> Resource:
    account = f"tài khoản {who.name}, mức xác thực {who.assurance}"
    evidence = f"Chính người được đại diện cử ({account}, {now:%d/%m/%Y %H:%M})"
    return {
        "resourceType": "RelatedPerson",
        "id": random_id(),
        "extension": [{"url": EVIDENCE, "valueString": evidence}],
        "identifier": [{"system": REPRESENTATIVE, "value": holder}],
        "active": True,
        "patient": {"reference": f"Patient/{who.person}"},
        "relationship": [{"coding": [{"system": _ROLE_CODE, "code": relationship}]}],
        "name": [{"text": name}],
        "period": {"start": day_in_vietnam(now).isoformat(), "end": until},
    }


def _is_person(who: Principal) -> bool:
    return who.role is Role.CITIZEN and bool(who.person)


def _patient(resource: Resource) -> str:
    return str(resource.get("patient", {}).get("reference", "")).removeprefix("Patient/")


def shown(resource: Resource, person: PersonBanner, now: datetime, who: Principal) -> tuple[Representation, ...]:
    """What a RelatedPerson of this person represents; what was ended as what it was, no longer in force."""
    if _has_ended(resource):
        was = {**resource, "active": True}
        found = (_representation(was, one, person, now, who) for one in named_relations(was))
        return tuple(replace(one, in_force=False, may_end=False) for one in found)
    return tuple(_representation(resource, one, person, now, who) for one in named_relations(resource))


def ended(resource: Resource, now: datetime, reason: str = "") -> Resource:
    """The RelatedPerson as it gives nothing any more from now on."""
    end = now.astimezone(VIETNAM).isoformat("T", "seconds")
    over = {**resource, "active": False, "period": {**resource.get("period", {}), "end": end}}
    if reason:
        over["extension"] = [*resource.get("extension", ()), {"url": ENDED, "valueString": reason}]
    return over


def _has_ended(resource: Resource) -> bool:
    """It was ended here: shown as what it was, though it gives nothing any more."""
    return resource.get("active") is False and bool(resource.get("period", {}).get("end"))


def _representation(
    resource: Resource, relation: Relation, person: PersonBanner, now: datetime, who: Principal
) -> Representation:
    holder, minor = relation.holder.removeprefix("Patient/"), relation.kind == "m"
    of_age = minor and (person.age is None or person.age >= ADULT)
    in_force = relation.since <= now < relation.until and not of_age
    period = resource.get("period", {})
    ends = [day for day in (local_day(str(period.get("end", ""))), _comes_of_age(person, minor)) if day]
    concerned = who.person == holder or (who.person == person.id and (person.age or 0) >= ADULT)
    return Representation(
        id=str(resource.get("id", "")),
        patient=person.id,
        holder=holder,
        name=display_name(resource.get("name", [])),
        relationship=_relationship(resource),
        evidence=_extension(resource, EVIDENCE),
        since=local_day(str(period.get("start", ""))),
        until=min(ends, default=""),
        minor=minor,
        in_force=in_force,
        may_end=in_force and concerned and not (minor or _relationship(resource) == BY_COURT),
        ended=_extension(resource, ENDED),
        scan=_scan(resource),
    )


def _comes_of_age(person: PersonBanner, minor: bool) -> str:
    """The 18th birthday, as far as the birth date tells."""
    year, _, rest = person.birth_date.partition("-")
    if not (minor and year.isdigit()):
        return ""
    if rest.count("-") == 1:
        return birthday(date.fromisoformat(person.birth_date), ADULT).isoformat()
    return f"{int(year) + ADULT}{'-' if rest else ''}{rest}"


def _relationship(resource: Resource) -> str:
    concepts: Iterable[Resource] = resource.get("relationship", [])
    return next((str(one.get("code", "")) for many in concepts for one in many.get("coding", [])), "")


def _extension(resource: Resource, url: str) -> str:
    """What proves it, or why it ended, in the words of who wrote it."""
    for one in resource.get("extension", []):
        if one.get("url") == url:
            told = next((value for name, value in one.items() if name.startswith("value")), "")
            return str(told.get("display") or told.get("title") or "") if isinstance(told, dict) else str(told)
    return ""


def _scan(resource: Resource) -> str:
    named = (one.get("valueReference") for one in resource.get("extension", []) if one.get("url") == EVIDENCE)
    return next((str(one.get("reference", "")).removeprefix("DocumentReference/") for one in named if one), "")
