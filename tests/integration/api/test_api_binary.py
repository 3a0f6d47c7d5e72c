"""Binary in its native form (FHIR R4 §2.35): bytes in, the same bytes out, as a file that no browser shows."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from tests.integration.api.conftest import DOCTOR, INTEGRATOR, OTHER_DOCTOR, Client

from yteso.access.principal import Principal, Role
from yteso.store import audit

PDF = b"%PDF-1.7\n\x00\xff\xfe g\xc3\xa0"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.fixture
def stored(admin):
    answer = admin("POST", "Binary", PDF, Content_Type="application/pdf", X_Security_Context="Patient/p")
    assert answer.status == 201
    return answer.json["id"]


def test_bytes_become_a_resource_and_come_back(admin, stored):
    resource = admin("GET", f"Binary/{stored}", Accept="application/fhir+json").json
    assert resource["contentType"] == "application/pdf"
    assert resource["data"] == b64encode(PDF).decode()
    assert resource["securityContext"] == {"reference": "Patient/p"}
    native = admin("GET", f"Binary/{stored}")
    assert (native.status, native.body, native.headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert native.headers["Content-Disposition"] == f'attachment; filename="Binary-{stored}.pdf"'
    assert native.headers["X-Content-Type-Options"] == "nosniff"
    assert native.headers["Content-Security-Policy"].startswith("sandbox;")
    assert native.headers["X-Security-Context"] == "Patient/p"
    assert native.headers["ETag"] == 'W/"1"'
    assert native.headers["Content-Length"] == str(len(PDF))
    assert admin("GET", f"Binary/{stored}", If_None_Match='W/"1"').status == 304
    assert admin("HEAD", f"Binary/{stored}").headers["Content-Length"] == str(len(PDF))
    assert admin("GET", f"Binary/{stored}/_history/1", Accept="*/*").body == PDF


@pytest.mark.parametrize(
    ("accept", "native"),
    [
        ("", True),
        ("*/*", True),
        ("application/pdf", True),
        ("image/png", True),
        (BROWSER, True),
        ("application/pdf, application/fhir+json", True),
        ("application/pdf, application/fhir+json;q=0.5", True),
        ("application/fhir+json, */*", False),
        ("application/fhir+json, */*;q=0.1", False),
        ("application/fhir+xml", False),
        ("application/json", False),
        ("application/fhir+json;fhirVersion=4.0", False),
    ],
)
def test_a_resource_comes_to_who_asks_for_one(admin, stored, accept, native):
    answer = admin("GET", f"Binary/{stored}", **({"Accept": accept} if accept else {}))
    assert answer.status == 200
    assert (answer.body == PDF) is native
    assert answer.headers["Content-Type"].startswith("application/pdf" if native else "application/fhir+")


@pytest.mark.parametrize(
    "part", ["_format=json", "_format=application/fhir%2Bxml", "_summary=true", "_elements=contentType"]
)
def test_a_parameter_about_the_resource_asks_for_it(admin, stored, part):
    assert admin("GET", f"Binary/{stored}?{part}", Accept="application/pdf, */*").body[:1] in b"{<"


def test_searches_and_bundles_tell_resources(admin, stored):
    found = admin("GET", f"Binary?_id={stored}", Accept="application/fhir+json").json["entry"][0]["resource"]
    assert found["data"] == b64encode(PDF).decode()
    for kind in ("batch", "transaction"):
        entry = {"request": {"method": "GET", "url": f"Binary/{stored}"}}
        told = admin("POST", "", {"resourceType": "Bundle", "type": kind, "entry": [entry]}).json["entry"][0]
        assert told["resource"]["contentType"] == "application/pdf"


@pytest.mark.parametrize("type", ["application/json", "application/xml", "text/plain; charset=utf-8", 'a/b; c="d e"'])
def test_what_stands_in_json_or_xml_is_content_unless_it_is_a_binary(admin, type):
    content = b"<a>1</a>" if "xml" in type else b'{"resourceType": "Patient"}'
    new = admin("POST", "Binary", content, Content_Type=type, Accept="application/fhir+json").json["id"]
    native = admin("GET", f"Binary/{new}", Accept="*/*")
    assert (native.body, native.headers["Content-Type"]) == (content, type)


def test_a_binary_in_plain_json_or_xml_is_the_resource(admin):
    resource = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}
    json = admin("POST", "Binary", resource, Content_Type="application/json")
    text = b'<Binary xmlns="http://hl7.org/fhir"><contentType value="text/plain"/><data value="eA=="/></Binary>'
    xml = admin("POST", "Binary", text, Content_Type="text/xml", Accept="application/fhir+json")
    for answer in (json, xml):
        assert (answer.status, answer.json["contentType"]) == (201, "text/plain")
        assert admin("GET", f"Binary/{answer.json['id']}").body == b"x"
    assert admin("POST", "Binary", b"{}", Content_Type="application/fhir+json").status == 400


def test_put_writes_versions_of_the_bytes(admin):
    first = admin("PUT", "Binary/b", b"one", Content_Type="text/plain")
    second = admin("PUT", "Binary/b", b"two", Content_Type="text/plain", If_Match=first.headers["ETag"])
    assert (first.status, second.status) == (201, 200)
    assert admin("PUT", "Binary/b", b"three", Content_Type="text/plain", If_Match='W/"1"').status == 412
    assert admin("GET", "Binary/b", Accept="text/plain").body == b"two"
    assert admin("GET", "Binary/b/_history/1", Accept="text/plain").body == b"one"
    admin("DELETE", "Binary/b")
    assert admin("GET", "Binary/b", Accept="text/plain").status == 410


@pytest.mark.parametrize(
    ("type", "body", "headers", "status", "code"),
    [
        ("no media type", b"x", {}, 415, "API-1064"),
        ("text/plain\r\nX: y", b"x", {}, 415, "API-1064"),
        ("text/plain", b"x", {"Content_Encoding": "gzip"}, 415, "API-1064"),
        ("text/plain", b"", {}, 400, "API-0013"),
        ("text/plain", b"x", {"X_Security_Context": "no reference"}, 400, "FHIR-2004"),
    ],
)
def test_what_cannot_be_content_is_refused(admin, type, body, headers, status, code):
    answer = admin("POST", "Binary", body, Content_Type=type, **headers)
    assert (answer.status, answer.codes) == (status, [code])


def test_a_file_that_could_not_be_sent_back_as_a_resource_is_too_large(small):
    assert small("POST", "Binary", b"x" * 3000, Content_Type="text/plain").status == 201
    assert small("POST", "Binary", b"x" * 3001, Content_Type="text/plain").codes == ["API-0012"]


def test_a_type_or_name_that_could_break_a_header_does_not_come_back(admin):
    odd = {
        "resourceType": "Binary",
        "id": "odd",
        "contentType": 'text/html;"\u2028',
        "data": "PGI+",
        "securityContext": {},
    }
    odd["securityContext"] = {"reference": "https://x/ế"}
    assert admin("PUT", "Binary/odd", odd).status == 201
    native = admin("GET", "Binary/odd", Accept="*/*")
    assert (native.headers["Content-Type"], native.body) == ("application/octet-stream", b"<b>")
    assert "X-Security-Context" not in native.headers


def test_rights_and_the_chain_are_those_of_every_resource(admin, database, doctor, nobody, stored):
    assert nobody("GET", f"Binary/{stored}", Accept="*/*").status == 401
    assert doctor("GET", f"Binary/{stored}", Accept="*/*").status == 404
    assert doctor("POST", "Binary", PDF, Content_Type="application/pdf").status == 403
    admin("GET", f"Binary/{stored}", Accept="*/*")
    with database.connection() as conn:
        rows = audit.find(conn, audit.Asked(entity=f"Binary/{stored}"))
    assert [(row.action, row.outcome) for row in rows] == [("R", None), ("R", "4"), ("C", None)]


@pytest.fixture
def files(admin):
    """Files of two patients, one of each facility, and of nobody."""
    for facility in ("79001", "79002"):
        visit = {
            "resourceType": "Encounter",
            "id": f"e{facility}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/p{facility}"},
            "serviceProvider": {"identifier": {"value": facility}},
        }
        admin("PUT", f"Patient/p{facility}", {"resourceType": "Patient", "id": f"p{facility}"})
        admin("PUT", f"Encounter/e{facility}", visit)
        _put_file(admin, f"of-{facility}", f"Patient/p{facility}")
        _put_file(admin, f"absolute-{facility}", f"http://test/fhir/Patient/p{facility}")
    _put_file(admin, "of-a-visit", "Encounter/e79001")
    _put_file(admin, "of-none", "Patient/nobody")
    _put_file(admin, "free", "")


def _put_file(client, id, context):
    named = {"X_Security_Context": context} if context else {}
    answer = client("PUT", f"Binary/{id}", PDF, Content_Type="application/pdf", **named)
    assert answer.status == 201
    return answer


def test_a_file_is_seen_by_who_sees_the_patient_it_is_of(api, files):
    citizen = Principal("dân Mẫu", Role.CITIZEN, person="p79002")
    pharmacist = Principal("dược Mẫu", Role.PHARMACIST, "79001")
    own = {
        DOCTOR: ["absolute-79001", "of-79001", "of-a-visit"],
        OTHER_DOCTOR: ["absolute-79002", "of-79002"],
        citizen: ["absolute-79002", "of-79002"],
        replace(DOCTOR, scope="patient/Binary.rs", patient="p79001"): ["absolute-79001", "of-79001"],
        replace(DOCTOR, scope="patient/*.rs", patient="p79001"): ["absolute-79001", "of-79001", "of-a-visit"],
        replace(DOCTOR, scope="patient/Binary.rs", patient="p79002"): [],
        INTEGRATOR: ["absolute-79001", "absolute-79002", "free", "of-79001", "of-79002", "of-a-visit", "of-none"],
    }
    for who, seen in own.items():
        client = Client(api, who)
        assert sorted(client("GET", "Binary").ids) == seen, who
        for name in own[INTEGRATOR]:
            assert client("GET", f"Binary/{name}").status == (200 if name in seen else 404), (who, name)
            assert client("GET", f"Binary/{name}/_history/1").status == (200 if name in seen else 404), (who, name)
    assert Client(api, pharmacist)("GET", "Binary/of-79001").status == 403


def test_the_patient_learns_who_read_the_file(doctor, database, files):
    assert doctor("GET", "Binary/of-79001").body == PDF
    with database.connection() as conn:
        rows = audit.find(conn, audit.Asked(patient="p79001", entity="Binary/of-79001"))
    assert [row.action for row in rows] == ["R", "C"]


CONTEXTS = {
    "DocumentReference": {"status": "current", "content": [{"attachment": {"url": "Binary/of-it"}}]},
    "DiagnosticReport": {"status": "final", "code": {"text": "x"}},
    "Observation": {"status": "final", "code": {"text": "x"}},
    "Media": {"status": "completed", "content": {"contentType": "image/png"}},
    "Condition": {},
}


def _of_patient(kind, patient, **more):
    return {"resourceType": kind, "id": "it", "subject": {"reference": f"Patient/{patient}"}, **CONTEXTS[kind], **more}


@pytest.mark.parametrize("kind", CONTEXTS)
def test_a_file_follows_the_resource_it_names(admin, doctor, other_doctor, files, kind):
    """Its patient, its care relation, a new patient, its end; read, version, history and search alike (§2.38)."""

    def seen_by(client):
        found = {
            client("GET", "Binary/of-it").status == 200,
            client("GET", "Binary/of-it/_history/1").status == 200,
            client("GET", "Binary/of-it/_history").status == 200
            and bool(client("GET", "Binary/of-it/_history").json.get("entry")),
            "of-it" in client("GET", "Binary?_count=50").ids,
            "of-it" in client("GET", "Binary?_id=of-it,free").ids,
            any(one["resource"]["id"] == "of-it" for one in client("GET", "Binary/_history").json.get("entry", ())),
        }
        assert len(found) == 1, "the doors agree"
        return found.pop()

    _put_file(admin, "of-it", f"{kind}/it")
    assert not seen_by(doctor), "what it names is not there"
    assert admin("PUT", f"{kind}/it", _of_patient(kind, "p79001")).status == 201
    assert (seen_by(doctor), seen_by(other_doctor)) == (True, False)
    assert admin("PUT", f"{kind}/it", _of_patient(kind, "p79002")).status == 200
    assert (seen_by(doctor), seen_by(other_doctor)) == (False, True)
    assert admin("DELETE", f"{kind}/it").status == 204
    assert (seen_by(doctor), seen_by(other_doctor)) == (False, False)
    assert admin("GET", "Binary/of-it").status == 200


def test_a_file_is_as_sensitive_as_what_it_names(admin, api, files):
    """B20 is HIV: of another facility's making, a doctor does not see it; who has it does."""
    icd = {"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20"}
    made = {"meta": {"source": "urn:yteso:bhyt:79002:LK1"}}
    admin("PUT", "Condition/it", _of_patient("Condition", "p79001", code={"coding": [icd]}, **made))
    _put_file(admin, "of-it", "Condition/it")
    own = Principal("dân Mẫu", Role.CITIZEN, person="p79001")
    for who, status in ((DOCTOR, 404), (OTHER_DOCTOR, 404), (own, 200), (INTEGRATOR, 200)):
        client = Client(api, who)
        assert client("GET", "Binary/of-it").status == status, who
        assert client("GET", "Condition/it").status == status, who
    admin("PUT", "Condition/it", _of_patient("Condition", "p79001", code={"coding": [{**icd, "code": "J00"}]}, **made))
    assert Client(api, DOCTOR)("GET", "Binary/of-it").status == 200


