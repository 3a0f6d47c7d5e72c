"""$lookup, $validate-code, $expand, $translate, $subsumes over the door: what is built in and stored, who may."""

from __future__ import annotations

import pytest
from tests.unit.terminology.conftest import FRUIT, fruit, value_set

from yteso.validate.structure import check_resource

ICD10 = "http://fhir.hl7.org.vn/core/CodeSystem/vn-icd10-cs"
GENDER = "http://hl7.org/fhir/administrative-gender"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def parameters(**values):
    """`valueCode` is given as `(“valueCode”, x)`, anything else as a string."""
    rows = []
    for name, value in values.items():
        kind, inner = value if isinstance(value, tuple) else ("valueString", value)
        rows.append({"name": name.replace("_", "-"), kind: inner})
    return {"resourceType": "Parameters", "parameter": rows}


def told(answer) -> dict:
    assert answer.status == 200, answer.body
    found: dict = {}
    for row in answer.json["parameter"]:
        kind = next(key for key in row if key != "name")
        found.setdefault(row["name"], row[kind])
    return found


def codes(answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["code"] for one in answer.json["expansion"].get("contains", [])]


@pytest.fixture
def world(admin):
    """A code system in two versions, a value set over it and a map from it, in the record."""
    system = {**fruit(), "id": "fruit", "status": "active"}
    newer = {**fruit(version="2"), "id": "fruit-2", "status": "active"}
    newer["concept"] = [*newer["concept"], {"code": "durian", "display": "Durian"}]
    citrus = value_set(
        "urn:test:vs:citrus",
        {"system": FRUIT, "filter": [{"property": "concept", "op": "descendent-of", "value": "citrus"}]},
    )
    concept_map = {
        "resourceType": "ConceptMap",
        "id": "to-colour",
        "url": "urn:test:cm:colour",
        "status": "active",
        "group": [
            {
                "source": FRUIT,
                "target": "urn:test:colour",
                "element": [
                    {"code": "lime", "target": [{"code": "green", "equivalence": "wider"}]},
                    {"code": "mango", "target": [{"equivalence": "unmatched"}]},
                ],
            }
        ],
    }
    for one in (system, newer, {**citrus, "id": "citrus", "status": "active"}, concept_map):
        answer = admin("PUT", f"{one['resourceType']}/{one['id']}", one)
        assert answer.status == 201, answer.body
    return admin


def test_a_code_is_looked_up_with_its_names_parents_and_children(doctor):
    found = doctor("GET", f"CodeSystem/$lookup?system={ICD10}&code=A00").json["parameter"]
    properties = [(p["part"][0]["valueCode"], p["part"][1].get("valueCode")) for p in found if p["name"] == "property"]
    assert ("child", "A00.0") in properties
    names = {p["part"][0]["valueCode"]: p["part"][-1]["valueString"] for p in found if p["name"] == "designation"}
    assert set(names) == {"vi", "en"}
    english = told(doctor("GET", f"CodeSystem/$lookup?system={ICD10}&code=A00&displayLanguage=en"))
    assert english["display"] == names["en"]
    assert english["version"] == "4469/QĐ-BYT"


def test_only_the_properties_asked_for_are_told(doctor):
    answer = doctor("GET", f"CodeSystem/$lookup?system={ACT_CODE}&code=IMP&property=parent")
    assert [p["name"] for p in answer.json["parameter"] if p["name"] in ("property", "designation")] == ["property"]


def test_a_stored_system_is_asked_in_its_newest_version_unless_another_is_named(world, doctor):
    assert told(doctor("GET", f"CodeSystem/$lookup?system={FRUIT}&code=durian"))["version"] == "2"
    older = doctor("GET", f"CodeSystem/$lookup?system={FRUIT}&code=durian&version=1")
    assert (older.status, older.codes) == (404, ["TERM-0109"])
    coding = {"system": FRUIT, "version": "1", "code": "lime"}
    assert told(doctor("POST", "CodeSystem/$lookup", parameters(coding=("valueCoding", coding))))["version"] == "1"


