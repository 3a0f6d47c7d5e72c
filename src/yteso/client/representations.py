"""Who acts for whom: RelatedPerson of the record -> what a page shows; ending one. Rights come from the same resource.

What is in force is judged as the store judges it (`store.relations`), so that the page and the right agree. Only the
own record and those of people one represents are reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, Clock
from yteso.client.people import PersonBanner, banner_of, display_name
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.search.query import Clause, Query
from yteso.store.protocol import Put, Store
from yteso.store.relations import EVIDENCE, REPRESENTATIVE, Relation, named_relations

Resource = dict[str, Any]
ADULT = 18
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
        clause = Clause("patient", "reference", (("eq", f"Patient/{who.person}"),))
        with self._database.reading() as conn:
            me = self._person(conn, who, who.person)
            found = self._search(conn, who, clause) if me else []
        shown = [one for resource in found if me for one in self._shown(resource, me, who)]
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
            now = self._clock().astimezone(VIETNAM).isoformat("T", "seconds")
            ended = {**resource, "active": False, "period": {**resource.get("period", {}), "end": now}}
            self._store.write(conn, who, [Put(ended, expected=stored.version)], "representation ended")
        return True

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
        if _has_ended(resource):
            was = {**resource, "active": True}
            shown = (_representation(was, one, person, self._clock(), who) for one in named_relations(was))
            return tuple(replace(one, in_force=False, may_end=False) for one in shown)
        return tuple(_representation(resource, one, person, self._clock(), who) for one in named_relations(resource))

    def _today(self) -> date:
        return self._clock().astimezone(VIETNAM).date()


def _is_person(who: Principal) -> bool:
    return who.role is Role.CITIZEN and bool(who.person)


def _patient(resource: Resource) -> str:
    return str(resource.get("patient", {}).get("reference", "")).removeprefix("Patient/")


def _has_ended(resource: Resource) -> bool:
    """It was ended here: shown as what it was, though it gives nothing any more."""
    return resource.get("active") is False and bool(resource.get("period", {}).get("end"))


def _representation(
    resource: Resource, relation: Relation, person: PersonBanner, now: datetime, who: Principal
) -> Representation:
    holder, minor = relation.holder.removeprefix("Patient/"), relation.kind == "m"
    of_age = minor and (person.age is None or person.age >= ADULT)
    in_force = relation.since <= now < relation.until and not of_age
    ends = [day for day in (str(resource.get("period", {}).get("end", ""))[:10], _comes_of_age(person, minor)) if day]
    concerned = who.person == holder or (who.person == person.id and (person.age or 0) >= ADULT)
    return Representation(
        id=str(resource.get("id", "")),
        patient=person.id,
        holder=holder,
        name=display_name(resource.get("name", [])),
        relationship=_relationship(resource),
        evidence=_evidence(resource),
        since=str(resource.get("period", {}).get("start", ""))[:10],
        until=min(ends, default=""),
        minor=minor,
        in_force=in_force,
        may_end=in_force and not minor and concerned,
    )


def _comes_of_age(person: PersonBanner, minor: bool) -> str:
    """The 18th birthday, as far as the birth date tells."""
    year, _, rest = person.birth_date.partition("-")
    return f"{int(year) + ADULT}{'-' if rest else ''}{rest}" if minor and year.isdigit() else ""


def _relationship(resource: Resource) -> str:
    concepts: Iterable[Resource] = resource.get("relationship", [])
    return next((str(one.get("code", "")) for many in concepts for one in many.get("coding", [])), "")


def _evidence(resource: Resource) -> str:
    """What proves it, in the words of who wrote it."""
    for one in resource.get("extension", []):
        if one.get("url") == EVIDENCE:
            told = next((value for name, value in one.items() if name.startswith("value")), "")
            return str(told.get("display") or told.get("title") or "") if isinstance(told, dict) else str(told)
    return ""
