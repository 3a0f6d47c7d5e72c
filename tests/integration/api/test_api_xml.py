"""Every interaction in XML, in and out, over a real store; what is stored is the same as if it had come as JSON."""

import pytest

from yteso.fhir import xml

XML = "application/fhir+xml"
TYPE = "application/fhir+xml; charset=utf-8; fhirVersion=4.0"
PATIENT = {
    "resourceType": "Patient",
    "id": "a",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">a<br />b</div>'},
    "active": True,
    "name": [{"family": "Mẫu", "given": ["Thử", "A & <B>"]}],
    "multipleBirthInteger": 2,
}


def data(document):
    return xml.dumps(document)


def read(answer):
    """The resource of an XML answer, without what the server adds to it."""
    assert answer.headers["Content-Type"] == TYPE
    assert answer.headers["Content-Length"] == str(len(answer.body))
    document = xml.loads(answer.body)
    document.pop("meta", None)
    return document


@pytest.fixture
def sender(admin):
    """Asks in XML, for XML."""
    return lambda method, url, body=None, **headers: admin(
        method, url, body, **{"Accept": XML, "Content_Type": XML, **headers}
    )


def test_what_comes_as_xml_is_stored_as_json_and_answered_as_asked(admin, sender):
    assert sender("PUT", "Patient/a", data(PATIENT)).status == 201
    assert admin("PUT", "Patient/a", PATIENT).headers["ETag"] == 'W/"1"'
    stored = admin("GET", "Patient/a").json
    assert {name: value for name, value in stored.items() if name != "meta"} == PATIENT
    assert read(sender("GET", "Patient/a")) == PATIENT
    assert read(sender("GET", "Patient/a/_history/1")) == PATIENT
    assert read(admin("GET", "Patient/a?_format=xml")) == PATIENT
    assert read(admin("GET", "Patient/a?_format=application/fhir%2Bxml", Accept="application/json")) == PATIENT
    assert sender("GET", "Patient/a?_format=json").json["id"] == "a"
    assert sender("GET", "Patient/a", If_None_Match='W/"1"').status == 304


def test_a_created_resource_comes_back_in_the_format_it_was_sent_in(admin):
    created = admin("POST", "Patient", data(PATIENT), Content_Type=XML)
    assert created.status == 201
    assert read(created) == {**PATIENT, "id": created.headers["Location"].split("/")[-3]}
    assert admin("POST", "Patient", data(PATIENT), Content_Type=XML, Accept="application/json").json["active"]
    outcome = read(admin("POST", "Patient", data(PATIENT), Content_Type=XML, Prefer="return=OperationOutcome"))
    assert outcome["resourceType"] == "OperationOutcome"
    assert admin("POST", "Patient", data(PATIENT), Content_Type=XML, Prefer="return=minimal").body == b""


def test_pages_of_a_search_and_a_history_stay_in_the_format_that_was_asked_for(admin):
    for name in ("a", "b", "c"):
        admin("PUT", f"Patient/{name}", {**PATIENT, "id": name})
    for address in ("Patient?_count=2&_format=xml&_pretty=true&_sort=_id", "Patient/_history?_count=2&_format=xml"):
        page = admin("GET", address)
        bundle = read(page)
        assert [entry["resource"]["active"] for entry in bundle["entry"]] == [True, True]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert "_format=xml" in links["self"]
        assert len(read(admin("GET", links["next"]))["entry"]) == 1
        assert page.body.count(b"\n") > 20 or "_pretty" not in address