def test_a_changed_system_is_seen_at_once_and_a_deleted_one_no_more(world, admin, doctor):
    url = f"CodeSystem/$validate-code?url={FRUIT}&code=papaya"
    assert told(doctor("GET", url))["result"] is False
    newer = admin("GET", "CodeSystem/fruit-2").json
    newer["concept"].append({"code": "papaya", "display": "Papaya"})
    assert admin("PUT", "CodeSystem/fruit-2", newer).status == 200
    assert told(doctor("GET", url))["result"] is True
    assert admin("DELETE", "CodeSystem/fruit-2").status == 204
    assert admin("DELETE", "CodeSystem/fruit").status == 204
    assert "TERM-0203" in told(doctor("GET", url))["message"]


def test_a_stored_system_that_only_names_its_codes_does_not_hide_those_of_the_package(admin, doctor):
    wrapper = {"resourceType": "CodeSystem", "id": "w", "url": ICD10, "status": "draft", "content": "not-present"}
    assert admin("PUT", "CodeSystem/w", wrapper).status == 201
    assert told(doctor("GET", f"CodeSystem/$validate-code?url={ICD10}&code=A97.0"))["result"] is True


@pytest.mark.parametrize(
    ("query", "result", "why"),
    [
        (f"url={GENDER}&code=male", True, None),
        (f"url={GENDER}&code=male&display=Male", True, None),
        (f"url={GENDER}&code=male&display=Female", False, "TERM-0204"),
        (f"url={GENDER}&code=Male", False, "TERM-0202"),
        (f"url={GENDER}&code=male&version=9", False, "TERM-0203"),
        (f"url={ICD10}&code=A97.0", True, None),
        (f"url={ICD10}&code=A970", False, "TERM-0202"),
        ("url=http://snomed.info/sct&code=22298006", False, "TERM-0203"),
        ("url=urn:nowhere&code=a", False, "TERM-0203"),
        (f"url={ACT_CODE}&code=_ActEncounterCode&abstract=false", False, "TERM-0205"),
    ],
)
def test_a_code_is_validated_against_its_system(doctor, query, result, why):
    found = told(doctor("GET", f"CodeSystem/$validate-code?{query}"))
    assert found["result"] is result
    assert (found.get("message", "").partition(":")[0] or None) == why


def test_a_code_of_a_dated_list_is_right_while_it_is_in_force(doctor):
    url = "CodeSystem/$validate-code?url=http://fhir.hl7.org.vn/core/CodeSystem/vn-patient-visit-type-cs&code=1.8"
    assert told(doctor("GET", f"{url}&date=2025-01-01"))["result"] is True
    assert "TERM-0206" in told(doctor("GET", f"{url}&date=2025-12-01"))["message"]


def test_a_code_is_validated_against_a_value_set_by_url_by_id_and_sent_along(world, doctor):
    def by_url(code):
        return doctor("GET", f"ValueSet/$validate-code?url=urn:test:vs:citrus&system={FRUIT}&code={code}")

    assert told(by_url("lime")) == {"result": True, "display": "Lime"}
    assert "TERM-0201" in told(by_url("citrus"))["message"]
    by_id = doctor("GET", f"ValueSet/citrus/$validate-code?code=lime&system={FRUIT}&displayLanguage=vi")
    assert told(by_id)["display"] == "Chanh xanh"
    one = {
        "resourceType": "ValueSet",
        "status": "draft",
        "compose": {"include": [{"valueSet": ["urn:test:vs:citrus"]}]},
    }
    concept = {"coding": [{"system": FRUIT, "code": "mango"}, {"system": FRUIT, "code": "key-lime"}]}
    sent = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "valueSet", "resource": one},
            {"name": "codeableConcept", "valueCodeableConcept": concept},
        ],
    }
    assert told(doctor("POST", "ValueSet/$validate-code", sent))["result"] is True


def test_a_value_set_is_expanded_page_by_page_and_found_without_marks(doctor):
    url = f"ValueSet/$expand?url={ICD10}?fhir_vs".replace("?fhir_vs", "%3Ffhir_vs") + "&filter=sot xuat huyet dengue"
    whole = doctor("GET", url)
    assert "A97.0" in codes(whole)
    assert whole.json["expansion"]["total"] == len(codes(whole))
    pages = [codes(doctor("GET", f"{url}&offset={n}&count=2")) for n in range(0, len(codes(whole)), 2)]
    assert [code for page in pages for code in page] == codes(whole)
    assert doctor("GET", f"{url}&count=0").json["expansion"]["total"] == len(codes(whole))
    cholera = f"ValueSet/$expand?url={ICD10}%3Ffhir_vs=isa/A00&filter=cholera&displayLanguage=en"
    english = doctor("GET", f"{cholera}&includeDesignations=true").json["expansion"]["contains"]
    assert english[0]["display"] == "Cholera"
    assert {one["language"] for one in english[0]["designation"]} == {"vi", "en"}


