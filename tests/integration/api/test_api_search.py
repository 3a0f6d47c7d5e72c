"""search over a real store: the searchset around what the search room finds."""

from __future__ import annotations

from math import acos, cos, radians, sin

import pytest
from tests.integration.api.conftest import INTEGRATOR

from yteso.access.policy import restriction
from yteso.base.errors import Refused
from yteso.db import READING_SECONDS
from yteso.search.parse import parse
from yteso.store.postgres import PostgresStore


@pytest.fixture
def people(admin, patient):
    for n in range(7):
        body = {**patient, "id": f"p{n}", "birthDate": f"199{n}-01-01"}
        assert admin("PUT", f"Patient/p{n}", body).status == 201


def test_a_searchset_is_made_of_stored_bytes(admin, people):
    answer = admin("GET", "Patient?_id=p3")
    told = answer.json
    assert (told["resourceType"], told["type"]) == ("Bundle", "searchset")
    assert told["entry"][0]["fullUrl"] == "http://test/fhir/Patient/p3"
    assert told["entry"][0]["search"] == {"mode": "match"}
    assert admin("GET", "Patient/p3").body in answer.body
    assert told["total"] == 1


def test_nothing_found_is_a_searchset_without_entries(admin):
    told = admin("GET", "Patient?_id=none").json
    assert told["type"] == "searchset"
    assert "entry" not in told


def test_names_are_found_with_and_without_marks(admin, people):
    assert len(admin("GET", "Patient?name=nguy%E1%BB%85n").ids) == 7
    assert len(admin("GET", "Patient?name=NGUYEN&given=thu").ids) == 7
    assert admin("GET", "Patient?name=tran").ids == []


def test_a_total_comes_on_request(admin, people):
    assert admin("GET", "Patient?_total=accurate&_count=2").json["total"] == 7
    counted = admin("GET", "Patient?_summary=count&birthdate=ge1995-01-01").json
    assert (counted["total"], counted.get("entry")) == (2, None)
    assert admin("GET", "Patient?_count=0").json["total"] == 7
    assert "entry" not in admin("GET", "Patient?_summary=count&_count=3").json


def test_a_total_that_the_only_page_shows_is_told_unasked(admin, people):
    assert admin("GET", "Patient?_count=7").json["total"] == 7
    assert admin("GET", "Patient?_id=none").json["total"] == 0
    page = admin("GET", "Patient?_count=4")
    assert "total" not in page.json
    assert "total" not in admin("GET", page.link("next")).json


def test_a_total_declined_is_left_out(admin, people):
    assert "total" not in admin("GET", "Patient?_total=none").json
    assert admin("GET", "Patient?_total=none&_summary=count").json["total"] == 7


@pytest.mark.parametrize("address", ["Patient", "Patient/_history", "Patient/p1/*", "?_type=Patient"])
def test_the_self_link_says_how_many_are_told_at_most(admin, people, address):
    join = "&" if "?" in address else "?"
    assert "_count=1000" in admin("GET", f"{address}{join}_count=5000").link("self")
    assert "_count=7" in admin("GET", f"{address}{join}_count=7").link("self")
    for wrong in ("-1", "many", "1.5"):
        assert admin("GET", f"{address}{join}_count={wrong}").status == 400


def test_no_link_begins_at_the_audit_chain(admin, people):
    assert admin("GET", "Patient?_has:AuditEvent:patient:action=R").codes == ["SRCH-0010"]
    strictly = {"Prefer": "handling=strict"}
    assert admin("GET", "Patient?_revinclude=AuditEvent:patient", **strictly).codes == ["SRCH-0007"]


OLDER = ("http://fhir.ehealth.gov.vn/core/sid/cccd", "https://fhir.ehealth.gov.vn/core/sid/national_id")


