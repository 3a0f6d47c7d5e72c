"""Each demand of a profile on one element: met, and broken."""

import pytest

from yteso.fhir.json import loads
from yteso.validate.profiles import Library, Shelf, check_profiles

from .conftest import HERE, R4, definition

PATIENT = {"resourceType": "Patient", "gender": "male", "name": [{"family": "Thử", "given": ["An", "Bình"]}]}
OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}


def observation(**more):
    return OBSERVATION | more


def test_a_missing_element_is_told_at_its_place(found):
    profile = definition("p", "Patient", {"id": "Patient.birthDate", "min": 1})
    assert found(PATIENT, profile) == [("FHIR-2401", "Patient.birthDate")]
    assert found(PATIENT | {"birthDate": "1999"}, profile) == []


def test_a_primitive_with_only_an_extension_counts_as_present(found):
    profile = definition("p", "Patient", {"id": "Patient.birthDate", "min": 1})
    absent = {"extension": [{"url": R4 + "data-absent-reason", "valueCode": "unknown"}]}
    assert found(PATIENT | {"_birthDate": absent}, profile) == []


def test_parts_are_asked_for_only_where_their_element_is(found):
    profile = definition("p", "Patient", {"id": "Patient.contact.name", "min": 1})
    assert found(PATIENT, profile) == []
    assert found(PATIENT | {"contact": [{"gender": "male"}]}, profile) == [("FHIR-2401", "Patient.contact[0].name")]


def test_too_many_are_told_at_the_first_one_too_many(found):
    profile = definition("p", "Patient", {"id": "Patient.name.given", "max": "1"})
    assert found(PATIENT, profile) == [("FHIR-2402", "Patient.name[0].given[1]")]


def test_a_forbidden_element_is_told(found):
    profile = definition("p", "Patient", {"id": "Patient.name", "max": "0"})
    assert found(PATIENT, profile) == [("FHIR-2403", "Patient.name[0]")]


@pytest.mark.parametrize("spelled", ["value[x]", "valueQuantity"])
def test_a_choice_narrowed_to_one_type_refuses_the_others(found, spelled):
    types = {} if spelled == "valueQuantity" else {"type": [{"code": "Quantity"}]}
    least = {"min": 1} if spelled == "valueQuantity" else {}
    profile = definition("p", "Observation", {"id": f"Observation.{spelled}", **types, **least})
    assert found(observation(valueQuantity={"value": 1}), profile) == []
    wrong = {"value[x]": "FHIR-2404", "valueQuantity": "FHIR-2401"}[spelled]
    assert [code for code, _ in found(observation(valueString="x"), profile)] == [wrong]


def test_fixed_values_are_equal_in_every_part(found):
    fixed = {"id": "Observation.code", "fixedCodeableConcept": {"text": "x"}}
    profile = definition("p", "Observation", fixed)
    assert found(observation(), profile) == []
    assert found(observation(code={"text": "x", "coding": [{"code": "y"}]}), profile) == [
        ("FHIR-2405", "Observation.code")
    ]


def test_patterns_may_stand_beside_more(found):
    pattern = {"id": "Observation.code", "patternCodeableConcept": {"coding": [{"system": "s", "code": "a"}]}}
    profile = definition("p", "Observation", pattern)
    good = {"coding": [{"code": "z"}, {"system": "s", "code": "a", "display": "A"}], "text": "t"}
    assert found(observation(code=good), profile) == []
    assert found(observation(code={"coding": [{"system": "s"}]}), profile) == [("FHIR-2406", "Observation.code")]


def bound(strength, value_set="vs"):
    binding = {"strength": strength, "valueSet": HERE + value_set}
    return definition("p", "Observation", {"id": "Observation.code", "binding": binding})


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        ("required", [("FHIR-2407", "Observation.code")]),
        ("extensible", [("FHIR-2408", "Observation.code")]),
        ("preferred", []),
    ],
)
def test_codes_outside_of_a_value_set_weigh_as_its_strength_says(found, strength, expected):
    assert found(observation(code={"coding": [{"system": "s", "code": "z"}]}), bound(strength)) == expected
    assert found(observation(code={"coding": [{"code": "?"}, {"system": "s", "code": "a"}]}), bound(strength)) == []


def test_a_text_alone_is_outside_a_required_value_set_only(found):
    assert found(observation(), bound("required")) == [("FHIR-2407", "Observation.code")]
    assert found(observation(), bound("extensible")) == []


def test_a_value_set_without_content_is_told_and_judges_nothing(found):
    coded = observation(code={"coding": [{"system": "s", "code": "z"}]})
    assert found(coded, bound("required", "unknown")) == [("FHIR-2409", "Observation.code")]


def test_invariants_of_the_profile_are_errors_or_warnings(found):
    def rule(severity):
        constraint = {"key": "mau-1", "severity": severity, "human": "h", "expression": "gender = 'female'"}
        return definition("p", "Patient", {"id": "Patient", "constraint": [constraint]})

    assert found(PATIENT, rule("error")) == [("FHIR-2410", "Patient")]
    assert found(PATIENT, rule("warning")) == [("FHIR-2411", "Patient")]
    assert found(PATIENT | {"gender": "female"}, rule("error")) == []