def test_an_expansion_of_a_stored_set_tells_the_version_it_used(world, doctor):
    found = doctor("GET", "ValueSet/citrus/$expand?activeOnly=true").json["expansion"]
    assert {"name": "version", "valueUri": f"{FRUIT}|2"} in found["parameter"]
    assert {"name": "activeOnly", "valueBoolean": True} in found["parameter"]
    pinned = doctor("GET", f"ValueSet/citrus/$expand?system-version={FRUIT}%7C1").json["expansion"]
    assert {"name": "version", "valueUri": f"{FRUIT}|1"} in pinned["parameter"]
    assert doctor("GET", f"ValueSet/citrus/$expand?check-system-version={FRUIT}%7C1").codes == ["TERM-0111"]
    assert codes(doctor("GET", f"ValueSet/citrus/$expand?exclude-system={FRUIT}")) == []


def test_too_many_codes_for_one_answer_are_refused_as_too_costly(doctor):
    answer = doctor("GET", f"ValueSet/$expand?url={ICD10}%3Ffhir_vs")
    assert (answer.status, answer.codes) == (422, ["TERM-0104"])
    assert answer.json["issue"][0]["code"] == "too-costly"
    assert answer.json["issue"][0]["expression"] == ["count"]
    assert len(codes(doctor("GET", f"ValueSet/$expand?url={ICD10}%3Ffhir_vs&count=20"))) == 20


def test_content_that_is_not_here_is_refused_and_not_invented(doctor):
    answer = doctor("GET", "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/body-site")
    assert (answer.status, answer.codes) == (422, ["TERM-0103"])
    assert answer.json["issue"][0]["code"] == "not-supported"
    assert doctor("GET", "ValueSet/$expand?url=urn:nowhere").status == 404


def test_codes_are_compared_by_what_subsumes_what(doctor, world):
    def outcome(a, b, system=ACT_CODE):
        return told(doctor("GET", f"CodeSystem/$subsumes?system={system}&codeA={a}&codeB={b}"))["outcome"]

    assert outcome("_ActEncounterCode", "ACUTE") == "subsumes"
    assert outcome("ACUTE", "_ActEncounterCode") == "subsumed-by"
    assert outcome("IMP", "IMP") == "equivalent"
    assert outcome("AMB", "IMP") == "not-subsumed"
    assert told(doctor("GET", "CodeSystem/fruit/$subsumes?codeA=citrus&codeB=key-lime"))["outcome"] == "subsumes"
    unknown = doctor("GET", f"CodeSystem/$subsumes?system={ACT_CODE}&codeA=AMB&codeB=never")
    assert (unknown.status, unknown.codes, unknown.json["issue"][0]["expression"]) == (404, ["TERM-0109"], ["codeB"])


def test_the_official_map_of_genders_is_followed_both_ways(doctor):
    answer = doctor(
        "GET",
        f"ConceptMap/$translate?system={GENDER}&code=male&target=http://terminology.hl7.org/ValueSet/v3-AdministrativeGender",
    )
    match = next(p for p in answer.json["parameter"] if p["name"] == "match")
    concept = next(p["valueCoding"] for p in match["part"] if p["name"] == "concept")
    assert (concept["code"], told(answer)["result"]) == ("M", True)
    system = concept["system"]
    back = doctor(
        "GET",
        f"ConceptMap/$translate?url=http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v3&system={system}&code=M&reverse=true",
    )
    match = next(p for p in back.json["parameter"] if p["name"] == "match")
    assert next(p["valueCoding"] for p in match["part"] if p["name"] == "concept")["code"] == "male"


def test_a_stored_map_translates_and_says_when_there_is_no_match(world, doctor):
    found = told(doctor("GET", f"ConceptMap/to-colour/$translate?system={FRUIT}&code=lime"))
    assert found["result"] is True
    unmatched = told(doctor("GET", f"ConceptMap/$translate?url=urn:test:cm:colour&system={FRUIT}&code=mango"))
    assert unmatched["result"] is False
    assert "TERM-0209" in unmatched["message"]
    assert told(doctor("GET", f"ConceptMap/$translate?system={FRUIT}&code=pomelo"))["result"] is False


