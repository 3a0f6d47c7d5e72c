"""Rights over a real store: a doctor reaches the patients in care of the own facility, and nothing tells of others."""

from __future__ import annotations

import pytest
from tests.integration.api.conftest import Client

from yteso.access.principal import Principal, Role

OURS, THEIRS = "79001", "79002"


def person(id):
    return {"resourceType": "Patient", "id": id, "name": [{"family": "Nguyễn", "given": ["Thử"]}], "gender": "female"}


def visit(id, patient, facility):
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "serviceProvider": {"reference": f"Organization/{facility}", "identifier": {"value": facility}},
    }


def observation(id, patient, encounter):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/{encounter}"},
    }


@pytest.fixture(autouse=True)
def province(admin):
    """Lan is ours, Mai is theirs, Hoa has been to both; and the two facilities."""
    resources = [
        person("lan"), person("mai"), person("hoa"),
        visit("e-lan", "lan", OURS), visit("e-mai", "mai", THEIRS),
        visit("e-hoa1", "hoa", OURS), visit("e-hoa2", "hoa", THEIRS),
        observation("o-lan", "lan", "e-lan"), observation("o-mai", "mai", "e-mai"),
        observation("o-hoa", "hoa", "e-hoa2"),
        {"resourceType": "Organization", "id": OURS, "name": "Phòng khám Mẫu 1"},
        {"resourceType": "Organization", "id": THEIRS, "name": "Phòng khám Mẫu 2"},
    ]  # fmt: skip
    for resource in resources:
        url = f"{resource['resourceType']}/{resource['id']}"
        assert admin("PUT", url, resource).status == 201, url


def test_a_doctor_reads_the_whole_record_of_a_patient_in_care_and_no_other(doctor, other_doctor):
    for key in ("lan", "hoa"):
        assert doctor("GET", f"Patient/{key}").status == 200
    assert doctor("GET", "Observation/o-hoa").status == 200
    hidden = doctor("GET", "Patient/mai")
    assert (hidden.status, hidden.codes) == (404, ["API-0004"])
    assert doctor("GET", "Observation/o-mai").status == 404
    assert doctor("GET", "Encounter/e-mai/_history/1").status == 404
    assert other_doctor("GET", "Patient/mai").status == 200
    assert other_doctor("GET", "Patient/lan").status == 404


def test_hidden_and_absent_are_told_alike(doctor):
    hidden, absent = doctor("GET", "Patient/mai"), doctor("GET", "Patient/nobody")
    assert (hidden.status, hidden.body) == (absent.status, absent.body)


def test_searches_totals_and_pages_are_within_the_rights(doctor, staff):
    for who in (doctor, staff):
        found = who("GET", "Patient?_total=accurate")
        assert (sorted(found.ids), found.json["total"]) == (["hoa", "lan"], 2)
        assert who("GET", "Patient?_summary=count").json["total"] == 2
        assert who("GET", "Patient?_id=mai").ids == []
        assert sorted(who("GET", "Observation?code=8867-4").ids) == ["o-hoa", "o-lan"]
        assert who("GET", "Observation?patient=Patient/mai&_total=accurate").json["total"] == 0
        assert who("POST", "Patient/_search", b"_id=mai", Content_Type="application/x-www-form-urlencoded").ids == []


def test_an_include_brings_nothing_hidden(doctor, admin, operator):
    linked = observation("o-link", "lan", "e-mai")
    assert admin("PUT", "Observation/o-link", linked).status == 201
    found = doctor("GET", "Observation?_id=o-link&_include=Observation:encounter&_include=Observation:subject").json
    assert [e["resource"]["id"] for e in found["entry"]] == ["o-link", "lan"]
    everything = admin("GET", "Observation?_id=o-link&_include=Observation:encounter").json
    assert [e["resource"]["id"] for e in everything["entry"]] == ["o-link", "e-mai"]


def test_a_page_link_grants_nothing_to_another(doctor, other_doctor):
    link = doctor("GET", "Patient?_count=1").link("next")
    assert link
    seen, url = [], link
    while url:
        page = other_doctor("GET", url)
        seen += page.ids
        url = page.link("next")
    assert "lan" not in seen


def test_histories_are_within_the_rights(doctor, admin):
    admin("PUT", "Patient/mai", {**person("mai"), "gender": "male"})
    admin("DELETE", "Observation/o-mai")
    assert doctor("GET", "Patient/mai/_history").status == 404
    assert doctor("GET", "Patient/lan/_history").status == 200
    of_type = doctor("GET", "Patient/_history").json["entry"]
    assert {e["resource"]["id"] for e in of_type} == {"lan", "hoa"}
    everything = doctor("GET", "_history?_count=1000").json["entry"]
    urls = {e["request"]["url"] for e in everything}
    assert "Observation/o-lan" in urls
    assert not urls & {"Patient/mai", "Encounter/e-mai", "Observation/o-mai"}