def test_who_works_with_a_part_of_the_record_sees_no_files(api, files):
    laboratory = Client(api, Principal("xét nghiệm Mẫu", Role.LAB, "79001"))
    assert laboratory("GET", "Encounter/e79001").status == 200
    assert laboratory("GET", "Binary/of-a-visit").status == 403


def test_what_a_person_closes_closes_the_files_of_it(admin, doctor, files):
    _put_file(admin, "of-it", "Encounter/e79001")
    assert doctor("GET", "Binary/of-it").status == 200
    consent = {
        "resourceType": "Consent",
        "id": "c",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFAO"}]}],
        "patient": {"reference": "Patient/p79001"},
        "provision": {"type": "deny", "class": [{"code": "Binary"}]},
    }
    assert admin("PUT", "Consent/c", consent).status == 201
    assert doctor("GET", "Binary/of-it").status == 404
    assert doctor("GET", "Encounter/e79001").status == 200
    assert admin("PUT", "Consent/c", {**consent, "provision": {"type": "deny", "class": [{"code": "Encounter"}]}})
    assert [doctor("GET", one).status for one in ("Encounter/e79001", "Binary/of-it")] == [404, 404]


def test_a_version_is_judged_by_the_context_it_had(admin, doctor, other_doctor, files):
    _put_file(admin, "moved", "Encounter/e79001")
    named = {"Content_Type": "application/pdf", "X_Security_Context": "Encounter/e79002"}
    assert admin("PUT", "Binary/moved", b"new", **named).status == 200
    versions = [doctor("GET", f"Binary/moved{one}").status for one in ("", "/_history/1", "/_history/2")]
    assert versions == [404, 404, 404], "who does not see the present one sees none"
    versions = [other_doctor("GET", f"Binary/moved{one}").status for one in ("", "/_history/1", "/_history/2")]
    assert versions == [200, 404, 200]
    assert admin("DELETE", "Binary/moved").status == 204
    assert (doctor("GET", "Binary/moved").status, other_doctor("GET", "Binary/moved").status) == (404, 410)
    assert other_doctor("GET", "Binary/moved/_history/2").status == 200