def test_a_search_knows_the_value_sets_and_hierarchies_of_the_record_and_of_the_package(world, admin):
    for name, system, code in (("f", FRUIT, "key-lime"), ("m", FRUIT, "mango"), ("d", ICD10, "A97.1")):
        coded = {"coding": [{"system": system, "code": code}]}
        condition = {"resourceType": "Condition", "id": name, "subject": {"reference": "Patient/p"}, "code": coded}
        assert admin("PUT", f"Condition/{name}", condition).status == 201
    assert admin("GET", "Condition?code:in=urn:test:vs:citrus").ids == ["f"]
    assert set(admin("GET", "Condition?code:not-in=urn:test:vs:citrus").ids) == {"m", "d"}
    assert admin("GET", f"Condition?code:below={FRUIT}|citrus").ids == ["f"]
    assert admin("GET", f"Condition?code:below={ICD10}|A97").ids == ["d"]
    assert admin("GET", f"Condition?code:in={ICD10}%3Ffhir_vs=isa/A97").ids == ["d"]
    newer = admin("GET", "ValueSet/citrus").json
    newer["compose"]["include"] = [{"system": FRUIT, "concept": [{"code": "mango"}]}]
    assert admin("PUT", "ValueSet/citrus", newer).status == 200
    assert admin("GET", "Condition?code:in=urn:test:vs:citrus").ids == ["m"]
    assert admin("GET", "Condition?code:in=urn:nowhere", Prefer="handling=strict").status == 400


def test_everybody_who_works_with_the_record_may_ask_and_nobody_else(api, nobody, operator, staff, machine):
    url = f"CodeSystem/$validate-code?url={GENDER}&code=male"
    assert told(operator("GET", url))["result"] is True
    assert told(staff("GET", url))["result"] is True
    assert machine("GET", url).codes == ["AUTH-0102"]
    assert nobody("GET", url).status == 401
    assert operator("GET", "CodeSystem?url=urn:x").codes == ["AUTH-0102"]


def test_what_is_asked_in_a_bundle_sees_what_the_bundle_wrote_and_nobody_else_does(admin, doctor):
    system = {**fruit(), "id": "fruit", "status": "active"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"request": {"method": "PUT", "url": "CodeSystem/fruit"}, "resource": system},
            {"request": {"method": "GET", "url": f"CodeSystem/$validate-code?url={FRUIT}&code=lime"}},
            {"request": {"method": "GET", "url": "Patient/never"}},
        ],
    }
    assert admin("POST", "", bundle).status >= 400
    assert told(doctor("GET", f"CodeSystem/$validate-code?url={FRUIT}&code=lime"))["result"] is False
    bundle["entry"].pop()
    answer = admin("POST", "", bundle)
    assert answer.json["entry"][1]["resource"]["parameter"][0]["valueBoolean"] is True


