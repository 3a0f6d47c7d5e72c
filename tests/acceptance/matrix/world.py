"""The people of the matrix: one patient per target, each with the same few resources, and one principal per role."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

OURS, THEIRS = "79001", "79002"
TYPES = ("Patient", "Encounter", "Condition", "Observation", "MedicationRequest", "ChargeItem", "DocumentReference")
TARGETS = {
    # target -> facility of the visit
    "own": THEIRS,
    "same": OURS,
    "other": THEIRS,
    "labelled": OURS,
    "labelled-other": OURS,
    "minor": THEIRS,
    "grown": THEIRS,
    "ward-ended": THEIRS,
    "deceased": OURS,
    "merged": OURS,
    "deleted": OURS,
    "referred": THEIRS,
    "referral-ended": THEIRS,
    "booked": THEIRS,
    "family": THEIRS,
    "notifiable": THEIRS,
}
"""`own` is the citizen; `minor`, `grown` are their children; `labelled-other`: the sensitive facts are of `THEIRS`."""

BORN = {"minor": "2020-01-01", "grown": "2000-01-01"}
CODES = {"labelled": "B20", "labelled-other": "B20", "notifiable": "A90"}
ICD = "http://fhir.hl7.org.vn/core/CodeSystem/vn-icd10-cs"


def who(role: Role) -> Principal:
    """The principal of a role, at our facility; the citizen is the patient `own`."""
    return Principal(f"nguoi-{role}", role, OURS, person="p-own" if role is Role.CITIZEN else "")


def id_of(kind: str, target: str) -> str:
    return f"{kind[0].lower()}-{target}"


def resources(target: str) -> list[dict[str, Any]]:
    facility = THEIRS if target == "labelled-other" else TARGETS[target]
    subject = {"reference": f"Patient/p-{target}"}
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": CODES.get(target, "J00")}]}
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "name": [{"text": f"Mẫu {target}"}],
        "birthDate": BORN.get(target, "1970-01-01"),
    }
    if target == "deceased":
        patient["deceasedDateTime"] = "2026-01-01"
    if target == "merged":
        patient |= {"active": False, "link": [{"other": {"reference": "Patient/p-same"}, "type": "replaced-by"}]}
    if target == "family":
        patient["generalPractitioner"] = [{"identifier": {"value": OURS}}]
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": subject,
        "serviceProvider": {"identifier": {"value": TARGETS[target]}},
    }
    others = [
        {"resourceType": "Condition", "subject": subject, "code": code},
        {"resourceType": "Observation", "status": "final", "subject": subject, "code": {"text": "x"}},
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "subject": subject,
            "medicationCodeableConcept": {"text": "x"},
        },
        {"resourceType": "ChargeItem", "status": "billable", "subject": subject, "code": {"text": "x"}},
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": subject,
            "content": [{"attachment": {"title": "x"}}],
        },
    ]
    source = {"meta": {"source": f"urn:yteso:bhyt:{facility}:LK-{target}"}}
    found = [patient, encounter, *({**one, **source} for one in others)]
    return [{**one, "id": id_of(str(one["resourceType"]), target)} for one in found]


def _referral(target: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": f"s-{target}",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/p-{target}"},
        "performer": [{"identifier": {"value": OURS}}],
        **more,
    }


def _representative(target: str, code: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "RelatedPerson",
        "id": f"r-{target}",
        "active": True,
        "patient": {"reference": f"Patient/p-{target}"},
        "identifier": [{"system": "urn:yteso:patient", "value": "p-own"}],
        "relationship": [{"coding": [{"code": code}]}],
        "extension": [{"url": "urn:yteso:representation-evidence", "valueString": "Giấy mẫu"}],
        **more,
    }


def relations() -> list[dict[str, Any]]:
    """Why somebody may see, beside visits; three of them are over."""
    past = {"start": "2020-01-01", "end": "2021-01-01"}
    booked = {
        "resourceType": "Appointment",
        "id": "a-booked",
        "status": "booked",
        "participant": [
            {"actor": {"reference": "Patient/p-booked"}, "status": "accepted"},
            {"actor": {"reference": "Location/l-ours"}, "status": "accepted"},
        ],
    }
    return [
        {"resourceType": "Organization", "id": "g-ours", "name": "Ta", "identifier": [{"value": OURS}]},
        {"resourceType": "Location", "id": "l-ours", "managingOrganization": {"reference": "Organization/g-ours"}},
        _referral("referred"),
        _referral("referral-ended", occurrencePeriod=past),
        booked,
        _representative("minor", "PRN"),
        _representative("grown", "PRN"),
        _representative("ward-ended", "GUARD", period=past),
    ]


def build(database: Any) -> Api:
    store = PostgresStore()
    system = Principal("matrix", Role.SYSTEM)
    with database.connection() as conn:
        store.write(conn, system, [Put(one) for target in TARGETS for one in resources(target)])
        store.write(conn, system, [Put(one) for one in relations()])
        store.write(conn, system, [Remove(kind, id_of(kind, "deleted")) for kind in TYPES if kind != "Encounter"])
        order = "INSERT INTO store.inspection VALUES (0, %s, %s, %s, %s, %s)"
        inspector = who(Role.INSPECTOR).name
        conn.execute(order, ["QD-1", inspector, OURS, "2020-01-01", "2100-01-01"])
        conn.execute(order, ["QD-0", inspector, THEIRS, "2020-01-01", "2021-01-01"])
    return Api(database, store)


def ask(api: Api, principal: Principal | None, method: str, url: str, body: Any = None) -> tuple[int, Any]:
    """(status, parsed answer)."""
    path, _, query = url.partition("?")
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/fhir+json"
    request = Request(method, f"/{path}", query, {"content-type": kind}, BytesIO(data), "http://test/fhir")
    response = api.handle(request, principal)
    raw = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    return response.status, json.loads(raw) if raw[:1] == b"{" else None