def test_an_invariant_that_cannot_be_evaluated_is_told_once(found):
    constraint = {"key": "mau-1", "severity": "error", "human": "h", "expression": "nonsense("}
    profile = definition("p", "Patient", {"id": "Patient.name", "constraint": [constraint]})
    twice = PATIENT | {"name": [{"text": "a"}, {"text": "b"}]}
    assert found(twice, profile) == [("FHIR-2412", "Patient.name[0]")]


def test_references_point_to_the_types_of_the_target_profiles(found):
    organization = definition("o", "Organization")
    typed = [{"code": "Reference", "targetProfile": [HERE + "o"]}]
    profile = definition("p", "Observation", {"id": "Observation.performer", "type": typed})
    assert found(observation(performer=[{"reference": "Organization/1"}]), profile, organization) == []
    wrong = observation(performer=[{"reference": "Organization/1"}, {"reference": "Patient/1"}])
    assert found(wrong, profile, organization) == [("FHIR-2416", "Observation.performer[1]")]
    contained = observation(performer=[{"reference": "#x"}], contained=[{"resourceType": "Patient", "id": "x"}])
    assert found(contained, profile, organization) == [("FHIR-2416", "Observation.performer[0]")]
    assert (
        found(observation(performer=[{"identifier": {"value": "1"}, "type": "Patient"}]), profile, organization) != []
    )
    assert found(observation(performer=[{"display": "?"}]), profile, organization) == []


def test_lengths_and_limits(found):
    limits = {"maxLength": 3, "minValueQuantity": {"value": 2, "code": "kg"}}
    profile = definition("p", "Observation", {"id": "Observation.value[x]", **limits})
    assert found(observation(valueString="abcd"), profile) == [("FHIR-2417", "Observation.valueString")]
    light = observation(valueQuantity={"value": 1, "code": "kg"})
    assert found(light, profile) == [("FHIR-2418", "Observation.valueQuantity")]
    assert found(observation(valueQuantity={"value": 1, "code": "g"}), profile) == []


def test_dates_are_compared_as_intervals(found):
    profile = definition("p", "Patient", {"id": "Patient.birthDate", "minValueDate": "1900-01-01"})
    assert found(PATIENT | {"birthDate": "1899-12-31"}, profile) == [("FHIR-2418", "Patient.birthDate")]
    assert found(PATIENT | {"birthDate": "1900"}, profile) == []


def test_what_a_profile_demands_of_an_element_is_not_demanded_of_those_that_refer_to_it(found):
    profile = definition("p", "Questionnaire", {"id": "Questionnaire.item.text", "min": 1})
    inner = {"linkId": "2", "type": "group", "item": [{"linkId": "3", "type": "string"}]}
    questionnaire = {
        "resourceType": "Questionnaire",
        "status": "draft",
        "item": [{"linkId": "1", "type": "group", "text": "t", "item": [inner]}],
    }
    assert found(questionnaire, profile) == []
    del questionnaire["item"][0]["text"]
    assert found(questionnaire, profile) == [("FHIR-2401", "Questionnaire.item[0].text")]
    deeper = definition(
        "p",
        "Questionnaire",
        {"id": "Questionnaire.item.text", "min": 1},
        {"id": "Questionnaire.item.item.text", "max": "0"},
    )
    assert found(questionnaire, deeper) == [("FHIR-2401", "Questionnaire.item[0].text")]


def test_a_condition_knows_the_resource_it_stands_in_and_what_contains_that(found):
    def told(id, resource):
        expression = f"%resource.id = '{resource}' and %rootResource.id = 'whole'"
        return {"id": id, "constraint": [{"key": "k-1", "severity": "error", "human": "x", "expression": expression}]}

    contained = {"id": "Patient.contained", "type": [{"code": "Practitioner"}]}
    patient = PATIENT | {
        "id": "whole",
        "contained": [{"resourceType": "Practitioner", "id": "part", "name": [{"text": "x"}]}],
        "generalPractitioner": [{"reference": "#part"}],
    }
    good = definition(
        "p", "Patient", contained, told("Patient.contained.name", "part"), told("Patient.generalPractitioner", "whole")
    )
    assert found(patient, good) == []
    bad = definition("p", "Patient", contained, told("Patient.contained.name", "whole"))
    assert found(patient, bad) == [("FHIR-2410", "Patient.contained[0].name[0]")]


def test_a_profile_on_a_datatype_is_judged_where_the_type_asks_for_it(found):
    name = definition("name", "HumanName", {"id": "HumanName.family", "min": 1}, kind="complex-type")
    typed = [{"code": "HumanName", "profile": [HERE + "name"]}]
    profile = definition("p", "Patient", {"id": "Patient.name", "type": typed})
    assert found(PATIENT, profile, name) == []
    assert found(PATIENT | {"name": [{"text": "x"}]}, profile, name) == [("FHIR-2401", "Patient.name[0].family")]


