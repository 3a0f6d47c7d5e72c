"""$meta, $meta-add, $meta-delete: the labels of a resource, within the rights, each change a version."""

from __future__ import annotations

import pytest

SECRET = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
TAG = {"system": "urn:yteso:test", "code": "thử"}


def labels(**meta):
    return {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": meta}]}


def meta_of(answer):
    assert answer.status == 200, answer.body
    return answer.json["parameter"][0]["valueMeta"]


@pytest.fixture
def stored(admin, patient):
    return admin("PUT", "Patient/p", {**patient, "id": "p"}).json


def test_labels_are_added_once_and_taken_away(admin, stored):
    added = meta_of(admin("POST", "Patient/p/$meta-add", labels(tag=[TAG], security=[SECRET], profile=["urn:p"])))
    assert (added["tag"], added["security"], added["profile"], added["versionId"]) == ([TAG], [SECRET], ["urn:p"], "2")
    assert meta_of(admin("POST", "Patient/p/$meta-add", labels(tag=[{**TAG, "display": "x"}])))["versionId"] == "2"
    assert meta_of(admin("GET", "Patient/p/$meta")) == added
    assert admin("GET", "Patient?_tag=urn:yteso:test|thử").ids == ["p"]
    left = meta_of(admin("POST", "Patient/p/$meta-delete", labels(tag=[TAG], security=[{"code": "never"}])))
    assert ("tag" not in left, left["security"], left["versionId"]) == (True, [SECRET], "3")
    now = admin("GET", "Patient/p").json
    assert {**now, "meta": None} == {**stored, "meta": None}
    assert [e["response"]["etag"] for e in admin("GET", "Patient/p/_history").json["entry"]] == [
        'W/"3"',
        'W/"2"',
        'W/"1"',
    ]


def test_labels_follow_the_rules_of_an_update(admin, doctor, staff, operator, stored):
    assert admin("POST", "Patient/never/$meta-add", labels(tag=[TAG])).codes == ["API-0004"]
    assert admin("POST", "Patient/p/$meta-add", labels(tag=[TAG]), If_Match='W/"9"').status == 412
    assert admin("GET", "Patient/p/$meta-add").status == 405
    assert admin("POST", "Patient/p/$meta-add").codes == ["API-1002"]
    assert admin("POST", "Patient/p/$meta-add", labels(tag=[{"code": 5}])).codes[0].startswith("FHIR-20")
    hidden, absent = (doctor("POST", f"Patient/{one}/$meta-add", labels(tag=[TAG])) for one in ("p", "never"))
    assert (hidden.status, hidden.body) == (absent.status, absent.body)
    assert doctor("GET", "Patient/p/$meta").status == 404
    assert staff("POST", "Patient/p/$meta-add", labels(tag=[TAG])).codes == ["AUTH-0102"]
    assert operator("GET", "Patient/p/$meta").codes == ["AUTH-0102"]


def test_operations_are_told_and_work_in_bundles(admin, stored):
    rest = admin("GET", "metadata").json["rest"][0]
    told = next(one for one in rest["resource"] if one["type"] == "Patient")["operation"]
    assert {"meta", "meta-add", "meta-delete"} <= {one["name"] for one in told}
    look = {"request": {"method": "GET", "url": "Patient/p/$meta"}}
    add = {"request": {"method": "POST", "url": "Patient/p/$meta-add"}, "resource": labels(tag=[TAG])}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [look, add]}
    assert [e["response"]["status"][:3] for e in admin("POST", "", bundle).json["entry"]] == ["200", "200"]
    assert admin("POST", "", {**bundle, "type": "transaction", "entry": [look]}).status == 200
    assert admin("POST", "", {**bundle, "type": "transaction", "entry": [add]}).codes == ["API-0033"]