@pytest.mark.parametrize(
    ("url", "status", "code", "place"),
    [
        ("CodeSystem/$lookup?system=urn:x", 400, "TERM-0112", "code"),
        ("CodeSystem/$lookup?code=male", 400, "TERM-0113", "system"),
        ("CodeSystem/$lookup?code=male&system=urn:nowhere", 404, "TERM-0102", "system"),
        ("CodeSystem/$lookup?code=1&system=http://snomed.info/sct", 404, "TERM-0102", "system"),
        (f"CodeSystem/$lookup?code=never&system={GENDER}", 404, "TERM-0109", "code"),
        (f"CodeSystem/$lookup?code=male&system={GENDER}&colour=red", 400, "API-1001", "colour"),
        ("CodeSystem/$validate-code?code=male", 400, "TERM-0112", "url"),
        (f"CodeSystem/$validate-code?url={GENDER}", 400, "TERM-0112", "code"),
        ("ValueSet/$validate-code?url=urn:nowhere&code=a&system=urn:x", 404, "TERM-0101", "url"),
        ("ValueSet/$validate-code?url=urn:x&code=a&context=urn:y", 400, "TERM-0114", "context"),
        ("ValueSet/$expand", 400, "TERM-0112", "url"),
        ("ValueSet/$expand?url=urn:x&count=-1", 400, "API-1003", "count"),
        ("ValueSet/never/$expand", 404, "API-0004", None),
        ("ValueSet/never/$expand?url=urn:x", 400, "TERM-0112", "url"),
        ("ConceptMap/$translate?system=urn:x", 400, "TERM-0112", "code"),
        ("ConceptMap/$translate?code=a", 400, "TERM-0113", "system"),
        ("ConceptMap/$translate?code=a&system=urn:x&url=urn:nowhere", 404, "TERM-0110", "url"),
        (f"CodeSystem/$subsumes?system={GENDER}&codeA=male", 400, "TERM-0112", "codeB"),
        ("CodeSystem/$subsumes?codeA=a&codeB=b", 400, "TERM-0113", "system"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_number_and_place(doctor, url, status, code, place):
    answer = doctor("GET", url)
    assert (answer.status, answer.codes) == (status, [code])
    assert answer.json["issue"][0].get("expression") == ([place] if place else None)


@pytest.mark.parametrize(
    ("compose", "code"),
    [
        (None, "TERM-0108"),
        ({"include": [{"system": GENDER, "filter": [{"property": "code", "op": "regex", "value": "("}]}]}, "TERM-0107"),
        ({"include": [{"system": GENDER, "filter": [{"property": "x", "op": "=", "value": "y"}]}]}, "TERM-0106"),
        ({"include": [{"valueSet": ["urn:nowhere"]}]}, "TERM-0101"),
        ({"include": [{"system": 5}]}, "FHIR-2"),
        ({"include": [{}]}, "FHIR-2"),
        ({"include": [{"version": "1"}]}, None),
    ],
)
def test_a_broken_value_set_that_is_sent_is_refused(world, doctor, compose, code):
    sent = {"resourceType": "ValueSet", "status": "draft", **({"compose": compose} if compose else {})}
    answer = doctor("POST", "ValueSet/$expand", sent)
    if code is None:
        assert (answer.status, codes(answer)) == (200, [])
    else:
        assert 400 <= answer.status < 500
        assert answer.codes[0].startswith(code)


def test_what_would_take_too_long_is_refused_before_it_is_begun(doctor):
    long = doctor("GET", f"ValueSet/$expand?url={ICD10}%3Ffhir_vs&filter={'a ' * 101}")
    assert (long.status, long.codes, long.json["issue"][0]["expression"]) == (400, ["TERM-0119"], ["filter"])
    concept = {"coding": [{"system": GENDER, "code": "male"}] * 51}
    many = parameters(codeableConcept=("valueCodeableConcept", concept), url=("valueUri", GENDER))
    assert doctor("POST", "ValueSet/$validate-code", many).codes == ["TERM-0118"]
    parts = [{"system": ICD10, "filter": [{"property": "code", "op": "regex", "value": "A.*"}]}] * 900
    sent = {"resourceType": "ValueSet", "status": "draft", "compose": {"include": parts}}
    refused = doctor("POST", "ValueSet/$expand", sent)
    assert (refused.codes, refused.json["issue"][0]["code"]) == (["TERM-0117"], "too-costly")


def test_another_resource_in_place_of_a_value_set_is_refused(doctor, patient):
    answer = doctor("POST", "ValueSet/$expand", patient)
    assert (answer.status, answer.codes) == (400, ["TERM-0115"])


def test_the_operations_are_told_in_the_capability_statement(nobody):
    rest = nobody("GET", "metadata").json["rest"][0]["resource"]
    told_for = {one["type"]: {each["name"] for each in one.get("operation", [])} for one in rest}
    assert {"lookup", "validate-code", "subsumes"} <= told_for["CodeSystem"]
    assert {"expand", "validate-code"} <= told_for["ValueSet"]
    assert "translate" in told_for["ConceptMap"]


def test_the_built_in_code_systems_are_told_to_everybody(nobody):
    told = nobody("GET", "metadata?mode=terminology").json
    assert not check_resource(told)
    systems = {one["uri"]: one for one in told["codeSystem"]}
    assert len(systems) == 1_062 - 2 + 19
    assert systems[ICD10]["version"][0]["language"] == ["vi"]
    assert "http://snomed.info/sct" not in systems
    assert {one["name"] for one in told["expansion"]["parameter"]} >= {"filter", "count", "offset", "displayLanguage"}
