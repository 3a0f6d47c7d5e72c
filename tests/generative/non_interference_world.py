"""What of the record is knotted together, seen and hidden: for questions that follow a knot from one to the other.

`SEEN` stands in both databases: facts of ours about a patient in our care, which name what is hidden; where that is
not, without the names (ADR 50). `HIDDEN` stands in one: another facility's facts with a label about the same patient,
and another patient's whole record that points at ours. `UNREAD` stands in one: plain facts of ours whose types some
roles have no work with.
"""

from __future__ import annotations

from typing import Any

from tests.acceptance.matrix.world import OURS, THEIRS

HIV = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}
LABELLED = {"source": f"urn:yteso:bhyt:{THEIRS}:LK-hiv", "security": [HIV]}
ICD, LOINC = "http://hl7.org/fhir/sid/icd-10", "http://loinc.org"
LABORATORY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]
}
Resource = dict[str, Any]


def to(reference: str) -> Resource:
    return {"reference": reference}


def coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def about(kind: str, id: str, patient: str = "p-same", **more: Any) -> Resource:
    return {"resourceType": kind, "id": id, "subject": to(f"Patient/{patient}"), **more}


def result(id: str, code: str, patient: str = "p-same", **more: Any) -> Resource:
    return about("Observation", id, patient, status="final", code=coded(LOINC, code), category=[LABORATORY], **more)


def secret(kind: str, id: str, **more: Any) -> Resource:
    return about(kind, id, meta=LABELLED, **more)


def paper(id: str, **more: Any) -> Resource:
    told = {"status": "final", "type": {"text": "t"}, "author": [to("Practitioner/pr-1")], "title": "tx", **more}
    return about("Composition", id, **told)


def visit(id: str, facility: str, patient: str = "p-same", **more: Any) -> Resource:
    served = {"identifier": {"value": facility}}
    return about("Encounter", id, patient, **{"class": {"code": "IMP"}, "serviceProvider": served, **more})


def items(*references: str) -> list[Resource]:
    return [{"item": to(one)} for one in references]


def without_names(value: Any) -> Any:
    """The same without references to facts and visits of `HIDDEN`, without what stands for them or is left empty."""
    if isinstance(value, list):
        return [left for one in value if (left := without_names(one))]
    if not isinstance(value, dict):
        return value
    if any(isinstance(one, dict) and one.get("reference") in NAMES for one in (value, value.get("target"))):
        return {}
    return {name: left for name, one in value.items() if (left := without_names(one)) not in ({}, [])}


NAMES = frozenset(
    [
        "Observation/o-h1",
        "Observation/o-h2",
        "Condition/c-h1",
        "Encounter/e-h1",
        "EpisodeOfCare/ep-h",
        "DocumentReference/d-h",
    ]
)
SEEN = [
    {"resourceType": "Practitioner", "id": "pr-1", "name": [{"text": "Bác sĩ Mẫu"}]},
    {"resourceType": "Organization", "id": "or-1", "name": "Cơ sở Mẫu"},
    result(
        "o-v1",
        "111-1",
        valueQuantity={"value": 5},
        effectiveDateTime="2029-02-01",
        hasMember=[to("Observation/o-h1")],
        derivedFrom=[to("Observation/o-h2")],
    ),
    result("o-v2", "111-1", valueQuantity={"value": 7}, encounter=to("Encounter/e-same")),
    result(
        "o-v3",
        "111-1",
        valueQuantity={"value": 6},
        encounter={
            "reference": "Encounter/e-h1",
            "identifier": {"system": "http://x/visit", "value": "LK-hiv"},
            "display": "khoakin",
        },
    ),
    about(
        "DocumentReference",
        "d-v",
        status="current",
        content=[{"attachment": {"title": "t"}}],
        relatesTo=[{"code": "appends", "target": to("DocumentReference/d-h")}],
    ),
    about("List", "l-v", status="current", mode="working", entry=items("Observation/o-h1", "Observation/o-v1")),
    paper("cp-v", date="2029-01-01", section=[{"entry": [to("Observation/o-h1"), to("Observation/o-v1")]}]),
    about(
        "DiagnosticReport",
        "dr-v",
        status="final",
        code={"text": "x"},
        result=[to("Observation/o-h1"), to("Observation/o-v1")],
        encounter=to("Encounter/e-h1"),
    ),
    visit(
        "e-part",
        OURS,
        status="finished",
        partOf=to("Encounter/e-h1"),
        diagnosis=[{"condition": to("Condition/c-h1")}],
        episodeOfCare=[to("EpisodeOfCare/ep-h")],
    ),
    visit("e-in", OURS, status="finished", partOf=to("Encounter/e-same")),
    visit("e-in-x", OURS, status="finished", partOf=to("Encounter/e-x")),
    result("o-in-x", "111-1", encounter=to("Encounter/e-x")),
    {
        "resourceType": "Provenance",
        "id": "pv-v",
        "target": [to("Observation/o-v1"), to("Observation/o-h1")],
        "recorded": "2029-01-01T00:00:00Z",
        "agent": [{"who": to("Practitioner/pr-1")}],
    },
    {
        "resourceType": "ValueSet",
        "id": "vs",
        "url": "http://x/vs",
        "status": "active",
        "compose": {
            "include": [
                {"system": ICD, "concept": [{"code": "B20"}]},
                {"system": LOINC, "concept": [{"code": "56888-1"}]},
            ]
        },
    },
]