def test_a_file_of_a_file_or_of_itself_is_for_nobody_so_bound(admin, doctor, files):
    _put_file(admin, "of-file", "Binary/of-79001")
    _put_file(admin, "of-itself", "Binary/of-itself")
    assert [doctor("GET", f"Binary/{one}").status for one in ("of-file", "of-itself")] == [404, 404]
    assert admin("GET", "Binary/of-itself").status == 200


def test_a_file_of_what_belongs_to_nobody_is_for_who_may_see_that(admin, doctor, files):
    admin("PUT", "Organization/o", {"resourceType": "Organization", "id": "o", "name": "Trạm Mẫu"})
    _put_file(admin, "logo", "Organization/o")
    assert doctor("GET", "Binary/logo").status == 200


def test_the_patient_learns_who_read_and_wrote_the_file_of_a_visit(admin, doctor, database, files):
    assert doctor("GET", "Binary/of-a-visit").body == PDF
    assert doctor("GET", "Binary?_id=of-a-visit").ids == ["of-a-visit"]
    assert admin("DELETE", "Binary/of-a-visit").status == 204
    with database.connection() as conn:
        rows = audit.find(conn, audit.Asked(patient="p79001", entity="Binary/of-a-visit"))
        searched = [row for row in audit.find(conn, audit.Asked(patient="p79001")) if row.what.startswith("Binary?")]
    assert [row.action for row in rows] == ["D", "R", "C"]
    assert len(searched) == 1


