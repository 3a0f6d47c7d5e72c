"""One visit -> its FHIR R4 resources, the claim who the person is, and the facility-level resources it names. Pure.

`map_visit` knows the person only by the facility's own code; `link` puts in the person the identity room chose.
The same visit gives the same resources whatever the order of elements, tables or rows in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from yteso.base.ids import stable_id
from yteso.base.issue import Issue
from yteso.exchange.adapters.bhyt.legacy import LEGACY
from yteso.exchange.adapters.bhyt.map import systems
from yteso.exchange.adapters.bhyt.map.context import Context, first, keyed
from yteso.exchange.adapters.bhyt.map.elements import Json, coding
from yteso.exchange.adapters.bhyt.map.map_arrival import first_orders
from yteso.exchange.adapters.bhyt.map.map_claim import claim_for
from yteso.exchange.adapters.bhyt.map.map_course import course_notes, discharge_paper, record_summary, visit_note
from yteso.exchange.adapters.bhyt.map.map_lab import Results, all_reports
from yteso.exchange.adapters.bhyt.map.map_medicine import medicines_of
from yteso.exchange.adapters.bhyt.map.map_papers import paper_of, referral_of, revisit_of
from yteso.exchange.adapters.bhyt.map.map_patient import claim_of, coverages, patient_of, related_persons
from yteso.exchange.adapters.bhyt.map.map_service import bed_stays, procedures_of_summary, service_of
from yteso.exchange.adapters.bhyt.map.map_visit import (
    INPATIENT,
    conditions_of,
    encounter_of,
    measures_of,
    revisits_of,
)
from yteso.exchange.adapters.bhyt.read import Visit
from yteso.identity.claim import PersonClaim

DIRECTORY = frozenset({"Organization", "Practitioner", "Location"})
"""Types of the facility-level resources: written when absent, never overwritten by a visit."""

_PERSON_FIELDS = ("subject", "patient", "beneficiary")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one visit became.

    `patient` carries a provisional id; `resources` are the visit's own (they refer to that id), `directory` the
    facility-level ones. `arrival` is True when only the check-in (XML0) is known: such a visit must not overwrite one
    that already has its summary. `issues` are findings of the mapping.
    """

    facility: str
    ma_lk: str
    patient: Json
    claim: PersonClaim
    resources: list[Json]
    directory: list[Json]
    arrival: bool
    issues: tuple[Issue, ...] = ()

    @property
    def encounter_id(self) -> str:
        """The id of the visit's Encounter."""
        return stable_id(self.facility, self.ma_lk, "XML1", "1", "encounter", near=f"{self.facility}/{self.ma_lk}")


def provisional_patient_id(facility: str, local_code: str, ma_lk: str) -> str:
    """The id of a person known only by a facility's own code (by the visit where there is none)."""
    if local_code:
        return stable_id(facility, "patient", local_code)
    return stable_id(facility, "patient", "visit", ma_lk)


def map_visit(visit: Visit) -> Mapped:
    """Map a visit that was read without blocking issues. ValueError when it has neither XML1 nor XML0."""
    row = first(visit.tables, "XML1") or first(visit.tables, "XML0")
    if row is None:
        raise ValueError("a visit without XML1 and XML0 has no person")
    patient_id = provisional_patient_id(visit.facility, row["MA_BN"], visit.ma_lk)
    context = Context(visit.facility, visit.ma_lk, patient_id, row["MA_LOAI_KCB"] in INPATIENT)
    patient = patient_of(row, visit.tables, context, patient_id)
    context.organization(visit.facility)
    arrival = row.origin.table == "XML0"
    resources = list(_arrival(visit, context) if arrival else _whole(visit, context))
    return Mapped(
        facility=visit.facility,
        ma_lk=visit.ma_lk,
        patient=patient,
        claim=claim_of(row, visit.facility),
        resources=resources,
        directory=list(context.directory.values()),
        arrival=arrival,
    )


def _arrival(visit: Visit, context: Context) -> Iterator[Json]:
    rows = visit.tables["XML0"]
    yield encounter_of(rows[0], context, [], legacy=False)
    yield from coverages(rows[0], context)
    yield from first_orders(rows, context)