def test_an_operator_sees_the_directory_only(operator):
    assert sorted(operator("GET", "Organization").ids) == [OURS, THEIRS]
    for url in ("Patient", "Patient/lan", "Encounter/_history", "Observation?code=8867-4"):
        refused = operator("GET", url)
        assert (refused.status, refused.codes) == (403, ["AUTH-0102"])
    everything = operator("GET", "_history").json["entry"]
    assert {e["resource"]["resourceType"] for e in everything} == {"Organization"}
    assert operator("PUT", f"Organization/{OURS}", {"resourceType": "Organization", "id": OURS}).status == 403


def test_a_facilitys_machine_and_staff_write_nothing(machine, staff):
    assert machine("GET", "Patient/lan").status == 403
    assert machine("POST", "", {"resourceType": "Bundle", "type": "batch"}).status == 403
    assert staff("PUT", "Patient/lan", person("lan")).status == 403
    assert staff("POST", "", {"resourceType": "Bundle", "type": "transaction"}).status == 403


def test_a_doctor_writes_about_patients_in_care(doctor):
    assert doctor("POST", "Observation", observation("x", "lan", "e-lan")).status == 201
    assert doctor("PUT", "Patient/lan", {**person("lan"), "gender": "other"}).status == 200
    assert doctor("DELETE", "Patient/lan").codes == ["AUTH-0102"]
    assert doctor("PUT", f"Organization/{OURS}", {"resourceType": "Organization", "id": OURS}).codes == ["AUTH-0102"]


@pytest.mark.parametrize(
    "resource",
    [
        person("mai"),
        observation("o-mai", "lan", "e-lan"),
        observation("o-new", "mai", "e-mai"),
        observation("o-new", "lan", "e-mai"),
        observation("o-new", "never", "e-lan"),
        visit("e-new", "mai", OURS),
        {**observation("o-new", "lan", "e-lan"), "subject": {"reference": "http://test/fhir/Patient/mai"}},
        {**observation("o-new", "lan", "e-lan"), "subject": {"reference": "http://elsewhere/Patient/lan"}},
        {**observation("o-new", "lan", "e-lan"), "subject": {"display": "Thử"}},
    ],
    ids=[
        "overwrite",
        "take over",
        "other's",
        "other's visit",
        "unknown",
        "own visit",
        "absolute",
        "elsewhere",
        "none",
    ],
)
def test_a_doctor_writes_nothing_that_reaches_a_patient_of_others(doctor, admin, resource):
    url = f"{resource['resourceType']}/{resource['id']}"
    before = admin("GET", url)
    refused = doctor("PUT", url, resource)
    assert refused.status == 403
    assert set(refused.codes) <= {"API-0040", "API-0041"}
    after = admin("GET", url)
    assert (after.status, after.headers.get("ETag")) == (before.status, before.headers.get("ETag"))


def test_a_doctor_records_a_new_patient_with_the_first_visit(doctor, other_doctor):
    urn = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"
    patient = {k: v for k, v in person("x").items() if k != "id"}
    encounter = visit("x", "x", OURS) | {"subject": {"reference": urn}}
    answer = doctor(
        "POST",
        "",
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {"fullUrl": urn, "resource": patient, "request": {"method": "POST", "url": "Patient"}},
                {"resource": encounter, "request": {"method": "POST", "url": "Encounter"}},
            ],
        },
    )
    assert answer.status == 200
    where = answer.json["entry"][0]["response"]["location"].partition("/_history")[0]
    assert doctor("GET", where).status == 200
    assert other_doctor("GET", where).status == 404


URN = "urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"


