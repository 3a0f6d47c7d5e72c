"""Parts of a resource: what is asked for and what is mandatory, marked as a part."""

from yteso.fhir import json
from yteso.fhir.subset import Subset
from yteso.validate import check_resource

PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "meta": {"versionId": "1", "tag": [{"code": "t"}]},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Thử</div>'},
    "name": [{"text": "Lê Thử"}],
    "_birthDate": {"extension": [{"url": "http://x", "valueString": "y"}]},
    "birthDate": "1980-01-01",
    "photo": [{"title": "x"}],
    "deceasedBoolean": False,
    "communication": [{"language": {"text": "vi"}, "preferred": True}],
    "link": [{"other": {"reference": "Patient/q"}, "type": "seealso"}],
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "code": {"text": "x"},
    "valueQuantity": {"value": 5},
    "note": [{"text": "x"}],
    "component": [{"code": {"text": "y"}, "valueString": "z", "interpretation": [{"text": "H"}]}],
}


def part(resource, subset, **more):
    return json.loads(subset.body(resource["resourceType"], json.dumps(resource), **more))


def test_a_summary_holds_the_elements_of_the_definition_and_says_so():
    found = part(PATIENT, Subset("true"))
    assert found.keys() == {"resourceType", "id", "meta", "name", "_birthDate", "birthDate", "deceasedBoolean", "link"}
    assert [tag["code"] for tag in found["meta"]["tag"]] == ["t", "SUBSETTED"]
    assert part(OBSERVATION, Subset("true"))["component"] == [{"code": {"text": "y"}, "valueString": "z"}]


def test_text_and_data_part_the_narrative_from_the_rest():
    assert part(PATIENT, Subset("text")).keys() == {"resourceType", "id", "meta", "text"}
    data = part(PATIENT, Subset("data"))
    assert data.keys() == PATIENT.keys() - {"text"}


def test_elements_come_with_the_mandatory_ones_and_choices_by_their_bare_name():
    found = part(OBSERVATION, Subset(elements=("value",)))
    assert found.keys() == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    assert list(found)[:3] == ["resourceType", "id", "meta"]
    assert part(PATIENT, Subset(elements=("Patient.birthDate",))).keys() >= {"birthDate", "_birthDate"}


def test_elements_without_a_type_are_those_of_what_was_asked_for():
    assert part(PATIENT, Subset(elements=("value",)), asked_for=False) == PATIENT
    assert "name" not in part(PATIENT, Subset(elements=("Patient.gender",)), asked_for=False)


def test_a_place_inside_an_element_asks_for_the_element_and_for_no_other_of_that_name():
    patient = {**PATIENT, "contact": [{"name": {"text": "Đỗ Giả"}}]}
    for asked in ("contact.name", "Patient.contact.name", "contact"):
        found = part(patient, Subset(elements=(asked,)))
        assert found.keys() == {"resourceType", "id", "meta", "contact"}
    assert part(patient, Subset(elements=("name.family",))).keys() == {"resourceType", "id", "meta", "name"}


def test_every_part_is_fhir_too():
    for resource in (PATIENT, OBSERVATION):
        for subset in (Subset("true"), Subset("text"), Subset("data"), Subset(elements=("id",))):
            assert check_resource(part(resource, subset)) == ()
