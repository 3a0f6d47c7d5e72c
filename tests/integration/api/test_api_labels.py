"""Labels set by our rules are told in `meta.security` to who sees the resource; what is stored stays as it was sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.integration.api.conftest import DOCTOR, INTEGRATOR, Client

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SECRECY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
OURS = [{"url": "urn:yteso:label-by-rule", "valueBoolean": True}]
HIV = [
    {"extension": OURS, "system": ACT, "code": "HIV"},
    {"extension": OURS, "system": SECRECY, "code": "R"},
]
SENT = {"system": SECRECY, "code": "V", "display": "very restricted"}
VISIT = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/kin"},
    "serviceProvider": {"reference": "Organization/79001", "identifier": {"value": "79001"}},
}


def condition(id, code, **more):
    return {
        "resourceType": "Condition",
        "id": id,
        **more,
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}]},
        "subject": {"reference": "Patient/kin"},
        "encounter": {"reference": "Encounter/e"},
    }


@pytest.fixture(autouse=True)
def record(api, admin, patient):
    """The facts are the doctor's facility's own, which is why the doctor sees them with their labels."""
    ours = Client(api, replace(INTEGRATOR, facility=DOCTOR.facility))
    admin("PUT", "Patient/kin", {**patient, "id": "kin"})
    admin("PUT", "Encounter/e", VISIT)
    for one in (condition("hiv", "B20"), condition("flu", "J11"), condition("own", "B20", meta={"security": [SENT]})):
        assert ours("PUT", f"Condition/{one['id']}", one).status == 201


def security(resource):
    return resource["meta"].get("security")


def test_every_way_to_read_a_labelled_resource_tells_its_labels(doctor):
    assert security(doctor("GET", "Condition/hiv").json) == HIV
    assert security(doctor("GET", "Condition/hiv/_history/1").json) == HIV
    assert security(doctor("GET", "Condition/flu").json) is None
    assert doctor("GET", "Condition/hiv/$meta").json["parameter"][0]["valueMeta"]["security"] == HIV
    for address in (
        "Condition?_id=hiv", "Condition?_id=hiv&_elements=code", "Condition?_id=hiv&_summary=true",
        "Condition?_id=hiv&_sort=code", "Condition/hiv/_history", "Patient/kin/$everything",
        "Encounter?_id=e&_revinclude=Condition:encounter", "Patient/kin/Condition",
    ):  # fmt: skip
        found = {entry["resource"]["id"]: entry["resource"] for entry in doctor("GET", address).json["entry"]}
        assert security(found["hiv"]) == HIV, address
        assert "flu" not in found or security(found["flu"]) is None, address
    assert b"urn:yteso:label-by-rule" in doctor("GET", "Condition/hiv?_format=xml").body


def test_what_the_sender_said_stays_first_and_is_not_said_twice(doctor):
    assert security(doctor("GET", "Condition/own").json) == [SENT, HIV[0]]


def test_what_is_stored_carries_no_label_of_ours(doctor, database):
    doctor("GET", "Condition/hiv")
    with database.connection() as conn:
        from yteso.store.postgres import PostgresStore

        (stored,) = PostgresStore().peek(conn, [("Condition", "hiv")]).values()
    assert security(json.loads(stored.body)) is None


@pytest.mark.parametrize("id", ["hiv", "own", "flu"])
def test_a_resource_that_is_read_and_written_back_makes_no_version(doctor, id):
    read = doctor("GET", f"Condition/{id}")
    back = doctor("PUT", f"Condition/{id}", read.json, If_Match=read.headers["ETag"])
    assert (back.status, back.json["meta"]["versionId"]) == (200, "1")
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": read.json, "request": {"method": "PUT", "url": f"Condition/{id}"}}],
    }
    assert doctor("POST", "", bundle).status == 200
    assert doctor("GET", f"Condition/{id}").body == read.body
    changed = {**read.json, "recordedDate": "2026-01-01"}
    assert doctor("PUT", f"Condition/{id}", changed).json["meta"]["versionId"] == "2"
    assert security(doctor("GET", f"Condition/{id}").json) == security(read.json)


def test_labels_go_with_the_code_that_made_them(doctor):
    read = doctor("GET", "Condition/hiv").json
    doctor("PUT", "Condition/hiv", {**read, "code": condition("x", "J11")["code"]})
    assert security(doctor("GET", "Condition/hiv").json) is None
    assert security(doctor("GET", "Condition/hiv/_history/1").json) == HIV


def test_who_may_not_see_the_resource_learns_of_no_label(staff):
    hidden, absent = staff("GET", "Condition/hiv"), staff("GET", "Condition/never")
    assert (hidden.status, hidden.body) == (absent.status, absent.body)
    assert b"HIV" not in staff("GET", "Condition?patient=Patient/kin").body
