"""PATCH over a real store: both kinds, alone and in bundles, with versions, rights and criteria."""

from __future__ import annotations

import base64
import json
import threading

import pytest

JSON_PATCH = "application/json-patch+json"


def json_patch(*operations):
    return json.dumps(list(operations)).encode()


def fhirpath_patch(type, path, **value):
    parts = [{"name": "type", "valueCode": type}, {"name": "path", "valueString": path}, {"name": "value", **value}]
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}


def binary(*operations):
    data = base64.b64encode(json_patch(*operations)).decode()
    return {"resourceType": "Binary", "contentType": JSON_PATCH, "data": data}


@pytest.fixture
def stored(admin, patient):
    return admin("PUT", "Patient/p", {**patient, "id": "p"}).json


MALE = {"op": "replace", "path": "/gender", "value": "male"}


def test_both_kinds_make_a_version_and_the_same_content_none(admin, stored):
    first = admin("PATCH", "Patient/p", json_patch(MALE), Content_Type=JSON_PATCH)
    assert (first.status, first.headers["ETag"], first.json["gender"]) == (200, 'W/"2"', "male")
    second = admin("PATCH", "Patient/p", fhirpath_patch("replace", "Patient.gender", valueCode="other"))
    assert (second.status, second.headers["ETag"], second.json["gender"]) == (200, 'W/"3"', "other")
    again = admin("PATCH", "Patient/p", fhirpath_patch("replace", "Patient.gender", valueCode="other"))
    assert (again.status, again.headers["ETag"]) == (200, 'W/"3"')
    assert admin("PATCH", "Patient/p", json_patch(MALE), Content_Type=JSON_PATCH, Prefer="return=minimal").body == b""
    assert admin("GET", "Patient?gender=male").ids == ["p"]


def test_decimals_keep_their_digits(admin, stored):
    body = (
        b'{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}'
    )
    admin("PUT", "Observation/o", body)
    change = b'[{"op":"add","path":"/referenceRange","value":[{"low":{"value":0.10}}]}]'
    answer = admin("PATCH", "Observation/o", change, Content_Type=JSON_PATCH)
    assert b'"value":1.50' in answer.body
    assert b'"value":0.10' in answer.body


@pytest.mark.parametrize(
    ("operations", "status", "code"),
    [
        ([{"op": "replace", "path": "/gender", "value": 7}], 400, "FHIR-20"),
        ([{"op": "add", "path": "/never", "value": 7}], 400, "FHIR-20"),
        ([{"op": "remove", "path": "/identifier/0"}], 400, "FHIR-20"),
        ([{"op": "replace", "path": "/id", "value": "other"}], 400, "API-0016"),
        ([{"op": "replace", "path": "/resourceType", "value": "Person"}], 400, "API-0016"),
        ([{"op": "replace", "path": "", "value": 5}], 400, "API-0016"),
        ([{"op": "test", "path": "/gender", "value": "male"}], 422, "API-1015"),
        ([{"op": "add", "path": "/name/0/given/-", "value": "a" * 5, "from": 3}], 200, ""),
    ],
)
def test_the_result_must_be_a_sound_resource_with_its_own_id(admin, stored, operations, status, code):
    answer = admin("PATCH", "Patient/p", json_patch(*operations), Content_Type=JSON_PATCH)
    assert answer.status == status
    if code:
        assert answer.codes[0].startswith(code)
        assert admin("GET", "Patient/p").headers["ETag"] == 'W/"1"'


def test_what_is_no_patch_is_refused(admin, stored):
    for body in (stored, {"gender": "male"}, []):
        assert admin("PATCH", "Patient/p", body).codes == ["API-1010"]
    assert admin("PATCH", "Patient/p", b"<x/>", Content_Type="application/xml-patch+xml").status == 415
    assert admin("PATCH", "Patient/p", b"[", Content_Type=JSON_PATCH).codes == ["FHIR-0002"]
    assert admin("PATCH", "Patient/p", b"", Content_Type=JSON_PATCH).status == 400
    assert admin("PATCH", "Patient/never", json_patch(MALE), Content_Type=JSON_PATCH).status == 404
    admin("DELETE", "Patient/p")
    assert admin("PATCH", "Patient/p", json_patch(MALE), Content_Type=JSON_PATCH).status == 410


def test_if_match_guards_and_without_it_no_patch_is_lost(admin, stored):
    refused = admin("PATCH", "Patient/p", json_patch(MALE), Content_Type=JSON_PATCH, If_Match='W/"9"')
    assert (refused.status, refused.codes) == (412, ["API-0006"])
    statuses = []

    def add(n):
        change = json_patch({"op": "add", "path": "/name/0/given/-", "value": f"Thử{n}"})
        statuses.append(admin("PATCH", "Patient/p", change, Content_Type=JSON_PATCH).status)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert set(admin("GET", "Patient/p").json["name"][0]["given"]) == {"Thử", *(f"Thử{n}" for n in range(8))}