def test_one_of_several_profiles_is_enough(found):
    family = definition("family", "HumanName", {"id": "HumanName.family", "min": 1}, kind="complex-type")
    text = definition("text", "HumanName", {"id": "HumanName.text", "min": 1}, kind="complex-type")
    typed = [{"code": "HumanName", "profile": [HERE + "family", HERE + "text"]}]
    profile = definition("p", "Patient", {"id": "Patient.name", "type": typed})
    assert found(PATIENT | {"name": [{"text": "x"}]}, profile, family, text) == []
    assert found(PATIENT | {"name": [{"given": ["x"]}]}, profile, family, text) == [("FHIR-2426", "Patient.name[0]")]


def test_a_profile_of_another_type_is_an_error(found):
    assert found(OBSERVATION, definition("p", "Patient")) == [("FHIR-2420", "Observation")]


def test_a_profile_that_nobody_has_is_a_warning(found):
    claimed = PATIENT | {"meta": {"profile": ["http://example.org/none"]}}
    assert found(claimed) == [("FHIR-2419", "Patient.meta.profile[0]")]


def test_claimed_profiles_are_judged_also_inside_a_bundle(found):
    profile = definition("p", "Patient", {"id": "Patient.birthDate", "min": 1})
    inside = PATIENT | {"meta": {"profile": [profile["url"]]}}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inside}]}
    library = Library(Shelf([profile]))
    [issue] = check_profiles(bundle, library)
    assert (issue.code, issue.origin.field) == ("FHIR-2401", "Bundle.entry[0].resource.birthDate")


@pytest.mark.parametrize(
    "broken",
    [
        {"base": HERE + "nowhere"},
        {"base": HERE + "p"},
        {"elements": [{"id": "Patient.nonsense", "min": 1}]},
        {"elements": [{"id": "Patient.name.nonsense.deeper", "min": 1}]},
    ],
)
def test_a_definition_that_cannot_be_used_is_a_warning_and_never_a_failure(found, broken):
    profile = definition("p", "Patient", *broken.get("elements", ()), base=broken.get("base", ""))
    assert [code for code, _ in found(PATIENT, profile)] == ["FHIR-2421"]


def test_profiles_that_go_round_in_a_circle_come_to_an_end(found):
    typed = [{"code": "Extension", "profile": [HERE + "x"]}]
    nested = definition("x", "Extension", {"id": "Extension.extension", "type": typed})
    profile = definition("p", "Patient", {"id": "Patient.extension", "type": typed})
    deep = {"url": "u"}
    for _ in range(20):
        deep = {"url": "u", "extension": [deep]}
    assert found(PATIENT | {"extension": [deep]}, profile, nested) == []


def test_the_base_tells_of_targets_and_extensible_codes_when_it_is_asked(found):
    wrong = observation(subject={"reference": "Organization/1"})
    assert found(wrong, whole=True) == [("FHIR-2416", "Observation.subject")]
    assert found(wrong) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceType":"Patient","name":{"given":"x"},"gender":7}',
        '{"resourceType":"Patient","name":[null,[],"x",{"given":[null,{}]}]}',
        '{"resourceType":"Patient","meta":[],"extension":{"url":1},"contained":"x","entry":[1]}',
        '{"resourceType":"Patient","meta":{"profile":"x"},"_name":[[]]}',
    ],
)
def test_documents_of_any_shape_do_no_harm(found, text):
    typed = [{"code": "HumanName", "profile": [HERE + "name"]}]
    name = definition("name", "HumanName", {"id": "HumanName.given", "max": "1"}, kind="complex-type")
    profile = definition(
        "p", "Patient", {"id": "Patient.name", "type": typed}, {"id": "Patient.gender", "maxLength": 2}
    )
    assert isinstance(found(loads(text.encode()), profile, name, whole=True), list)


def test_no_text_holds_a_value_of_the_resource():
    profile = definition(
        "p", "Patient",
        {"id": "Patient.name", "patternHumanName": {"family": "x"}},
        {"id": "Patient.gender", "fixedCode": "female"},
        {"id": "Patient.birthDate", "maxValueDate": "1900-01-01"},
    )  # fmt: skip
    patient = PATIENT | {"birthDate": "1987-06-05"}
    issues = check_profiles(patient, Library(Shelf([profile])), profiles=[profile["url"]])
    assert len(issues) == 3
    told = " ".join(f"{issue.text} {issue.text_en} {issue.fix} {issue.fix_en}" for issue in issues)
    assert not any(value in told for value in ("Thử", "1987", " male"))


def test_the_standards_own_profiles_are_here():
    pressure = observation(meta={"profile": [R4 + "bp"]}, category=[{"text": "x"}])
    codes = {issue.code for issue in check_profiles(pressure, Library(Shelf()))}
    assert "FHIR-2401" in codes
    assert "FHIR-2419" not in codes