def _whole(visit: Visit, context: Context) -> Iterator[Json]:
    tables = visit.tables
    summary = tables["XML1"][0]
    medicines, services = keyed(tables.get("XML2", ())), keyed(tables.get("XML3", ()))
    conditions, insured = conditions_of(summary, context), coverages(summary, context)
    encounter = encounter_of(summary, context, conditions, legacy=visit.layer == LEGACY)
    if beds := list(bed_stays(services, context)):
        encounter["location"] = [*encounter.get("location", ()), *beds]
    results = Results(keyed(tables.get("XML4", ())), services, context)
    yield encounter
    yield from conditions
    yield from insured
    yield from measures_of(summary, context)
    yield from medicines_of(tables.get("XML2", ()), context)
    for key, row in services:
        yield from service_of(row, key, context, results.by_service.get(key))
    yield from results.observations
    yield from all_reports(results)
    yield from procedures_of_summary(summary, services, context)
    yield from _documents(visit, context)
    yield from related_persons(tables, context)
    yield claim_for(summary, medicines, services, insured, conditions, context)


def _documents(visit: Visit, context: Context) -> Iterator[Json]:
    tables = visit.tables
    summary = tables["XML1"][0]
    if note := visit_note(summary, context):
        yield note
    yield from course_notes(tables.get("XML5", ()), context)
    if discharge := first(tables, "XML7"):
        yield discharge_paper(discharge, context)
        yield paper_of("XML7", discharge["SO_LUU_TRU"], discharge["NGAY_CT"], discharge, context)
    if record := first(tables, "XML8"):
        yield record_summary(record, context)
    if referral := first(tables, "XML13"):
        yield from referral_of(referral, summary["NGAY_RA"], context)
    written: frozenset[str] = frozenset()
    if again := first(tables, "XML14"):
        found = list(revisit_of(again, context))
        written = frozenset(day["start"] for day in found[0].get("requestedPeriod", ()))
        yield from found
    yield from revisits_of(summary, context, written)


def link(mapped: Mapped, patient_id: str) -> list[Json]:
    """The final resources for the person the identity room chose: directory, Patient, the visit's own."""
    return [*mapped.directory, {**mapped.patient, "id": patient_id}, *own_resources(mapped, patient_id)]


def own_resources(mapped: Mapped, patient_id: str) -> list[Json]:
    """The visit's own resources, about that person. Nothing of `mapped` is changed; what can be is shared with it."""
    if patient_id == mapped.patient["id"]:
        return mapped.resources
    old, new = f"Patient/{mapped.patient['id']}", {"reference": f"Patient/{patient_id}"}
    return [_relinked(resource, old, new) for resource in mapped.resources]


def own_texts(mapped: Mapped, texts: Sequence[bytes], patient_id: str) -> Sequence[bytes]:
    """The JSON of `own_resources` from that of `mapped.resources`: encoding once serves the digest and the store.

    The provisional id is a hash of the facility's key for the person, and stands nowhere but in references.
    """
    if patient_id == mapped.patient["id"]:
        return texts
    old, new = f'"Patient/{mapped.patient["id"]}"'.encode(), f'"Patient/{patient_id}"'.encode()
    return [text.replace(old, new) for text in texts]


def _relinked(resource: Json, old: str, new: Json) -> Json:
    changed: Json = {
        field: new
        for field in _PERSON_FIELDS
        if isinstance(resource.get(field), dict) and resource[field].get("reference") == old
    }
    if resource["resourceType"] == "Coverage":
        changed["payor"] = [new if payor.get("reference") == old else payor for payor in resource["payor"]]
    if resource["resourceType"] == "Appointment":
        changed["participant"] = [
            {**one, "actor": new} if one["actor"].get("reference") == old else one for one in resource["participant"]
        ]
    return {**resource, **changed}


def provenance(mapped: Mapped, patient_id: str, file_id: str, sha256: str, received: datetime) -> Json:
    """Where this visit came from: its facility, the intake file and its hash. One per visit and file.

    It names the person too, so that it lies in that person's compartment and is seen by whoever may see the visit.
    """
    facility = {"reference": f"Organization/{stable_id('organization', mapped.facility)}"}
    near = f"{mapped.facility}/{mapped.ma_lk}"
    return {
        "resourceType": "Provenance",
        "id": stable_id(mapped.facility, mapped.ma_lk, "provenance", sha256, near=near),
        "target": [{"reference": f"Encounter/{mapped.encounter_id}"}, {"reference": f"Patient/{patient_id}"}],
        "recorded": received.isoformat(timespec="milliseconds"),
        "activity": {"text": "Chuyển hồ sơ BHYT thành FHIR"},
        "agent": [{"type": {"coding": [coding(systems.PROVENANCE_AGENT, "author")]}, "who": facility}],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": {"system": systems.INTAKE_FILE, "value": file_id},
                    "display": f"sha256:{sha256}",
                },
            }
        ],
    }