@pytest.mark.parametrize("asked", ["http://fhir.hl7.org.vn/core/sid/cccd", *OLDER])
@pytest.mark.parametrize("written", ["http://fhir.hl7.org.vn/core/sid/cccd", *OLDER])
def test_an_identifier_is_found_under_every_uri_of_its_system_and_stays_as_sent(admin, patient, asked, written):
    identifier = {"system": written, "value": "000090000001"}
    admin("PUT", "Patient/old", {**patient, "id": "old", "identifier": [identifier]})
    assert admin("GET", f"Patient?identifier={asked}|000090000001").ids == ["old"]
    assert admin("GET", f"Patient?identifier={asked}|").ids == ["old"]
    assert admin("GET", "Patient/old").json["identifier"] == [identifier]
    care = {"resourceType": "Flag", "id": "f", "status": "active", "code": {"text": "x"}}
    admin("PUT", "Flag/f", {**care, "subject": {"identifier": identifier}})
    assert admin("GET", f"Flag?subject:identifier={asked}|000090000001").ids == ["f"]
    again = admin("POST", "Patient", patient, If_None_Exist=f"identifier={asked}|000090000001")
    assert (again.status, again.json["id"]) == (200, "old")


@pytest.mark.parametrize("sort", ["", "&_sort=birthdate", "&_sort=-birthdate", "&_sort=_lastUpdated"])
def test_pages_join_to_the_whole_also_while_others_write(admin, people, patient, sort):
    seen, url, rounds = [], f"Patient?gender=female&_count=2{sort}", 0
    while url:
        page = admin("GET", url)
        assert page.status == 200
        assert len(page.ids) <= 2
        seen += page.ids
        url = page.link("next")
        admin("PUT", f"Patient/late{rounds}", {**patient, "id": f"late{rounds}", "birthDate": f"20{rounds:02}-01-01"})
        rounds += 1
    assert len(seen) == len(set(seen))
    assert {f"p{n}" for n in range(7)} <= set(seen)


def test_links_tell_the_question_and_hide_it_in_the_next(admin, people):
    page = admin("GET", "Patient?name=Nguyen&_count=3&_format=json")
    assert page.link("self").startswith("http://test/fhir/Patient?name=Nguyen&_count=3")
    assert "Nguyen" not in page.link("next")
    assert admin("GET", page.link("next")).ids


def test_included_resources_are_marked(admin, people):
    admin(
        "PUT",
        "Observation/o",
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "code": {"text": "x"},
            "subject": {"reference": "Patient/p1"},
        },
    )
    told = admin("GET", "Observation?_id=o&_include=Observation:subject").json
    assert [(e["resource"]["id"], e["search"]["mode"]) for e in told["entry"]] == [("o", "match"), ("p1", "include")]


