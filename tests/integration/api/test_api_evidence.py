"""Nobody bound to a facility opens a record to themselves by writing that they may."""

from __future__ import annotations

import pytest

SID = "http://fhir.hl7.org.vn/core/sid/ma-cskcb"
SCAN = {"contentType": "application/pdf", "url": "urn:uuid:5d3f0c1e-5a0f-4b3a-9a39-0c7d4a6f0001"}


def visit(id, patient):
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "serviceProvider": {"identifier": {"system": SID, "value": "79001"}},
    }


def permission(**more):
    return {
        "resourceType": "Consent",
        "id": "c",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFA"}]}],
        "patient": {"reference": "Patient/lan"},
        "policyRule": {"coding": [{"code": "OPTIN"}]},
        "verification": [{"verified": True}],
        "provision": {"type": "permit", "securityLabel": [{"code": "HIV"}]},
        **more,
    }


def person(id, *links):
    named = [{"other": {"reference": f"Patient/{other}"}, "type": kind} for other, kind in links]
    return {"resourceType": "Patient", "id": id, "gender": "female", **({"link": named} if named else {})}


@pytest.fixture(autouse=True)
def record(admin):
    theirs = {
        "resourceType": "Condition",
        "id": "hiv",
        "meta": {"source": "urn:yteso:bhyt:79002:x"},
        "subject": {"reference": "Patient/lan"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20"}]},
    }
    for one in (person("lan"), person("mai"), visit("e1", "lan"), visit("e2", "mai"), theirs):
        assert admin("PUT", f"{one['resourceType']}/{one['id']}", one).status == 201


def test_a_doctor_records_a_consent_only_with_what_was_signed(doctor):
    assert doctor("GET", "Condition/hiv").status == 404
    refused = doctor("POST", "Consent", permission())
    assert (refused.status, refused.codes) == (422, ["API-0044"])
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": permission(), "request": {"method": "POST", "url": "Consent"}}],
    }
    assert doctor("POST", "", bundle).codes == ["API-0044"]
    assert doctor("GET", "Condition/hiv").status == 404
    for nothing in (
        {"sourceAttachment": {"title": "Giấy đồng ý"}},
        {"sourceReference": {"display": "Giấy đồng ý"}},
        {"sourceReference": {"reference": "Organization/79001"}},
    ):
        assert doctor("POST", "Consent", permission(**nothing)).codes == ["API-0044"]
    recorded = doctor("POST", "Consent", permission(sourceAttachment=SCAN))
    assert recorded.status == 201
    assert doctor("GET", "Condition/hiv").status == 200
    patch = [{"op": "remove", "path": "/sourceAttachment"}]
    answer = doctor("PATCH", f"Consent/{recorded.json['id']}", patch, Content_Type="application/json-patch+json")
    assert answer.codes == ["API-0044"]


@pytest.mark.parametrize("kind", ["replaces", "replaced-by"])
def test_a_doctor_makes_no_two_patients_one_person(doctor, admin, kind):
    refused = doctor("PUT", "Patient/lan", person("lan", ("mai", kind)))
    assert (refused.status, refused.codes) == (403, ["API-0045"])
    assert admin("PUT", "Patient/lan", person("lan", ("mai", kind))).status == 200
    assert doctor("PUT", "Patient/lan", {**person("lan", ("mai", kind)), "birthDate": "1990-01-01"}).status == 200
    assert doctor("PUT", "Patient/lan", person("lan")).codes == ["API-0045"]
    assert doctor("PUT", "Patient/mai", person("mai", ("lan", "seealso"))).status == 200


def test_a_doctor_writes_a_contact_but_not_that_somebody_represents_a_patient(doctor, admin):
    contact = {
        "resourceType": "RelatedPerson",
        "patient": {"reference": "Patient/lan"},
        "relationship": [{"coding": [{"code": "MTH"}]}],
        "name": [{"text": "Người nhà Mẫu"}],
    }
    made = doctor("POST", "RelatedPerson", contact)
    assert made.status == 201
    contact["id"] = made.json["id"]
    kin = f"RelatedPerson/{contact['id']}"
    by_law = {
        **contact,
        "identifier": [{"system": "urn:yteso:patient", "value": "mai"}],
        "extension": [{"url": "urn:yteso:representation-evidence", "valueString": "Giấy khai sinh Mẫu"}],
    }
    refused = doctor("PUT", kin, by_law)
    assert (refused.status, refused.codes) == (403, ["API-0051"])
    assert admin("PUT", kin, by_law).status == 200
    assert doctor("PUT", kin, {**by_law, "name": [{"text": "Khác Mẫu"}]}).status == 200
    assert doctor("PUT", kin, contact).codes == ["API-0051"]