def transaction(*resources):
    entries = [
        {"fullUrl": URN, "resource": one, "request": {"method": "POST", "url": one["resourceType"]}}
        if one["resourceType"] == "Patient"
        else {"resource": one, "request": {"method": "POST", "url": one["resourceType"]}}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def of_the_new(resource, **more):
    return {**resource, "subject": {"reference": URN}, **more}


def test_a_doctor_makes_no_patient_whom_nobody_in_care_could_read(doctor, admin):
    alone = person("new")
    nobodys = {k: v for k, v in of_the_new(visit("x", "x", OURS)).items() if k != "serviceProvider"}
    tries = [
        doctor("POST", "Patient", alone),
        doctor("POST", "", transaction(alone)),
        doctor("POST", "", transaction(alone, nobodys)),
        doctor("POST", "", transaction(alone, visit("x", "lan", OURS))),
        doctor("POST", "", transaction(alone, of_the_new(observation("x", "x", "e-lan")))),
    ]
    assert [(one.status, one.codes) for one in tries] == [(403, ["API-0042"])] * len(tries)
    assert admin("GET", "Patient?_summary=count").json["total"] == 3
    assert admin("POST", "Patient", alone).status == 201


def test_under_an_id_of_ones_own_what_is_hidden_and_what_was_never_there_are_refused_alike(doctor):
    """Also by criteria that nothing meets, in a Bundle, without a patient, and whatever else is wrong with it."""

    def tries(name: str) -> list[object]:
        fact = {**observation("x", "lan", "e-lan"), "id": name}
        nobodys = {k: v for k, v in fact.items() if k != "subject"}
        entry = {"resource": fact, "request": {"method": "PUT", "url": f"Observation/{name}"}}
        return [
            doctor("PUT", f"Observation/{name}", fact),
            doctor("PUT", f"Observation/{name}", nobodys),
            doctor("PUT", f"Observation/{name}", fact, If_None_Match="*"),
            doctor("PUT", f"Observation/{name}", fact, If_Match='W/"1"'),
            doctor("PUT", "Observation?code=none-such", fact),
            doctor("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}),
            doctor("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}),
        ]

    hidden, absent = ([(one.status, one.body) for one in tries(name)] for name in ("o-mai", "o-no-such"))
    assert hidden == absent
    assert [status for status, _ in absent] == [403] * 6 + [200]


def test_a_doctors_visit_is_served_by_the_own_facility(doctor, admin):
    theirs = visit("e-new", "lan", THEIRS)
    admin(
        "PUT",
        "Organization/theirs",
        {"resourceType": "Organization", "id": "theirs", "identifier": [{"value": THEIRS}]},
    )
    admin("PUT", "Organization/ours", {"resourceType": "Organization", "id": "ours", "identifier": [{"value": OURS}]})
    tries = [
        doctor("POST", "Encounter", theirs),
        doctor("PUT", "Encounter/e-lan", visit("e-lan", "lan", THEIRS)),
        doctor("POST", "Encounter", {**theirs, "serviceProvider": {"reference": "Organization/theirs"}}),
        doctor("POST", "Encounter", {**theirs, "serviceProvider": {"reference": "Organization/none"}}),
        doctor("POST", "Encounter", visit("x", "lan", OURS) | {"meta": {"source": f"urn:yteso:bhyt:{THEIRS}:L"}}),
        doctor("POST", "", transaction(person("x"), of_the_new(theirs), of_the_new(visit("y", "y", OURS)))),
        doctor("PUT", "Encounter/e-hoa2", visit("e-hoa2", "hoa", OURS)),
        doctor("PUT", "Encounter/e-hoa2", visit("e-hoa2", "lan", THEIRS)),
        doctor(
            "PUT", "Encounter/e-lan", {k: v for k, v in visit("e-lan", "lan", OURS).items() if k != "serviceProvider"}
        ),
    ]
    assert [(one.status, one.codes) for one in tries] == [(403, ["API-0043"])] * len(tries)
    assert tries[0].json["issue"][0]["expression"] == ["Encounter.serviceProvider"]
    by_reference = {**theirs, "serviceProvider": {"reference": "Organization/ours"}}
    assert doctor("POST", "Encounter", by_reference).status == 201
    assert doctor("PUT", "Encounter/e-hoa2", {**visit("e-hoa2", "hoa", THEIRS), "status": "cancelled"}).status == 200


def test_a_bundle_gives_no_more_rights_than_its_entries(doctor, operator):
    entry = {"resource": person("mai"), "request": {"method": "PUT", "url": "Patient/mai"}}
    refused = doctor("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert (refused.status, refused.codes) == (403, ["API-0040"])
    look = {"request": {"method": "GET", "url": "Patient/lan"}}
    told = operator("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [look]}).json
    assert told["entry"][0]["response"]["status"].startswith("403")
    told = doctor("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [look]}).json
    assert told["entry"][0]["resource"]["id"] == "lan"


def test_a_condition_sees_no_patient_of_others(doctor):
    body = visit("x", "lan", OURS)
    assert doctor("POST", "Encounter", body, If_None_Exist="_id=e-mai").status == 201
    assert doctor("POST", "Encounter", body, If_None_Exist="_id=e-lan").status == 200


def test_a_device_that_is_somebodys_is_seen_as_their_record_is(api, admin, doctor, other_doctor):
    visit = {
        "resourceType": "Encounter",
        "id": "e-dev",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p-dev"},
        "serviceProvider": {"identifier": {"value": "79001"}},
    }
    carried = {"resourceType": "Device", "id": "d-own", "patient": {"reference": "Patient/p-dev"}}
    for one in ({"resourceType": "Patient", "id": "p-dev"}, visit, carried, {"resourceType": "Device", "id": "d-room"}):
        assert admin("PUT", f"{one['resourceType']}/{one['id']}", one).status == 201
    assert sorted(doctor("GET", "Device").ids) == ["d-own", "d-room"]
    assert doctor("GET", "Device?patient=Patient/p-dev").ids == ["d-own"]
    assert other_doctor("GET", "Device").ids == ["d-room"]
    assert other_doctor("GET", "Device/d-own").status == 404
    for role in (Role.FACILITY_ADMINISTRATOR, Role.ADMINISTRATOR, Role.OPERATOR):
        assert Client(api, Principal("bàn Mẫu", role, "79001"))("GET", "Device/d-own").status == 403