def test_an_unknown_parameter_is_told_or_refused(admin, people):
    told = admin("GET", "Patient?colour=red&_id=p1").json
    assert [e["search"]["mode"] for e in told["entry"]] == ["match", "outcome"]
    assert told["entry"][1]["resource"]["resourceType"] == "OperationOutcome"
    assert "colour" not in admin("GET", "Patient?colour=red&_id=p1").link("self")
    strict = admin("GET", "Patient?colour=red&_id=p1", Prefer="handling=strict")
    assert strict.status == 400
    assert strict.json["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("address", ["Patient?", "?_type=Patient&"])
def test_what_can_be_followed_is_followed_on_every_page_also_beside_what_cannot(admin, people, address):
    for n in range(2):
        admin("PUT", f"Organization/o{n}", {"resourceType": "Organization", "id": f"o{n}", "name": "Mẫu"})
        body = admin("GET", f"Patient/p{n}").json | {"managingOrganization": {"reference": f"Organization/o{n}"}}
        admin("PUT", f"Patient/p{n}", body)
    asked = "_id=p0,p1&_count=1&_include=Never&_include=Patient:organization"
    page, seen = admin("GET", f"{address}{asked}"), []
    while True:
        assert "_include=Patient:organization" in page.link("self")
        assert "Never" not in page.link("self")
        seen += [e["resource"]["id"] for e in page.json["entry"] if e["search"]["mode"] == "include"]
        if not page.link("next"):
            break
        page = admin("GET", page.link("next"))
    assert sorted(seen) == ["o0", "o1"]


@pytest.mark.parametrize(
    ("asked", "used"),
    [("_sort=never,-birthdate", "_sort=-birthdate"), ("_sort=never", ""), ("gender=", ""), ("_contained=true", ""),
     ("_contained=false", "_contained=false")],
)  # fmt: skip
def test_the_self_link_tells_what_was_used(admin, people, asked, used):
    assert admin("GET", f"Patient?_id=p1&{asked}").link("self").partition("?_id=p1")[2].removeprefix("&") == used


def test_a_search_by_post_is_the_same_search(admin, people):
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert admin("POST", "Patient/_search", b"_id=p2", **form).ids == ["p2"]
    assert admin("POST", "Patient/_search?_id=p2", b"gender=female", **form).ids == ["p2"]
    page = admin("POST", "Patient/_search", b"name=nguyen&_count=4", **form)
    assert len(page.ids) == 4
    assert "nguyen" not in page.link("next")
    assert len(admin("GET", page.link("next")).ids) == 3
    assert admin("POST", "Patient/_search", b"{}", Content_Type="application/json").status == 415


def test_a_part_of_each_resource_is_shown_on_request(admin, people):
    (entry,) = admin("GET", "Patient?_id=p1&_elements=birthDate").json["entry"]
    assert entry["resource"].keys() == {"resourceType", "id", "meta", "birthDate"}
    assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert {"name", "gender"} < admin("GET", "Patient/p1?_elements=name&_elements=gender").json.keys()
    assert "name" in admin("GET", "Patient/p1?_summary=true").json
    assert "name" not in admin("GET", "Patient/p1?_elements=gender").json
    assert admin("GET", "Patient/p1?_summary=false").body == admin("GET", "Patient/p1").body
    assert admin("GET", "Patient?_summary=some").codes == ["SRCH-0008"]


@pytest.mark.parametrize(
    ("url", "used", "shown"),
    [
        (
            "Patient?_id=p1&_elements=gender,nosuch,Patient.birthDate",
            "gender,Patient.birthDate",
            {"gender", "birthDate"},
        ),
        ("Patient?_id=p1&_elements=gender,Patient.nosuch", "gender", {"gender"}),
        ("Patient?_id=p1&_elements=Nosuch.name,gender", "gender", {"gender"}),
        ("Patient?_id=p1&_elements=nosuch", "nosuch", set()),
        ("?_type=Patient,Condition&_id=p1&_elements=code,gender,nosuch", "code,gender", {"gender"}),
        ("Patient/p1/*?_type=Patient&_elements=gender,nosuch", "gender", {"gender"}),
    ],
)
def test_an_element_that_nothing_has_is_told_and_left_out_or_refused(admin, people, url, used, shown):
    told = admin("GET", url)
    first, *_, last = [entry["resource"] for entry in told.json["entry"]]
    assert first.keys() == {"resourceType", "id", "meta"} | shown
    assert last["issue"][0]["details"]["coding"][0]["code"] == "SRCH-0027"
    assert told.link("self").partition("_elements=")[2] == used
    strict = admin("GET", url, Prefer="handling=strict")
    assert (strict.status, strict.codes) == (400, ["SRCH-0027"])


def test_what_one_of_the_types_has_is_no_unknown_element(admin, people):
    strictly = {"Prefer": "handling=strict"}
    for names in ("deceased", "deceasedBoolean", "Observation.value", "resourceType,id,meta,name.family"):
        assert admin("GET", f"Patient?_elements={names}", **strictly).status == 200
    assert admin("GET", "Patient/p1?_elements=name,nosuch", **strictly).codes == ["SRCH-0027"]
    assert admin("GET", "Patient/p1?_elements=name,nosuch").status == 200
    assert admin("GET", "Patient?_elements:exclude=name").codes == ["SRCH-0008"]


def test_a_compartment_is_searched_by_its_address(admin, people):
    body = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    admin("PUT", "Observation/o", {**body, "subject": {"reference": "Patient/p1"}})
    assert admin("GET", "Patient/p1/Observation").ids == ["o"]
    assert admin("GET", "Patient/p1/Observation?status=registered").ids == []
    assert admin("GET", "Patient/p2/Observation").ids == []
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert admin("POST", "Patient/p1/Observation/_search", b"status=final", **form).ids == ["o"]
    assert admin("GET", "Organization/x/Observation").codes == ["SRCH-0015"]


def test_a_chain_is_asked_like_any_parameter(admin, people):
    body = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    admin("PUT", "Observation/o", {**body, "subject": {"reference": "Patient/p1"}})
    assert admin("GET", "Observation?subject:Patient.birthdate=1991").ids == ["o"]
    assert admin("GET", "Patient?_has:Observation:patient:status=final").ids == ["p1"]
    assert admin("GET", "Observation?subject:Patient.shoe=1").codes == ["SRCH-0010"]


def test_a_reference_to_another_server_is_found_by_its_address_whatever_it_looks_like(admin):
    address = "http://bhyt.mau.vn/fhir/claim/12345"
    notice = {
        "resourceType": "PaymentNotice",
        "status": "active",
        "request": {"reference": address},
        "created": "2026-01-01",
        "payment": {"display": "Mẫu"},
        "recipient": {"display": "Mẫu"},
        "amount": {"value": 1},
    }
    assert admin("POST", "PaymentNotice", notice).status == 201
    assert len(admin("GET", f"PaymentNotice?request={address}").ids) == 1
    assert admin("GET", f"PaymentNotice?request={address}6").ids == []


def test_a_number_is_found_also_when_it_has_more_digits_than_a_float(admin):
    raw = b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":%b}}'
    raw %= b"66.899999999999991"
    assert admin("POST", "Observation", raw).status == 201
    assert len(admin("GET", "Observation?value-quantity=66.899999999999991").ids) == 1
    assert len(admin("GET", "Observation?value-quantity=66.9").ids) == 1
    assert admin("GET", "Observation?value-quantity=66.8").ids == []


def test_a_whole_compartment_comes_in_pages_by_type(admin, people):
    for n in range(3):
        body = {"resourceType": "Observation", "id": f"o{n}", "status": "final", "code": {"text": "x"}}
        admin("PUT", f"Observation/o{n}", {**body, "subject": {"reference": f"Patient/p{n // 2}"}})
    flag = {"resourceType": "Flag", "id": "f", "status": "active", "code": {"text": "x"}}
    admin("PUT", "Flag/f", {**flag, "subject": {"reference": "Patient/p0"}})
    seen, url = [], "Patient/p0/*?_count=1"
    while url:
        page = admin("GET", url)
        seen += [(one["resource"]["resourceType"], one["resource"]["id"]) for one in page.json["entry"]]
        url = page.link("next")
    assert seen == [("Flag", "f"), ("Observation", "o0"), ("Observation", "o1"), ("Patient", "p0")]
    assert admin("GET", "Patient/p0/*?_type=Observation").ids == ["o0", "o1"]
    assert admin("GET", "Patient/p0/*?_lastUpdated=lt2020").ids == []
    assert admin("GET", "Patient/nobody/*").ids == []
    for refused in ("name=x", "_type=Nothing", "_sort=_id", "shoe=1", "_total=accurate"):
        assert admin("GET", f"Patient/p0/*?{refused}").status == 400
    assert admin("GET", "Organization/x/*").codes == ["SRCH-0015"]


def test_a_code_without_a_written_system_has_the_one_of_its_definition(admin, people):
    system = "http://hl7.org/fhir/administrative-gender"
    for criterion, count in ((f"gender={system}|female", 7), ("gender=http://other|female", 0), ("gender=|female", 7)):
        assert admin("GET", f"Patient?{criterion}&_summary=count").json["total"] == count
    assert admin("GET", "Patient?gender:not=http://other|female&_summary=count").json["total"] == 7


def test_a_filter_is_asked_like_any_parameter(admin, people):
    asked = 'Patient?_filter=given eq "thử" and not (birthdate lt 1992 or birthdate ge 1996)&_count=3'
    first = admin("GET", asked.replace(" ", "%20"))
    assert (first.ids, "_filter=" in first.link("self")) == (["p5", "p4", "p3"], True)
    assert admin("GET", first.link("next")).ids == ["p2"]
    form = b"_filter=not+(_id+eq+p1)+and+birthdate+le+1991"
    assert admin("POST", "Patient/_search", form, content_type="application/x-www-form-urlencoded").ids == ["p0"]
    inside = admin("GET", "Patient?_filter=gender%20in%20http://hl7.org/fhir/ValueSet/administrative-gender&_count=0")
    assert inside.json["total"] == 7
    assert admin("GET", "Patient?_filter=name").codes == ["SRCH-0019"]


def test_a_filter_is_a_criterion_too(admin, people):
    assert admin("DELETE", "Patient?_filter=not%20(_id%20ne%20p3)").status == 204
    assert admin("GET", "Patient/p3").status == 410
    assert admin("DELETE", "Patient?_filter=not%20(_id%20ne%20p4)%20or").codes == ["API-0026", "SRCH-0019"]


@pytest.fixture
def forms(admin):
    form = {"resourceType": "Questionnaire", "url": "http://mau/phieu", "status": "active"}
    for version in ("1", "2"):
        admin(
            "PUT",
            f"Questionnaire/f{version}",
            {**form, "id": f"f{version}", "version": version, "name": f"Bản{version}"},
        )
    filled = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    for name, named in {
        "one": "http://mau/phieu|1",
        "two": "http://mau/phieu|2",
        "any": "http://mau/phieu",
        "near": "Questionnaire/f1",
        "far": "http://khac/phieu|1",
    }.items():
        assert (
            admin("PUT", f"QuestionnaireResponse/{name}", {**filled, "id": name, "questionnaire": named}).status == 201
        )


def included(answer):
    return sorted(e["resource"]["id"] for e in answer.json.get("entry", []) if e["search"]["mode"] == "include")


def test_what_a_canonical_means_is_followed_by_its_url_and_version(admin, forms):
    chained = admin("GET", "QuestionnaireResponse?questionnaire.name=bản1")
    assert sorted(chained.ids) == ["any", "near", "one"]
    refused = admin("GET", "QuestionnaireResponse?_filter=not%20(questionnaire.name%20eq%20bản1)")
    assert sorted(refused.ids) == ["far", "two"]
    assert sorted(admin("GET", "Questionnaire?_has:QuestionnaireResponse:questionnaire:_id=two").ids) == ["f2"]
    assert sorted(admin("GET", "Questionnaire?_has:QuestionnaireResponse:questionnaire:_id=any").ids) == ["f1", "f2"]
    include = "_include=QuestionnaireResponse:questionnaire"
    assert included(admin("GET", f"QuestionnaireResponse?_id=one&{include}")) == ["f1"]
    assert included(admin("GET", f"QuestionnaireResponse?_id=any,far&{include}")) == ["f1", "f2"]
    back = "_revinclude=QuestionnaireResponse:questionnaire"
    assert included(admin("GET", f"Questionnaire?_id=f2&{back}")) == ["any", "two"]
    assert included(admin("GET", f"Questionnaire?_id=f1&{back}")) == ["any", "near", "one"]


def test_codes_are_found_by_a_value_set_of_the_record_whichever_way_it_is_named(admin):
    include = [{"system": "urn:c", "concept": [{"code": "a"}]}]
    value_set = {"resourceType": "ValueSet", "id": "vs", "status": "active", "compose": {"include": include}}
    assert admin("PUT", "ValueSet/vs", {**value_set, "url": "http://x.org/vs"}).status == 201
    assert admin("PUT", "ValueSet/nameless", {**value_set, "id": "nameless"}).status == 201
    for code in ("a", "b"):
        basic = {"resourceType": "Basic", "id": code, "code": {"coding": [{"system": "urn:c", "code": code}]}}
        assert admin("PUT", f"Basic/{code}", basic).status == 201
    for name in ("http://x.org/vs", "ValueSet/vs", "http://test/fhir/ValueSet/vs", "ValueSet/nameless"):
        assert admin("GET", f"Basic?code:in={name}").ids == ["a"]
        assert admin("GET", f"Basic?code:not-in={name}").ids == ["b"]
    assert admin("GET", "Basic?code:in=ValueSet/none").codes == ["SRCH-0011"]
    changed = {**value_set, "compose": {"include": [{"system": "urn:c", "concept": [{"code": "b"}]}]}}
    admin("PUT", "ValueSet/vs", {**changed, "url": "http://x.org/vs"})
    assert admin("GET", "Basic?code:in=ValueSet/vs").ids == ["b"]


def weight(name, value, code, system="http://unitsofmeasure.org"):
    amount = {"value": value, "unit": code, "code": code, "system": system}
    code = {"coding": [{"system": "urn:c", "code": "w"}]}
    part = {"code": {"coding": [{"system": "urn:c", "code": "part"}]}, "valueQuantity": amount}
    kind = {"resourceType": "Observation", "id": name, "status": "final", "code": code}
    return {**kind, "valueQuantity": amount, "component": [part]}


@pytest.mark.parametrize("name", ["value-quantity=", "code-value-quantity=w$", "component-value-quantity="])
def test_an_amount_is_found_in_whatever_ucum_unit_it_was_written(admin, name):
    for one in (
        weight("kg", 70, "kg"),
        weight("g", 70400, "g"),
        weight("lb", 154.3, "[lb_av]"),
        weight("light", 69.4, "kg"),
        weight("length", 70, "cm"),
        weight("other", 70, "kg", "urn:other"),
    ):
        assert admin("PUT", f"Observation/{one['id']}", one).status == 201
    kilograms = f"{name}{{}}|http://unitsofmeasure.org|kg"

    def found(asked):
        return set(admin("GET", f"Observation?{asked}").ids)

    assert found(kilograms.format("70")) == {"kg", "g", "lb"}
    assert found(kilograms.format("70.0")) == {"kg", "lb"}
    assert found(f"{name}70000|http://unitsofmeasure.org|g") == {"kg"}
    assert found(f"{name}7e4|http://unitsofmeasure.org|g") == {"kg", "g", "lb", "light"}
    assert found(kilograms.format("gt70")) == {"g"}
    assert found(kilograms.format("lt70")) == {"light", "lb"}
    assert found(kilograms.format("ge70")) == {"kg", "g"}
    assert found(kilograms.format("ne70")) == {"light"}
    assert found(f"{name}70||kg") == {"kg", "other"}
    assert found(f"{name}70|urn:other|kg") == {"other"}
    assert found(f"{name}70000||g") == set()


def test_a_contact_is_asked_for_with_its_kind(admin, patient):
    phone, mail = {"system": "phone", "value": "0901"}, {"system": "email", "value": "a@thu.vn", "use": "home"}
    admin("PUT", "Patient/a", {**patient, "id": "a", "telecom": [phone]})
    admin("PUT", "Patient/b", {**patient, "id": "b", "telecom": [mail]})
    asked = ["phone|0901", "email|0901", "email|a@thu.vn", "home|a@thu.vn", "phone|", "0901,a@thu.vn"]
    found = [sorted(admin("GET", f"Patient?telecom={one}").ids) for one in asked]
    assert found == [["a"], [], ["b"], [], ["a"], ["a", "b"]]


def test_a_number_is_found_however_it_is_written_and_a_name_as_it_is_said(admin, patient):
    phone, mail = {"system": "phone", "value": "0901 234 567"}, {"system": "email", "value": "A@Thu.vn"}
    name = {"family": "Nguyễn", "given": ["Thử", "Đức"]}
    admin("PUT", "Patient/a", {**patient, "id": "a", "telecom": [phone, mail], "name": [name]})
    for asked in ("phone=0901.234.567", "telecom=%2B84901234567", "telecom=phone|0901234567", "email=a@thu.vn"):
        assert admin("GET", f"Patient?{asked}").ids == ["a"], asked
    for asked in ("nguyen%20thu%20duc", "th%E1%BB%AD%20%C4%91%E1%BB%A9c", "thu%20duc%20nguyen", "duc%20nguyen"):
        assert admin("GET", f"Patient?name={asked}").ids == ["a"], asked
    assert admin("GET", "Patient?name=duc%20thu").ids == []
    assert admin("GET", "Patient?given=nguyen").ids == []


def test_resources_are_found_by_the_guide_their_profile_is_of(admin, patient):
    guide = "http://fhir.hl7.org.vn/core/StructureDefinition"
    admin("PUT", "Patient/a", {**patient, "id": "a", "meta": {"profile": [f"{guide}/vn-core-patient|1.0"]}})
    admin("PUT", "Patient/b", {**patient, "id": "b"})
    for asked in ("http://fhir.hl7.org.vn", f"{guide}/", f"{guide}/vn-core-patient"):
        assert admin("GET", f"Patient?_profile:below={asked}").ids == ["a"], asked
    assert admin("GET", f"Patient?_profile:below={guide}/vn-core").ids == []
    assert admin("GET", f"Patient?_profile:below={guide}&_profile:missing=false").ids == ["a"]


def test_a_search_that_an_index_serves_may_not_run_for_ever_either(admin, people, database):
    query, _ = parse("Observation", "performer=Practitioner/busy")
    limit = restriction(INTEGRATOR, "search", "Observation")
    with database.reading() as conn:
        assert conn.execute("SHOW statement_timeout").fetchone() == (f"{READING_SECONDS}s",)
    with database.connection() as other, database.reading() as conn:
        other.execute("LOCK TABLE store.resource")
        conn.execute("SET LOCAL statement_timeout TO 100")
        with pytest.raises(Refused, match="SRCH-0013") as refused:
            PostgresStore().search(conn, INTEGRATOR, limit, query)
    assert refused.value.status == 503


@pytest.mark.parametrize(("when", "found"), [("0001", []), ("ne0001-01-01", ["a"]), ("lt9999-12-31", ["a"])])
def test_the_first_and_the_last_year_can_be_asked_for(admin, patient, when, found):
    admin("PUT", "Patient/a", {**patient, "id": "a"})
    assert admin("GET", f"Patient?_lastUpdated={when}").ids == found
    assert admin("GET", "Patient/a/$everything?start=0001&end=9999-12-31").ids == ["a"]


def test_what_has_no_value_to_sort_by_comes_first(admin):
    about = {"a": {"display": "Thử"}, "b": {"reference": "Patient/2"}, "c": {"reference": "Patient/1"}, "d": None}
    for key, subject in about.items():
        text = {"resourceType": "Observation", "id": key, "status": "final", "code": {"text": "x"}}
        admin("PUT", f"Observation/{key}", text | ({"subject": subject} if subject else {}))
    assert admin("GET", "Observation?_sort=subject").ids == ["a", "d", "c", "b"]
    assert admin("GET", "Observation?_sort=-subject").ids == ["b", "c", "d", "a"]
    paper = {"resourceType": "Composition", "status": "final", "type": {"text": "x"}, "date": "2026", "title": "x"}
    for key in ("x", "y"):
        first = {"resource": {**paper, "id": key, "author": [{"display": "x"}]}, "fullUrl": f"http://test/{key}"}
        stamp = {"identifier": {"system": "urn:s", "value": key}, "timestamp": "2026-01-01T00:00:00Z"}
        assert (
            admin(
                "PUT",
                f"Bundle/{key}",
                {"resourceType": "Bundle", "type": "document", **stamp, "id": key, "entry": [first]},
            ).status
            == 201
        )
    assert admin("GET", "Bundle?_sort=-composition").ids == ["y", "x"]


@pytest.mark.parametrize(
    "asked",
    [(21.03, 105.85, 5), (21.03, 105.85, 1999), (0, -179.99, 10), (0, 179.99, 300), (65, -170, 1900), (89.5, 0, 800)],
)
def test_what_is_near_is_measured_over_the_globe(admin, asked):
    places = [(21.05, 105.85), (10.77, 106.7), (0, 179.99), (1, -178.5), (64, 175), (66, -130), (89, 170), (38, 100)]
    for at, (latitude, longitude) in enumerate(places):
        position = {"latitude": latitude, "longitude": longitude}
        admin("PUT", f"Location/l{at}", {"resourceType": "Location", "id": f"l{at}", "position": position})
    latitude, longitude, kilometres = asked
    expected = {f"l{at}" for at, place in enumerate(places) if way((latitude, longitude), place) <= kilometres}
    assert expected
    assert set(admin("GET", f"Location?near={latitude}|{longitude}|{kilometres}|km").ids) == expected


def way(one, other):
    """Kilometres between two places, by the cosine rule of a sphere."""
    (a, x), (b, y) = ((radians(latitude), radians(longitude)) for latitude, longitude in (one, other))
    return 6371 * acos(min(1, sin(a) * sin(b) + cos(a) * cos(b) * cos(x - y)))