def test_a_transactions_file_is_of_the_patient_whose_visit_comes_with_it(admin, doctor, database, files):
    visit = {**admin("GET", "Encounter/e79001").json, "id": "e-new"}
    file = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}
    entries = [
        {"resource": visit, "request": {"method": "PUT", "url": "Encounter/e-new"}},
        {
            "resource": {**file, "id": "with", "securityContext": {"reference": "Encounter/e-new"}},
            "request": {"method": "PUT", "url": "Binary/with"},
        },
    ]
    assert admin("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).status == 200
    assert doctor("GET", "Binary/with", Accept="application/fhir+json").status == 200
    with database.connection() as conn:
        (newest, *_) = [row for row in audit.find(conn, audit.Asked(patient="p79001")) if row.action == "C"]
    assert newest.what == "2 resources"


def test_a_doctor_files_papers_of_a_visit_in_care(doctor, other_doctor, files):
    named = {"Content_Type": "application/pdf", "X_Security_Context": "Encounter/e79001"}
    assert doctor("POST", "Binary", PDF, **named).status == 201
    assert other_doctor("POST", "Binary", PDF, **named).status == 403
    assert doctor("POST", "Binary", PDF, **{**named, "X_Security_Context": "Organization/none"}).status == 403


def test_a_doctor_files_papers_of_own_patients_only(doctor, other_doctor, files):
    named = {"Content_Type": "application/pdf", "X_Security_Context": "Patient/p79001"}
    assert doctor("POST", "Binary", PDF, **named).status == 201
    assert other_doctor("POST", "Binary", PDF, **named).status == 403
    assert other_doctor("PUT", "Binary/of-79001", PDF, **named).status in (403, 404)


def test_everything_leaves_files_out_until_they_are_asked_for(doctor, files):
    def types(query):
        bundle = doctor("GET", f"Patient/p79001/$everything{query}").json
        return sorted({entry["resource"]["resourceType"] for entry in bundle["entry"]})

    assert types("") == ["Encounter", "Patient"]
    assert types("?_type=Binary,Encounter") == ["Binary", "Encounter"]
