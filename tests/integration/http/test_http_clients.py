"""Two public clients of FHIR work against the real server: create, read, search, page, include, update, delete."""

from __future__ import annotations

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import ResourceNotFound

SYSTEM = "urn:yteso:test"


def observation(patient, value):
    return {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": patient},
        "valueQuantity": {"value": value, "unit": "/min"},
    }


@pytest.fixture
def py(served):
    return SyncFHIRClient(served.base, authorization=f"Bearer {served.token()}")


def test_fhirpy_writes_finds_and_pages(py):
    patient = py.resource("Patient", identifier=[{"system": SYSTEM, "value": "1"}], name=[{"text": "Thử"}])
    patient.save()
    for value in range(25):
        py.resource("Observation", **observation(f"Patient/{patient.id}", value)).save()
    found = py.resources("Observation").search(patient=patient.id).limit(10)
    assert (len(found.fetch()), len(found.fetch_all())) == (10, 25)
    with_patient = py.resources("Observation").search(patient=patient.id).include("Observation", "subject").fetch_raw()
    assert {entry["resource"]["resourceType"] for entry in with_patient["entry"]} == {"Observation", "Patient"}
    assert py.resources("Patient").search(identifier=f"{SYSTEM}|1").get().id == patient.id
    patient["gender"] = "female"
    patient.save()
    assert py.reference("Patient", patient.id).to_resource().get("gender") == "female"
    assert py.resource("Patient", id=patient.id).execute("$everything", method="get")["total"] == 26
    first = py.resources("Observation").search(patient=patient.id).first()
    first.delete()
    with pytest.raises(ResourceNotFound):
        py.reference("Observation", first.id).to_resource()


def test_fhirpy_creates_once_under_a_condition_and_patches(py):
    told = {"identifier": [{"system": SYSTEM, "value": "2"}]}
    ids = {py.resources("Patient").search(identifier=f"{SYSTEM}|2").get_or_create(
        py.resource("Patient", **told))[0].id for _ in range(2)}  # fmt: skip
    assert len(ids) == 1
    changed, created = (
        py.resources("Patient").search(identifier=f"{SYSTEM}|2").update(py.resource("Patient", **told, gender="male"))
    )
    assert (changed.id, changed.get("gender"), created) == (ids.pop(), "male", False)


def test_fhirpy_sends_a_transaction(py):
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    patient = {"resourceType": "Patient", "name": [{"text": "Thử"}]}
    entries = [
        {"fullUrl": urn, "resource": patient, "request": {"method": "POST", "url": "Patient"}},
        {
            "resource": {"resourceType": "Observation", **observation(urn, 1)},
            "request": {"method": "POST", "url": "Observation"},
        },
    ]
    py.resource("Bundle", type="transaction", entry=entries).save()
    (made,) = py.resources("Observation").fetch()
    assert made.subject.to_resource()["name"] == patient["name"]


def test_fhirclient_writes_reads_and_searches(served):
    client = FHIRClient(settings={"app_id": "test", "api_base": served.base})
    client.server.session.headers["Authorization"] = f"Bearer {served.token()}"
    patient = Patient({"resourceType": "Patient", "name": [{"text": "Mẫu"}], "birthDate": "1999-03-02"})
    patient.id = patient.create(client.server)["id"]
    read = Patient.read(patient.id, client.server)
    assert read.birthDate.isostring == "1999-03-02"
    read.gender = "male"
    read.update(client.server)
    assert Patient.read(patient.id, client.server).gender == "male"
    for value in range(3):
        Observation({"resourceType": "Observation", **observation(f"Patient/{patient.id}", value)}).create(
            client.server
        )
    pages = Observation.where({"patient": patient.id, "_count": "2"}).perform_resources_iter(client.server)
    assert sorted(one.valueQuantity.value for one in pages) == [0, 1, 2]
    bundles = Observation.where({"patient": patient.id}).include("subject", Observation).perform_iter(client.server)
    found = {entry.resource.resource_type for bundle in bundles for entry in bundle.entry}
    assert found == {"Observation", "Patient"}
    deleting = {"request": {"method": "DELETE", "url": f"Patient/{patient.id}"}}
    sent = Bundle({"resourceType": "Bundle", "type": "transaction", "entry": [deleting]})
    answer = client.server.post_json("", sent.as_json()).json()
    assert answer["entry"][0]["response"]["status"].startswith("204")
    assert list(Patient.where({"_id": patient.id}).perform_resources_iter(client.server)) == []