def test_criteria_find_the_one_to_patch(admin, stored, patient):
    by = f"Patient?identifier={patient['identifier'][0]['value']}"
    assert admin("PATCH", by, json_patch(MALE), Content_Type=JSON_PATCH).json["gender"] == "male"
    assert admin("PATCH", "Patient?identifier=never", json_patch(MALE), Content_Type=JSON_PATCH).status == 404
    assert admin("PATCH", "Patient?never=1", json_patch(MALE), Content_Type=JSON_PATCH).codes[0] == "API-0026"
    admin("POST", "Patient", patient)
    refused = admin("PATCH", by, json_patch(MALE), Content_Type=JSON_PATCH)
    assert (refused.status, refused.codes) == (412, ["API-0024"])


def test_patches_work_in_bundles_and_undo_with_them(admin, stored):
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    link = {"op": "add", "path": "/managingOrganization", "value": {"reference": urn}}
    entries = [
        {"request": {"method": "PATCH", "url": "Patient/p"}, "resource": binary(MALE, link)},
        {"request": {"method": "POST", "url": "Organization"}, "fullUrl": urn, "resource": {
            "resourceType": "Organization", "name": "Mẫu"}},
    ]  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = admin("POST", "", bundle)
    assert [e["response"]["status"] for e in answer.json["entry"]] == ["200 OK", "201 Created"]
    made = answer.json["entry"][1]["response"]["location"].partition("/_history")[0]
    now = admin("GET", "Patient/p").json
    assert (now["gender"], now["managingOrganization"]["reference"]) == ("male", made)
    by = {"request": {"method": "PATCH", "url": "Patient?gender=male"}, "resource": fhirpath_patch(
        "replace", "Patient.gender", valueCode="female")}  # fmt: skip
    bad = {"request": {"method": "PATCH", "url": "Patient/p"}, "resource": binary({"op": "remove", "path": "/never"})}
    assert (
        admin("POST", "", {**bundle, "type": "batch", "entry": [by, bad]})
        .json["entry"][1]["response"]["status"]
        .startswith("422")
    )
    assert admin("GET", "Patient/p").json["gender"] == "female"
    refused = admin("POST", "", {**bundle, "entry": [entries[1], bad]})
    assert (refused.status, refused.codes) == (422, ["API-1014"])
    assert refused.json["issue"][0]["expression"] == ["Bundle.entry[1].resource"]
    assert admin("GET", "Organization?_summary=count").json["total"] == 1


def test_a_patch_gives_no_more_rights_than_an_update(admin, doctor, staff, stored):
    hidden, absent = (
        doctor("PATCH", f"Patient/{one}", json_patch(MALE), Content_Type=JSON_PATCH) for one in ("p", "never")
    )
    assert (hidden.status, hidden.body) == (absent.status, absent.body) == (404, absent.body)
    assert staff("PATCH", "Patient/p", json_patch(MALE), Content_Type=JSON_PATCH).codes == ["AUTH-0102"]
    visit = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"}, "subject": {
        "reference": "Patient/p"}, "serviceProvider": {"identifier": {"value": "79001"}}}  # fmt: skip
    admin("PUT", "Encounter/e", visit)
    assert doctor("PATCH", "Patient/p", json_patch(MALE), Content_Type=JSON_PATCH).status == 200
    away = json_patch({"op": "replace", "path": "/subject/reference", "value": "Patient/other"})
    admin("PUT", "Patient/other", {"resourceType": "Patient", "id": "other"})
    assert doctor("PATCH", "Encounter/e", away, Content_Type=JSON_PATCH).status == 403
    theirs = json_patch({"op": "replace", "path": "/serviceProvider/identifier/value", "value": "79002"})
    assert doctor("PATCH", "Encounter/e", theirs, Content_Type=JSON_PATCH).codes == ["API-0043"]


def test_a_fhirpath_patch_may_be_xml(admin, stored):
    patch = """<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>
      <part><name value="type"/><valueCode value="replace"/></part>
      <part><name value="path"/><valueString value="Patient.gender"/></part>
      <part><name value="value"/><valueCode value="other"/></part></parameter></Parameters>"""
    answer = admin("PATCH", "Patient/p", patch.encode(), Content_Type="application/fhir+xml", Accept="application/json")
    assert (answer.status, answer.json["gender"]) == (200, "other")


def test_a_patch_takes_no_whole_resource_away(admin, patient):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    parts = [{"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": "Patient"}]
    asked = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    answer = admin("PATCH", "Patient/a", asked)
    assert (answer.status, answer.codes) == (422, ["API-1018"])
