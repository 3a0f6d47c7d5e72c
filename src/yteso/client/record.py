"""A person's record for a page: banner, visits, diagnoses, medicines, tests, services, papers, each with its origin.

In: who asks, and a patient's id or a typed text. Out: frozen values with the parsed FHIR resources in them. Every
read goes through `access.policy` and the audited store, as it does over HTTP; nothing is filtered afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal
from yteso.base.clock import Clock, day_in_vietnam
from yteso.client.origin import Source, source_of
from yteso.client.people import PersonBanner, banner_of, nearest_first, person_query
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.search.prose import words
from yteso.search.query import Clause, Query, Sort, Words
from yteso.store import wall
from yteso.store.audit import add_note
from yteso.store.consents import persons_of
from yteso.store.protocol import AuditNote, Page, Store

Resource = dict[str, Any]

FACILITY_CODE = "http://fhir.hl7.org.vn/core/sid/ma-cskcb"
"""Identifier system of a facility's code (VN Core `vn-ma-cskcb-ns`)."""

SECTIONS: dict[str, tuple[str, str, str]] = {
    # section -> (resource type, its reference to the person, its clinical date)
    "visits": ("Encounter", "patient", "date"),
    "diagnoses": ("Condition", "patient", "recorded-date"),
    "medicines": ("MedicationRequest", "patient", "authoredon"),
    "reports": ("DiagnosticReport", "patient", "date"),
    "tests": ("Observation", "patient", "date"),
    "services": ("ChargeItem", "patient", "occurrence"),
    "procedures": ("Procedure", "patient", "date"),
    "orders": ("ServiceRequest", "patient", "authored"),
    "notes": ("Composition", "patient", "date"),
    "documents": ("DocumentReference", "patient", "date"),
    "appointments": ("Appointment", "patient", "date"),
    "allergies": ("AllergyIntolerance", "patient", "date"),
    "coverages": ("Coverage", "beneficiary", "_lastUpdated"),
    "claims": ("Claim", "patient", "created"),
}
"""What a page can show of a person (R4 search parameters); the order is that of the page."""