def test_a_search_by_post_reads_the_format_from_its_form_too(admin):
    admin("PUT", "Patient/a", PATIENT)
    form = "application/x-www-form-urlencoded"
    assert read(admin("POST", "Patient/_search", b"_id=a", Content_Type=form, Accept=XML))["type"] == "searchset"
    assert read(admin("POST", "Patient/_search", b"_id=a&_format=xml", Content_Type=form))["type"] == "searchset"
    assert admin("POST", "Patient/_search", b"_id=a&_format=ttl", Content_Type=form).status == 406


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_a_bundle_comes_and_is_answered_in_xml(sender, kind):
    entries = [
        {
            "fullUrl": "urn:uuid:4b3b1f42-0f4c-4a3a-8d7e-000000000001",
            "resource": PATIENT,
            "request": {"method": "PUT", "url": "Patient/a"},
        },
        {"request": {"method": "GET", "url": "Patient/a"}},
    ]
    bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
    answered = read(sender("POST", "", data(bundle), Prefer="return=representation"))
    assert answered["type"] == f"{kind}-response"
    assert [entry["response"]["status"][:3] for entry in answered["entry"]] == ["201", "200"]
    assert answered["entry"][1]["resource"]["name"] == PATIENT["name"]


def test_operations_and_patches_take_parameters_in_xml(admin, sender):
    admin("PUT", "Patient/a", PATIENT)
    parts = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Patient.active"},
        {"name": "value", "valueBoolean": False},
    ]
    patch = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    assert read(sender("PATCH", "Patient/a", data(patch)))["active"] is False
    tag = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "thử"}]}}]}
    told = xml.loads(sender("POST", "Patient/a/$meta-add", data(tag)).body)
    assert told["parameter"][0]["valueMeta"]["tag"] == [{"code": "thử"}]


def test_refusals_are_in_the_format_that_was_asked_for(admin, sender, nobody):
    for answer, status, code in (
        (sender("GET", "Patient/never"), 404, "API-0004"),
        (sender("GET", "Nothing/a"), 404, "API-0002"),
        (sender("PUT", "Patient/a", b"<Patient"), 400, "FHIR-0404"),
        (sender("PUT", "Patient/a", b'{"resourceType":"Patient"}'), 400, "FHIR-0404"),
        (sender("PUT", "Patient/a", data({"resourceType": "Patient", "id": "a", "gender": "x"})), 400, "FHIR-2005"),
        (nobody("GET", "Patient/a", Accept=XML), 401, "AUTH-0101"),
        (admin("GET", "Patient/never?_format=xml&_pretty=true"), 404, "API-0004"),
    ):
        outcome = read(answer)
        assert (answer.status, outcome["issue"][0]["details"]["coding"][0]["code"]) == (status, code)
    assert admin("GET", "Patient/a?_format=ttl", Accept=XML).codes == ["API-0010"]


def test_xml_that_is_not_fhir_names_its_place(sender):
    document = b'<Patient xmlns="http://hl7.org/fhir"><id value="a"/><name><given/></name></Patient>'
    outcome = read(sender("PUT", "Patient/a", document))
    assert outcome["issue"][0]["expression"] == ["Patient.name[0].given[0]"]


def test_head_tells_the_length_of_the_xml(sender):
    sender("PUT", "Patient/a", data(PATIENT))
    got, headed = sender("GET", "Patient/a"), sender("HEAD", "Patient/a")
    assert headed.body == b""
    assert headed.headers["Content-Length"] == got.headers["Content-Length"]
    assert headed.headers["Content-Type"] == TYPE


def test_what_xml_cannot_say_is_refused_when_read_but_done_when_written(admin, sender):
    odd = {"resourceType": "Patient", "id": "a", "name": [{"family": "Mẫu \ufffe"}]}
    assert admin("PUT", "Patient/a", odd).status == 201
    assert admin("GET", "Patient/a").json["name"] == odd["name"]
    refused = sender("GET", "Patient/a")
    assert (refused.status, read(refused)["issue"][0]["details"]["coding"][0]["code"]) == (406, "FHIR-0432")
    assert sender("GET", "Patient?_id=a").status == 406
    done = sender("PUT", "Patient/b", {**odd, "id": "b"}, Content_Type="application/fhir+json")
    assert (done.status, read(done)["resourceType"]) == (201, "OperationOutcome")
    assert admin("GET", "Patient/b").status == 200


def test_the_capability_statement_says_so(nobody):
    assert "application/fhir+xml" in read(nobody("GET", "metadata?_format=xml"))["format"]
