"""The people of the matrix: one patient per target, each with the same few resources, and one principal per role."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.search.keys import number, patient_key
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
    "closed": OURS,
    "opened": THEIRS,
    "glass": THEIRS,
    "permitted": OURS,
    "abused": THEIRS,
    "ward": THEIRS,
    "own-twin": THEIRS,
}
"""`own` is the citizen, `own-twin` the same person again; `minor`, `grown`, `abused` are their children, `ward` whom
they represent; `labelled-other`, `permitted`: the sensitive facts are of `THEIRS`, and the second one's person permits
them to us; `closed`: the person refuses us everything; `opened`: refused too, then opened to us by a code for a visit;
`glass`: broken by our doctor."""

BORN = {"minor": "2020-01-01", "abused": "2020-01-01", "grown": "2000-01-01"}
_HIV = ("own", "own-twin", "labelled", "labelled-other", "glass", "permitted")
CODES = {"notifiable": "A90", "abused": "T74", **dict.fromkeys(_HIV, "B20")}
NOT_OURS = frozenset(["labelled-other", "permitted"])
_DEPARTMENT = frozenset(
    [
        *(Role.ADMINISTRATOR, Role.OPERATOR, Role.SURVEILLANCE, Role.INSPECTOR, Role.ANALYST, Role.DATA_OFFICER),
        *(Role.SYSTEM, Role.INTEGRATOR, Role.CITIZEN),
    ]
)
"""Who works at no facility."""
ICD = "http://fhir.hl7.org.vn/core/CodeSystem/vn-icd10-cs"


def who(role: Role) -> Principal:
    """The principal of a role, at our facility if it is one of a facility; the citizen is the patient `own`."""
    facility = "" if role in _DEPARTMENT else OURS
    return Principal(f"nguoi-{role}", role, facility, person="p-own" if role is Role.CITIZEN else "")


def id_of(kind: str, target: str) -> str:
    return f"{kind[0].lower()}-{target}"


def resources(target: str) -> list[dict[str, Any]]:
    facility = THEIRS if target in NOT_OURS else TARGETS[target]
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
    for one, other, kind in (("own", "own-twin", "replaces"), ("own-twin", "own", "replaced-by")):
        if target == one:
            patient["link"] = [{"other": {"reference": f"Patient/p-{other}"}, "type": kind}]
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


def representative(target: str, code: str, **more: Any) -> dict[str, Any]:
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


def _said(target: str, kind: str, **provision: Any) -> dict[str, Any]:
    """What a person said of us: `deny` or `permit`."""
    system = "http://fhir.hl7.org.vn/core/sid/ma-cskcb"
    us = {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"identifier": {"system": system, "value": OURS}}}
    return {
        "resourceType": "Consent",
        "id": f"k-{target}",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFAO"}]}],
        "patient": {"reference": f"Patient/p-{target}"},
        "verification": [{"verified": True}],
        "provision": {"type": kind, "actor": [us], **provision},
    }


def consents() -> list[dict[str, Any]]:
    labels = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}]
    return [_said("closed", "deny"), _said("opened", "deny"), _said("permitted", "permit", securityLabel=labels)]


def _openings(conn: Any) -> None:
    """By a code for a visit, for everybody at ours; by broken glass, for our doctor; `other` was open once."""
    opening = (
        "INSERT INTO store.opening (kind, pat, patient, facility, account, opened_by, reason, words, until)"
        " VALUES (%s, %s, %s, %s, %s, 'x', 'ETREAT', repeat('x', 20), now() + %s * interval '1 hour')"
    )
    for kind, target, account, hours in (
        ("v", "opened", "", 1),
        ("g", "glass", who(Role.DOCTOR).name, 1),
        ("v", "other", "", -1),
    ):
        patient = id_of("Patient", target)
        conn.execute(opening, [kind, number(patient_key(patient)), patient, OURS, account, hours])


def relations() -> list[dict[str, Any]]:
    """Why somebody may see, beside visits; some of them are over, some have not begun."""
    past = {"start": "2020-01-01", "end": "2021-01-01"}
    future = {"start": "2099-01-01", "end": "2100-01-01"}
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
        _referral("referral-ended", id="s-referral-later", occurrencePeriod=future),
        booked,
        representative("minor", "PRN"),
        representative("grown", "PRN"),
        representative("abused", "PRN"),
        representative("ward", "HPOWATT", period={"start": "2020-01-01", "end": "2100-01-01"}),
        representative("ward-ended", "HPOWATT", period=past),
        representative("ward-ended", "HPOWATT", id="r-ward-later", period=future),
    ]


def build(database: Any, **more: Any) -> Api:
    """The door to this world; `more` is for the door."""
    store = PostgresStore()
    system = Principal("matrix", Role.SYSTEM)
    with database.connection() as conn:
        store.write(conn, system, [Put(one) for target in TARGETS for one in resources(target)])
        store.write(conn, system, [Put(one) for one in [*relations(), *consents()]])
        _openings(conn)
        store.write(conn, system, [Remove(kind, id_of(kind, "deleted")) for kind in TYPES if kind != "Encounter"])
        order = "INSERT INTO store.inspection VALUES (0, %s, %s, %s, %s, %s)"
        inspector = who(Role.INSPECTOR).name
        conn.execute(order, ["QD-1", inspector, OURS, "2020-01-01", "2100-01-01"])
        conn.execute(order, ["QD-0", inspector, THEIRS, "2020-01-01", "2021-01-01"])
        conn.execute(order, ["QD-2", inspector, THEIRS, "2099-01-01", "2100-01-01"])
    return Api(database, store, **more)


def bury(database: Any, kind: str, id: str) -> None:
    """Delete a resource, as the platform itself."""
    with database.connection() as conn:
        PostgresStore().write(conn, Principal("matrix", Role.SYSTEM), [Remove(kind, id)])


def ask(api: Api, principal: Principal | None, method: str, url: str, body: Any = None) -> tuple[int, Any]:
    """(status, parsed answer)."""
    path, _, query = url.partition("?")
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/fhir+json"
    request = Request(method, f"/{path}", query, {"content-type": kind}, BytesIO(data), "http://test/fhir")
    response = api.handle(request, principal)
    raw = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    return response.status, json.loads(raw) if raw[:1] == b"{" else None