_NEWEST = (Sort("date", descending=True),)
_OF_A_VISIT = {
    # section -> (resource type, its reference to the visit)
    "diagnoses": ("Condition", "encounter"),
    "medicines": ("MedicationRequest", "encounter"),
    "reports": ("DiagnosticReport", "encounter"),
    "tests": ("Observation", "encounter"),
    "services": ("ChargeItem", "context"),
    "procedures": ("Procedure", "encounter"),
    "orders": ("ServiceRequest", "encounter"),
    "notes": ("Composition", "encounter"),
    "documents": ("DocumentReference", "encounter"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One resource of the record, parsed, with the sender's place it came from."""

    resource: Resource
    source: Source


@dataclass(frozen=True, slots=True)
class Section:
    """One page of one kind of fact, newest first; `next` continues it."""

    facts: tuple[Fact, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """One page of persons found."""

    persons: tuple[PersonBanner, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class FileTrace:
    """Which received file a visit was read from: the intake's id and when it was recorded (ISO 8601)."""

    intake_id: str
    recorded: str


class Records:
    """The record's door for apps. One instance serves a process; every call is one transaction of its own."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def find(self, who: Principal, text: str, count: int = 20, cursor: str = "") -> People:
        """The persons a typed text may mean; empty when nothing searchable was typed. Raises `Refused`."""
        query = person_query(text, count, cursor)
        if query is None:
            return People(())
        with self._database.reading() as conn:
            page = self._search(conn, who, query)
        today = day_in_vietnam(self._clock())
        persons = [banner_of(fhir_json.loads(match.body), today) for match in page.matches]
        return People(tuple(nearest_first(text, persons)), page.next)

    def banner(self, who: Principal, patient_id: str) -> PersonBanner | None:
        """The person's banner; None when absent, deleted or not to be seen by `who`."""
        patient = self.resource(who, "Patient", patient_id)
        return banner_of(patient, day_in_vietnam(self._clock())) if patient else None

    def section(self, who: Principal, patient_id: str, name: str, count: int = 50, cursor: str = "") -> Section:
        """One section of `SECTIONS`, newest first."""
        with self._database.reading() as conn:
            return self._section(conn, who, patient_id, name, count, cursor)

    def visit(self, who: Principal, encounter_id: str, names: Sequence[str] = tuple(_OF_A_VISIT)) -> dict[str, Section]:
        """What belongs to one visit, by the sections `names`."""
        reference = (("eq", f"Encounter/{encounter_id}"),)
        queries = {
            name: Query(kind, (Clause(link, "reference", reference),), count=500)
            for name, (kind, link) in _OF_A_VISIT.items()
            if name in names
        }
        with self._database.reading() as conn:
            return {name: as_section(self._search(conn, who, query)) for name, query in queries.items()}

    def said_by(self, who: Principal, patient_id: str, paper: Resource, encounter_id: str) -> tuple[Fact, ...]:
        """What a paper (DocumentReference) says: the notes and appointments made of the same row of its sender."""
        source = source_of(paper)
        if not source.table:
            return ()
        notes = self.visit(who, encounter_id, ("notes",))["notes"].facts if encounter_id else ()
        appointments = self.section(who, patient_id, "appointments", 500).facts
        return tuple(fact for fact in (*notes, *appointments) if fact.source == source)

    def series(self, who: Principal, patient_id: str, test: Resource, count: int = 100) -> Section:
        """The person's results of the same test as the Observation `test`, newest first: by codes, else by words."""
        same = _same_test(test.get("code", {}))
        if same is None:
            return Section((Fact(test, source_of(test)),))
        with self._database.reading() as conn:
            wall.name(conn, require(who, Interaction.SEARCH, "Observation"))
            people = tuple(("eq", f"Patient/{one}") for one in persons_of(conn, patient_id))
            query = Query("Observation", (Clause("patient", "reference", people),), _NEWEST, count=count)
            query = (
                replace(query, links=(same,))
                if isinstance(same, Words)
                else replace(query, clauses=(*query.clauses, same))
            )
            return as_section(self._search(conn, who, query))

    def resource(self, who: Principal, type: str, id: str) -> Resource | None:
        """One resource as it is; None when absent, deleted or not to be seen."""
        limit = require(who, Interaction.READ, type)
        with self._database.reading() as conn:
            stored = self._store.read(conn, who, limit, type, id)
        return fhir_json.loads(stored.body) if stored and not stored.deleted else None

    def concerns(self, resource: Resource, patient_id: str) -> bool:
        """True when the resource is this person's, whichever Patient of a merged person it names."""
        if concerns(resource, patient_id):
            return True
        with self._database.connection() as conn:
            return any(concerns(resource, one) for one in persons_of(conn, patient_id)[1:])

    def took_home(self, who: Principal, patient_id: str, form: str, part: str = "") -> None:
        """Keep in the audit that the record is downloaded (`form`: pdf, fhir): before it is, so none goes untold.

        `part`: the visit (`Encounter/…`) when it is not the whole record.
        """
        require(who, Interaction.EVERYTHING, "Patient")
        what = f"{part or f'Patient/{patient_id}'}/$download"
        with self._database.connection() as conn:
            add_note(conn, who, AuditNote("E", f"download {form}", (patient_id,)), what)

    def files_of(self, who: Principal, encounter_id: str) -> tuple[FileTrace, ...]:
        """The received files this visit was read from, newest first, by its Provenance."""
        clause = Clause("target", "reference", (("eq", f"Encounter/{encounter_id}"),))
        query = Query("Provenance", (clause,), sort=(Sort("_lastUpdated", descending=True),), count=50)
        with self._database.reading() as conn:
            page = self._search(conn, who, query)
        return tuple(trace for match in page.matches for trace in _traces(fhir_json.loads(match.body)))

    def files_by_visit(self, who: Principal, encounter_ids: Sequence[str]) -> dict[str, tuple[FileTrace, ...]]:
        """The same for many visits in one search: visit id -> its files, newest first."""
        if not encounter_ids:
            return {}
        wanted = tuple(("eq", f"Encounter/{visit}") for visit in encounter_ids)
        query = Query(
            "Provenance",
            (Clause("target", "reference", wanted),),
            sort=(Sort("_lastUpdated", descending=True),),
            count=200,
        )
        with self._database.reading() as conn:
            page = self._search(conn, who, query)
        found: dict[str, list[FileTrace]] = {}
        for match in page.matches:
            provenance = fhir_json.loads(match.body)
            for target in provenance.get("target", []):
                found.setdefault(target.get("reference", "").removeprefix("Encounter/"), []).extend(_traces(provenance))
        return {visit: tuple(found.get(visit, ())) for visit in encounter_ids}

    def visits_on(self, who: Principal, facility: str, day: str, count: int = 50, cursor: str = "") -> Section:
        """The visits of a facility (MA_CSKCB) that touch a day, stays that run on it too; newest first."""
        named = Clause("identifier", "token", (("eq", f"{FACILITY_CODE}|{facility}"),))
        with self._database.reading() as conn:
            found = self._search(conn, who, Query("Organization", (named,), count=1)).matches
            if not found:
                return Section(())
            there = (("eq", f"Organization/{fhir_json.loads(found[0].body)['id']}"),)
            clauses = (
                Clause("service-provider", "reference", there),
                Clause("date", "date", (("ge", day),)),
                Clause("date", "date", (("le", day),)),
            )
            query = Query("Encounter", clauses, (Sort("date", descending=True),), count=count, cursor=cursor)
            return as_section(self._search(conn, who, query))

    def banners(self, who: Principal, patient_ids: Sequence[str]) -> dict[str, PersonBanner]:
        """The banners of several persons, by id; whom `who` may not see is absent."""
        wanted = tuple(("eq", one) for one in dict.fromkeys(patient_ids))
        if not wanted:
            return {}
        with self._database.reading() as conn:
            page = self._search(conn, who, Query("Patient", (Clause("_id", "token", wanted),), count=len(wanted)))
        today = day_in_vietnam(self._clock())
        persons = [banner_of(fhir_json.loads(match.body), today) for match in page.matches]
        return {one.id: one for one in persons}

    def facilities(self, who: Principal, codes: Iterable[str] = ()) -> dict[str, str]:
        """MA_CSKCB -> name, of facilities the record knows by name (at most 1,000 a call), or of those asked for."""
        wanted = [f"{FACILITY_CODE}|{code}" for code in codes] or [f"{FACILITY_CODE}|"]
        clause = Clause("identifier", "token", tuple(("eq", value) for value in wanted))
        with self._database.reading() as conn:
            page = self._search(conn, who, Query("Organization", (clause,), count=1000))
        organizations = (fhir_json.loads(match.body) for match in page.matches)
        return {
            identifier["value"]: organization["name"]
            for organization in organizations
            for identifier in organization.get("identifier", [])
            if identifier.get("system") == FACILITY_CODE and organization.get("name")
        }

    def _section(
        self, conn: Connection, who: Principal, patient_id: str, name: str, count: int, cursor: str = ""
    ) -> Section:
        kind, person, day = SECTIONS[name]
        wall.name(conn, require(who, Interaction.SEARCH, kind))
        clause = Clause(person, "reference", tuple(("eq", f"Patient/{one}") for one in persons_of(conn, patient_id)))
        query = Query(kind, (clause,), (Sort(day, descending=True),), count=count, cursor=cursor)
        return as_section(self._search(conn, who, query))

    def _search(self, conn: Connection, who: Principal, query: Query) -> Page:
        return self._store.search(conn, who, require(who, Interaction.SEARCH, query.type), query)


def concerns(resource: Resource, patient_id: str) -> bool:
    """True when the resource is this person's: the Patient itself, or one that names it as whom it is about."""
    if resource.get("resourceType") == "Patient":
        return bool(resource.get("id") == patient_id)
    named = [resource.get(name, {}) for name in ("subject", "patient", "beneficiary")]
    named += [one.get("actor", {}) for one in resource.get("participant", []) if isinstance(one, dict)]
    return any(one.get("reference") == f"Patient/{patient_id}" for one in named)


def _same_test(code: Resource) -> Clause | Words | None:
    """What finds the results of one test; None for a test that has neither a code nor a word."""
    codings = [one for one in code.get("coding", []) if one.get("code")]
    if codings:
        tokens = (f"{one.get('system', '')}|{one['code']}" for one in codings)
        return Clause("code", "token", tuple(("eq", one) for one in tokens))
    text = str(code.get("text", ""))
    return Words("code", (text,)) if words(text) else None


def is_measure(resource: Resource) -> bool:
    """True for what was measured on the person (weight, blood group), which is no test that was ordered."""
    codes = {coding.get("code") for one in resource.get("category", []) for coding in one.get("coding", [])}
    table = source_of(resource).table
    return resource.get("resourceType") == "Observation" and ("vital-signs" in codes or table in ("XML1", "XML0"))


def as_section(page: Page) -> Section:
    """A page of a search as facts with their origin."""
    parse: Callable[[bytes], Resource] = fhir_json.loads
    resources = (parse(match.body) for match in page.matches)
    return Section(tuple(Fact(resource, source_of(resource)) for resource in resources), page.next)


def _traces(provenance: Resource) -> list[FileTrace]:
    recorded = provenance.get("recorded", "")
    identifiers = (entity.get("what", {}).get("identifier", {}) for entity in provenance.get("entity", []))
    return [FileTrace(identifier["value"], recorded) for identifier in identifiers if identifier.get("value")]