HIDDEN = [
    result(
        "o-h1",
        "56888-1",
        meta=LABELLED,
        valueQuantity={"value": 1},
        effectiveDateTime="2029-03-01",
        encounter=to("Encounter/e-h1"),
        performer=[to("Practitioner/pr-1")],
        hasMember=[to("Observation/o-v1")],
    ),
    result("o-h2", "56888-1", meta=LABELLED, derivedFrom=[to("Observation/o-v1")]),
    result("o-h3", "56888-1", meta=LABELLED),
    visit("e-h1", THEIRS, status="in-progress", meta=LABELLED, period={"start": "2029-03-01"}),
    {
        "resourceType": "EpisodeOfCare",
        "id": "ep-h",
        "meta": LABELLED,
        "status": "active",
        "patient": to("Patient/p-same"),
    },
    secret("Condition", "c-h1", encounter=to("Encounter/e-h1"), code=coded(ICD, "B20")),
    secret(
        "MedicationRequest",
        "m-h1",
        status="active",
        intent="order",
        encounter=to("Encounter/e-h1"),
        medicationCodeableConcept={"text": "arv"},
        reasonReference=[to("Condition/c-h1")],
    ),
    secret("DiagnosticReport", "dr-h", status="final", code={"text": "x"}, result=[to("Observation/o-v1")]),
    secret("List", "l-h", status="current", mode="working", entry=items("Observation/o-v1", "Observation/o-v2")),
    paper("cp-h", title="hx", date="2029-01-02", meta=LABELLED, section=[{"entry": [to("Observation/o-v1")]}]),
    secret("DocumentReference", "d-h", status="current", content=[{"attachment": {"title": "hiv"}}]),
    {
        "resourceType": "Patient",
        "id": "p-x",
        "name": [{"text": "Mẫu x"}],
        "birthDate": "1961-01-01",
        "gender": "other",
        "generalPractitioner": [to("Practitioner/pr-1")],
        "managingOrganization": to("Organization/or-1"),
        "link": [{"type": "seealso", "other": to("Patient/p-same")}],
        "identifier": [{"system": "http://fhir.hl7.org.vn/core/sid/cccd", "value": "079161000999"}],
    },
    visit("e-x", THEIRS, "p-x", status="finished", partOf=to("Encounter/e-same")),
    result(
        "o-x",
        "111-1",
        "p-x",
        valueQuantity={"value": 99},
        focus=[to("Patient/p-same")],
        performer=[to("Practitioner/pr-1"), to("Organization/or-1")],
        encounter=to("Encounter/e-x"),
        hasMember=[to("Observation/o-v1")],
    ),
    about("Condition", "c-x", "p-x", code=coded(ICD, "J00"), asserter=to("Practitioner/pr-1")),
    about("Communication", "cm-x", "p-x", status="completed", recipient=[to("Patient/p-same")]),
    {
        "resourceType": "Appointment",
        "id": "ap-x",
        "status": "booked",
        "participant": [
            {"actor": to("Patient/p-x"), "status": "accepted"},
            {"actor": to("Practitioner/pr-1"), "status": "accepted"},
        ],
    },
]

UNREAD = [
    result(
        "o-t1",
        "222-2",
        valueQuantity={"value": 3},
        encounter=to("Encounter/e-same"),
        performer=[to("Practitioner/pr-1")],
    ),
    about(
        "Condition",
        "c-t1",
        encounter=to("Encounter/e-same"),
        code=coded(ICD, "I10"),
        asserter=to("Practitioner/pr-1"),
    ),
    about("Communication", "cm-t1", status="completed", encounter=to("Encounter/e-same")),
]
