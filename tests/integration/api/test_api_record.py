"""$everything, $document, $summary, $lastn and $stats over a real store, within the rights."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.integration.api.conftest import DOCTOR, INTEGRATOR, Client

from yteso.fhir.json import loads
from yteso.store import compartment, everything, read
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.validate.structure import check_resource

OURS, THEIRS = "79001", "79002"
LAB = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
VITAL = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}


def ref(type, id):
    return {"reference": f"{type}/{id}"}


def of(kind, id, patient, **more):
    return {"resourceType": kind, "id": id, "subject": ref("Patient", patient), **more}


def coded(code):
    return {"coding": [{"system": "http://loinc.org", "code": code, "display": f"<{code}> & Mẫu"}]}


def status(kind, code):
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/condition-{kind}", "code": code}]}


def observation(id, patient, code, value, day, category=VITAL, unit="mmHg", **more):
    return of(
        "Observation", id, patient, status="final", code=coded(code), category=[category],
        effectiveDateTime=f"2026-03-{day:02d}", valueQuantity={"value": value, "unit": unit}, **more,
    )  # fmt: skip


def visit(id, patient, facility):
    return of(
        "Encounter", id, patient, status="finished", **{"class": {"code": "AMB"}},
        serviceProvider={"reference": f"Organization/{facility}", "identifier": {"value": facility}},
        participant=[{"individual": ref("Practitioner", "d")}], period={"start": "2026-03-01", "end": "2026-03-02"},
    )  # fmt: skip


@pytest.fixture(autouse=True)
def province(admin):
    """Lan is ours: two visits, with what was found. Mai is theirs."""
    resources = [
        {"resourceType": "Organization", "id": OURS, "name": "Phòng khám Mẫu"},
        {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Bác sĩ Mẫu"}]},
        {"resourceType": "Patient", "id": "lan", "birthDate": "1999-03-02", "name": [{"text": "Thử"}],
         "identifier": [{"system": "urn:yteso:test", "value": "1"}]},
        {"resourceType": "Patient", "id": "mai", "name": [{"text": "Giả"}]},
        visit("e1", "lan", OURS), visit("e2", "lan", OURS), visit("e3", "mai", THEIRS),
        observation("o1", "lan", "8480-6", 120, 1, encounter=ref("Encounter", "e1")),
        observation("o2", "lan", "8480-6", 130, 5, encounter=ref("Encounter", "e2")),
        observation("o3", "lan", "8462-4", 80, 5, encounter=ref("Encounter", "e2")),
        observation("o4", "lan", "2345-7", 5, 7, LAB, "mmol/L"),
        observation("o5", "lan", "2345-7", 95, 8, LAB, "mg/dL"),
        observation("o-mai", "mai", "8480-6", 200, 9),
        of("Condition", "c1", "lan", code=coded("I10"), recordedDate="2026-03-05", encounter=ref("Encounter", "e2"),
           clinicalStatus=status("clinical", "active")),
        of("Condition", "c2", "lan", code={"text": "Cảm <script>"}, clinicalStatus=status("clinical", "resolved")),
        of("Condition", "c3", "lan", code=coded("X"), verificationStatus=status("ver-status", "entered-in-error")),
        of("Composition", "k", "lan", status="final", type=coded("34133-9"), date="2026-03-02", title="Mẫu",
           author=[ref("Practitioner", "d")], encounter=ref("Encounter", "e1"),
           section=[{"entry": [ref("Observation", "o1"), ref("Observation", "never"), ref("Observation", "o-mai")]}]),
    ]  # fmt: skip
    for resource in resources:
        answer = admin("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
        assert answer.status == 201, answer.body


def keys(answer, *modes):
    assert answer.status == 200, answer.body
    return [
        f"{e['resource']['resourceType']}/{e['resource']['id']}"
        for e in answer.json.get("entry", ())
        if not modes or e["search"]["mode"] in modes
    ]


LAN = {
    "Patient/lan", "Encounter/e1", "Encounter/e2", "Composition/k",
    *(f"Observation/o{n}" for n in range(1, 6)), *(f"Condition/c{n}" for n in range(1, 4)),
}  # fmt: skip


def test_everything_of_a_patient_is_the_record_and_what_it_refers_to(admin, doctor):
    for who in (admin, doctor):
        found = who("GET", "Patient/lan/$everything")
        assert keys(found, "match")[0] == "Patient/lan"
        assert set(keys(found, "match")) == LAN
        assert set(keys(found, "include")) == {f"Organization/{OURS}", "Practitioner/d"}
        assert (found.json["total"], len(keys(found))) == (len(LAN), len(LAN) + 2)
        assert check_resource(loads(found.body)) == ()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_page_of_everything_has_more_than_is_asked(admin, count):
    url, seen = f"Patient/lan/$everything?_count={count}", []
    while url:
        page = admin("GET", url)
        assert len(keys(page, "match")) <= count
        seen += keys(page, "match")
        url = page.link("next")
    assert (seen[0], len(seen), set(seen)) == ("Patient/lan", len(LAN), LAN)


def test_everything_comes_in_pages(admin):
    for method, url, body in (
        ("GET", "Patient/lan/$everything?_count=4", None),
        ("POST", "Patient/lan/$everything", {"resourceType": "Parameters", "parameter": [
            {"name": "_count", "valueInteger": 4}]}),
    ):  # fmt: skip
        page = admin(method, url, body)
        seen = keys(page, "match")
        while link := page.link("next"):
            assert "lan" not in link.partition("?")[2]
            page = admin("GET", link)
            seen += keys(page, "match")
        assert (set(seen), len(seen)) == (LAN, len(LAN))


def test_everything_may_be_narrowed(admin):
    now = admin("GET", "Patient/lan").json["meta"]["lastUpdated"]
    admin("PUT", "Condition/c2", of("Condition", "c2", "lan", code={"text": "x"}))
    assert set(keys(admin("GET", "Patient/lan/$everything?_type=Condition,Observation&_type=Practitioner"))) == {
        key for key in LAN if key.startswith(("Condition", "Observation"))
    }
    assert set(keys(admin("GET", "Patient/lan/$everything?_type=Condition&_type=Patient"), "match")) == {
        "Patient/lan", "Condition/c1", "Condition/c2", "Condition/c3"}  # fmt: skip
    dated = set(keys(admin("GET", "Patient/lan/$everything?start=2026-03-05&end=2026-03-07"), "match"))
    assert dated == LAN - {"Encounter/e1", "Encounter/e2", "Observation/o1", "Observation/o5", "Composition/k"}
    since = keys(admin("GET", f"Patient/lan/$everything?_since={now.replace('+', '%2B')}&_type=Condition"), "match")
    assert "Condition/c2" in since
    assert keys(admin("GET", "Patient/lan/$everything?_since=2999-01-01T00:00:00Z"), "match") == []
    assert admin("GET", "Patient/lan/$everything?_type=Never").codes == ["API-0002"]
    assert admin("GET", "Patient/lan/$everything?_page=abc").codes == ["API-0022"]


def test_everything_since_brings_what_news_refers_to_alone(admin):
    admin("PUT", "Patient/lan", {**admin("GET", "Patient/lan").json, "generalPractitioner": [ref("Practitioner", "d")]})
    now = admin("GET", "Patient/lan").json["meta"]["lastUpdated"].replace("+", "%2B")
    assert "Practitioner/d" in keys(admin("GET", f"Patient/lan/$everything?_since={now}"), "include")
    later = admin("PUT", "Condition/c2", of("Condition", "c2", "lan", code={"text": "x"})).json["meta"]["lastUpdated"]
    news = admin("GET", f"Patient/lan/$everything?_since={later.replace('+', '%2B')}")
    assert keys(news) == ["Condition/c2"], "the patient did not change: whom only the patient names was told before"


def test_everything_holds_the_files_of_its_documents_when_asked(admin):
    file = {"resourceType": "Binary", "contentType": "text/plain", "data": "YQ=="}
    for name in ("f1", "f2"):
        admin("PUT", f"Binary/{name}", {**file, "id": name, "securityContext": ref("DocumentReference", "paper")})
    attachment = {"contentType": "text/plain", "url": "Binary/f1"}
    admin("PUT", "DocumentReference/paper", of("DocumentReference", "paper", "lan", status="current",
          content=[{"attachment": attachment}]))  # fmt: skip
    asked = "Patient/lan/$everything?_type=DocumentReference"
    assert keys(admin("GET", f"{asked},Binary")) == ["DocumentReference/paper", "Binary/f1"]
    assert keys(admin("GET", asked)) == ["DocumentReference/paper"]


def test_everything_of_a_visit(admin, doctor):
    for who in (admin, doctor):
        found = who("GET", "Encounter/e2/$everything")
        assert keys(found, "match") == ["Encounter/e2", "Condition/c1", "Observation/o2", "Observation/o3"]
        assert set(keys(found, "include")) == {"Patient/lan", f"Organization/{OURS}", "Practitioner/d"}


@pytest.mark.parametrize("operation", ["$everything", "$summary"])
def test_another_facilitys_patient_is_as_absent(operation, doctor, operator, staff, admin):
    hidden, absent = doctor("GET", f"Patient/mai/{operation}"), doctor("GET", f"Patient/never/{operation}")
    assert (hidden.status, hidden.body) == (404, absent.body)
    assert staff("GET", f"Patient/lan/{operation}").status == 200
    assert operator("GET", f"Patient/lan/{operation}").codes == ["AUTH-0102"]
    admin("DELETE", "Patient/mai")
    assert admin("GET", f"Patient/mai/{operation}").status == 410
    assert doctor("GET", "Encounter/e3/$everything").status == 404
    assert admin("GET", f"Observation/o1/{operation}").status == 404


def test_a_document_holds_what_the_caller_may_see(admin, doctor):
    whole = keys(admin("GET", "Composition/k/$document"))
    for named in ("k", "Composition/k", "http://test/fhir/Composition/k"):
        assert keys(admin("GET", f"Composition/$document?id={named}")) == whole
    assert admin("GET", "Composition/$document").codes == ["API-1002"]
    assert admin("GET", "Composition/$document?id=http://elsewhere/Composition/k").codes == ["API-0017"]
    assert (whole[0], set(whole[1:])) == (
        "Composition/k",
        {"Patient/lan", "Encounter/e1", "Practitioner/d", "Observation/o1", "Observation/o-mai"},
    )
    ours = doctor("GET", "Composition/k/$document")
    assert set(keys(ours)) == set(whole) - {"Observation/o-mai"}
    told = ours.json
    assert (told["type"], told["identifier"]["value"]) == ("document", f"urn:uuid:{told['id']}")
    assert check_resource(loads(ours.body)) == ()


def test_a_document_is_stored_when_asked_by_who_may(admin, doctor):
    body = {"resourceType": "Parameters", "parameter": [{"name": "persist", "valueBoolean": True}]}
    stored = admin("POST", "Composition/k/$document", body)
    assert stored.status == 200
    assert admin("GET", stored.headers["Location"]).json == stored.json
    assert doctor("POST", "Composition/k/$document", body).codes == ["AUTH-0102"]
    assert admin("GET", "Composition/k/$document?persist=true").codes == ["API-1032"]


def sections(document):
    composition = document["entry"][0]["resource"]
    return {one["code"]["coding"][0]["code"]: one for one in composition["section"]}


def test_a_summary_has_its_sections_and_says_what_is_unknown(admin, doctor):
    answer = doctor("GET", "Patient/lan/$summary")
    document = answer.json
    assert check_resource(loads(answer.body)) == ()
    assert (document["type"], document["entry"][0]["resource"]["type"]["coding"][0]["code"]) == ("document", "60591-5")
    found = sections(document)
    by_url = {entry["fullUrl"]: entry["resource"] for entry in document["entry"]}
    entries = {code: [by_url[e["reference"]] for e in one["entry"]] for code, one in found.items()}
    assert {
        code: [one["id"] for one in rows] for code, rows in entries.items() if code not in ("48765-2", "10160-0")
    } == {
        "11450-4": ["c1"],
        "30954-2": ["o5", "o4"],
        "8716-3": ["o2", "o3", "o1"],
        "11348-0": ["c2"],
    }
    assert entries["48765-2"][0]["code"]["coding"][0]["code"] == "no-allergy-info"
    assert entries["10160-0"][0]["medicationCodeableConcept"]["coding"][0]["code"] == "no-medication-info"
    assert entries["10160-0"][0]["_effectiveDateTime"]["extension"][0]["valueCode"] == "unknown"
    assert entries["48765-2"][0]["patient"]["reference"] in by_url
    text = found["11348-0"]["text"]["div"]
    assert "Cảm &lt;script&gt;" in text
    assert tuple(found["11450-4"]["title"].split(" / ")) == ("Vấn đề sức khoẻ", "Problems")
    assert "130 mmHg" in found["8716-3"]["text"]["div"]
    assert sections(admin("GET", "Patient/$summary?identifier=urn:yteso:test|1").json).keys() == found.keys()
    assert admin("GET", "Patient/$summary").codes == ["API-1002"]
    assert admin("GET", "Patient/$summary?identifier=never").status == 404
    assert len(sections(admin("GET", "Patient/mai/$summary").json)) == 4


def test_the_last_observations_of_each_code(admin, doctor):
    for who in (admin, doctor):
        assert sorted(who("GET", "Observation/$lastn?patient=lan&category=vital-signs").ids) == ["o2", "o3"]
        assert who("GET", "Observation/$lastn?patient=Patient/lan&code=8480-6&max=5").ids == ["o2", "o1"]
        assert who("GET", "Observation/$lastn?subject=Patient/lan&date=lt2026-03-04").ids == ["o1"]
    assert doctor("GET", "Observation/$lastn?patient=mai").ids == []
    assert admin("GET", "Observation/$lastn").codes == ["API-1002"]
    assert admin("GET", "Observation/$lastn?patient=lan&never=1").codes == ["API-1001"]


FIGURES = ("average", "maximum", "count", "median", "std-dev", "total-count")


def figures(answer):
    assert answer.status == 200, answer.body
    told = loads(answer.body)
    assert check_resource(told) == ()
    return [
        {
            part["code"]["coding"][0]["code"]: (part["valueQuantity"]["value"], part["valueQuantity"].get("unit"))
            for part in one["resource"]["component"]
        }
        for one in told.get("parameter", ())
        if one["name"] == "statistics"
    ]


def test_figures_are_made_within_one_unit_and_one_code(admin, doctor):
    asked = "&".join(
        f"statistic={name}" for name in ("average", "maximum", "count", "median", "std-dev", "total-count")
    )
    (pressure,) = figures(doctor("GET", f"Observation/$stats?subject=Patient/lan&code=8480-6&{asked}"))
    assert (pressure["average"], pressure["maximum"], pressure["count"]) == ((125, "mmHg"), (130, "mmHg"), (2, None))
    assert abs(pressure["std-dev"][0] - Decimal("7.07106781187")) < Decimal("1e-9")
    sugar = figures(admin("GET", f"Observation/$stats?subject=Patient/lan&code=2345-7&{asked}"))
    assert sorted(one["average"] for one in sugar) == [(5, "mmol/L"), (95, "mg/dL")]
    assert {one["total-count"][0] for one in sugar} == {2}
    period = {"name": "period", "valuePeriod": {"start": "2026-03-05"}}
    body = {"resourceType": "Parameters", "parameter": [
        {"name": "subject", "valueUri": "Patient/lan"}, {"name": "coding", "valueCoding": {
            "system": "http://loinc.org", "code": "8480-6"}}, {"name": "statistic", "valueCode": "count"}, period,
        {"name": "include", "valueBoolean": True}]}  # fmt: skip
    answer = admin("POST", "Observation/$stats", body)
    assert figures(answer)[0]["count"][0] == 1
    assert [one["resource"]["id"] for one in answer.json["parameter"] if one["name"] == "source"] == ["o2"]
    asked_all = "Observation/$stats?subject=Patient/lan&code=8480-6&statistic=count&include=true"
    assert len([one for one in admin("GET", f"{asked_all}&limit=1").json["parameter"] if one["name"] == "source"]) == 1
    assert figures(admin("GET", f"{asked_all}&duration=0.5")) == []
    assert figures(admin("GET", f"{asked_all}&duration=900000.25"))[0]["count"][0] == 2
    assert admin("GET", f"{asked_all}&duration=-1").codes == ["API-1003"]
    assert figures(doctor("GET", f"Observation/$stats?subject=Patient/mai&code=8480-6&{asked}")) == []
    assert admin("GET", "Observation/$stats?subject=Patient/lan&code=1&statistic=mode").codes == ["API-1031"]
    assert admin("GET", "Observation/$stats?subject=Patient/lan&statistic=count").codes == ["API-1002"]


@pytest.mark.parametrize("address", ["Patient/p1/$everything", "Patient/p1/*"])
def test_a_patients_record_is_reached_without_walking_over_those_of_others(api, database, monkeypatch, address):
    """As a doctor, of whom the second wall asks a relation for each row that is looked at."""
    with database.connection() as conn:
        PostgresStore().write(conn, INTEGRATOR, [Put(one) for n in range(2000) for one in _visit(n)])
        conn.execute("ANALYZE store.resource")
    plans = []

    def explained(conn, text, params, **more):
        if "LIMIT" in text and "store.resource" in text:
            (plan,) = conn.execute(f"EXPLAIN (FORMAT JSON) {text}", params).fetchone()
            plans.append(str(plan))
        return read.run(conn, text, params, **more)

    for module in (everything, compartment):
        monkeypatch.setattr(module, "run", explained)
    for who in (INTEGRATOR, DOCTOR):
        answer = Client(api, who)("GET", address)
        found = {(entry["resource"]["resourceType"], entry["resource"]["id"]) for entry in answer.json["entry"]}
        assert found == {("Patient", "p1"), ("Encounter", "e1"), ("Observation", "o1")}
    assert plans
    for plan in plans:
        assert "resource_patient" in plan, plan
        assert "resource_updated" not in plan, plan


def _visit(n):
    of = {"subject": {"reference": f"Patient/p{n}"}}
    yield {"resourceType": "Patient", "id": f"p{n}"}
    yield {
        **of,
        "resourceType": "Encounter",
        "id": f"e{n}",
        "status": "finished",
        "class": {"code": "AMB"},
        "serviceProvider": {"identifier": {"value": DOCTOR.facility}},
    }
    yield {**of, "resourceType": "Observation", "id": f"o{n}", "status": "final", "code": {"text": "x"}}
