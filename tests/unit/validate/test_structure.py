import json
import lzma
import tarfile
from copy import deepcopy
from decimal import Decimal

import pytest
from jsonschema_rs import Draft202012Validator

from yteso.fhir.json import loads
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.validate.schema import schema_of
from yteso.validate.structure import MOST_ISSUES, check_resource

OBSERVATION = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "category": [{"text": "vital signs"}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2024-02-29T08:00:00+07:00",
    "valueQuantity": {"value": Decimal("72.50"), "unit": "/min"},
    "referenceRange": [{"low": {"value": Decimal("60")}}],
}
PATIENT = {"resourceType": "Patient", "name": [{"family": "Thử", "given": ["A", "B"]}], "birthDate": "1990"}
CONDITION = {
    "resourceType": "Condition",
    "clinicalStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
    },
    "subject": {"reference": "Patient/p1"},
}


def changed(resource, **parts):
    """A copy with these parts replaced; None stands for JSON null, `...` removes the part."""
    copy = deepcopy(resource)
    for name, value in parts.items():
        if value is ...:
            del copy[name]
        else:
            copy[name] = value
    return copy


def found(resource):
    return [(issue.code, issue.origin.field) for issue in check_resource(resource)]


@pytest.mark.parametrize("resource", [OBSERVATION, PATIENT, CONDITION])
def test_a_sound_resource_has_no_issues(resource):
    assert check_resource(resource) == ()


FAULTS = [
    (changed(OBSERVATION, status=...), [("FHIR-2002", "Observation")]),
    (changed(OBSERVATION, code=...), [("FHIR-2002", "Observation")]),
    (changed(OBSERVATION, foo=1), [("FHIR-2001", "Observation")]),
    (changed(OBSERVATION, category={"text": "x"}), [("FHIR-2003", "Observation.category")]),
    *(
        (changed(OBSERVATION, valueQuantity=..., valueInteger=one), [("FHIR-2003", "Observation.valueInteger")])
        for one in (Decimal("1.0"), Decimal("1E+2"), Decimal("1.5"), True)
    ),
    (changed(OBSERVATION, subject=[{"reference": "Patient/1"}]), [("FHIR-2003", "Observation.subject")]),
    (changed(OBSERVATION, category=[]), [("FHIR-2006", "Observation.category")]),
    (changed(OBSERVATION, code={}), [("FHIR-2006", "Observation.code")]),
    (changed(OBSERVATION, status="done"), [("FHIR-2005", "Observation.status")]),
    (changed(OBSERVATION, id="a b"), [("FHIR-2004", "Observation.id")]),
    (changed(OBSERVATION, subject={"reference": "bà Thử"}), [("FHIR-2004", "Observation.subject.reference")]),
    (changed(OBSERVATION, subject={"reference": ""}), [("FHIR-2004", "Observation.subject.reference")]),
    (changed(OBSERVATION, status=None), [("FHIR-2005", "Observation.status")]),
    (
        changed(OBSERVATION, effectiveDateTime="2023-02-29T08:00:00Z"),
        [("FHIR-2004", "Observation.effectiveDateTime")],
    ),
    (changed(OBSERVATION, effectiveDateTime="2023-02-01T08:00"), [("FHIR-2004", "Observation.effectiveDateTime")]),
    (
        changed(OBSERVATION, valueString="x"),
        [("FHIR-2007", "Observation.valueQuantity"), ("FHIR-2007", "Observation.valueString")],
    ),
    (
        changed(OBSERVATION, referenceRange=[{"low": {"value": "60"}}]),
        [("FHIR-2003", "Observation.referenceRange[0].low.value")],
    ),
    (changed(PATIENT, name=[{"given": ["A", None]}]), [("FHIR-2008", "Patient.name[0].given[1]")]),
    (changed(PATIENT, multipleBirthInteger=2**31), [("FHIR-2009", "Patient.multipleBirthInteger")]),
    (changed(PATIENT, deceasedBoolean="true"), [("FHIR-2003", "Patient.deceasedBoolean")]),
    (changed(PATIENT, birthDate="1990-13"), [("FHIR-2004", "Patient.birthDate")]),
    (changed(PATIENT, name=[{"family": ""}]), [("FHIR-2004", "Patient.name[0].family")]),
    (changed(PATIENT, name=[{"family": "\x01"}]), [("FHIR-2004", "Patient.name[0].family")]),
    (
        changed(PATIENT, extension=[{"url": "urn:x", "valueString": "1", "valueInteger": 1}]),
        [("FHIR-2007", "Patient.extension[0].valueInteger"), ("FHIR-2007", "Patient.extension[0].valueString")],
    ),
    (changed(PATIENT, extension=[{"valueString": "1"}]), [("FHIR-2002", "Patient.extension[0]")]),
    (changed(CONDITION, clinicalStatus={"text": "x"}), [("FHIR-2002", "Condition.clinicalStatus")]),
    (
        changed(CONDITION, clinicalStatus={"coding": [{"code": "x"}]}),
        [("FHIR-2005", "Condition.clinicalStatus.coding")],
    ),
    (changed(CONDITION, subject=...), [("FHIR-2002", "Condition")]),
    ({"resourceType": "Person", "_gender": {}}, [("FHIR-2006", "Person._gender")]),
]


@pytest.mark.parametrize(("resource", "expected"), FAULTS)
def test_a_fault_is_a_numbered_issue_at_its_place(resource, expected):
    assert sorted(found(resource)) == sorted(expected)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"resourceType": "Foo"}, {"resourceType": ["Patient"]}])
def test_what_is_no_resource_is_said_to_be_none(value):
    assert [issue.code for issue in check_resource(value)] == ["FHIR-2010"]


def test_a_mandatory_choice_may_be_any_of_its_variants():
    request = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/1"},
    }
    assert found(request) == [("FHIR-2002", "MedicationRequest")]
    assert not found({**request, "medicationCodeableConcept": {"text": "x"}})
    assert not found({**request, "medicationReference": {"reference": "Medication/1"}})


def test_an_extension_stands_in_for_a_primitive():
    absent = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "x"}]}
    assert not found(changed(OBSERVATION, status=..., _status=absent))
    assert not found(changed(PATIENT, name=[{"given": ["A", None], "_given": [None, absent]}]))
    assert found(changed(PATIENT, active=True, _active=[absent])) == [("FHIR-2003", "Patient._active")]


def test_an_element_that_repeats_itself_is_checked_at_every_depth():
    inner = {"linkId": "1", "text": 5}
    response = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": [{"linkId": "a", "item": [inner]}],
    }
    assert found(response) == [("FHIR-2003", "QuestionnaireResponse.item[0].item[0].text")]


def test_a_narrative_that_is_no_xhtml_is_an_issue_wherever_it_stands():
    broken = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">a<br></div>'}
    assert found(changed(PATIENT, text=broken)) == [("FHIR-0433", "Patient.text.div")]
    section = {"title": "a", "section": [{"title": "b", "text": broken}]}
    places = [
        place for code, place in found({"resourceType": "Composition", "section": [section]}) if code == "FHIR-0433"
    ]
    assert places == ["Composition.section[0].section[0].text.div"]


def test_resources_inside_a_resource_are_checked_by_their_own_type():
    bad = changed(PATIENT, birthDate="x")
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": bad}]}
    assert found(bundle) == [("FHIR-2004", "Bundle.entry[1].resource.birthDate")]
    assert found(changed(OBSERVATION, contained=[bad])) == [("FHIR-2004", "Observation.contained[0].birthDate")]
    nested = {"resourceType": "Parameters", "parameter": [{"name": "a", "part": [{"name": "b", "resource": bad}]}]}
    assert found(nested) == [("FHIR-2004", "Parameters.parameter[0].part[0].resource.birthDate")]


def test_issues_never_repeat_what_the_sender_wrote():
    resource = changed(PATIENT, birthDate="Bí mật Thử", **{"Nguyễn Thử": 1})
    texts = "".join(f"{issue}" for issue in check_resource(resource))
    assert "Thử" not in texts
    assert len(check_resource(resource)) == 2


def test_the_list_of_issues_is_bounded():
    assert len(check_resource(changed(PATIENT, name=[{"family": 1}] * 1000))) == MOST_ISSUES


def test_every_type_has_a_schema_that_compiles():
    for type_ in sorted(RESOURCE_TYPES):
        codes = {issue.code for issue in check_resource({"resourceType": type_, "noSuchElement": 1})}
        assert "FHIR-2001" in codes, type_


SOUND_BUT_RARE = [
    changed(PATIENT, name=[{"given": ["A", None], "_given": [None, {"id": "g2"}]}]),
    changed(PATIENT, _deceasedDateTime={"id": "d"}),
    changed(OBSERVATION, status=..., _status={"id": "s"}),
    changed(PATIENT, contained=[changed(OBSERVATION, status=..., _status={"id": "s"})]),
]


@pytest.mark.parametrize("resource", SOUND_BUT_RARE)
def test_what_the_quick_schema_refuses_may_still_be_sound(resource):
    assert check_resource(resource) == ()


def test_the_quick_schema_accepts_nothing_that_the_exact_one_refuses():
    faulty = [case[0] for case in FAULTS]
    for resource in faulty:
        quick = Draft202012Validator(schema_of(resource["resourceType"], quick=True), validate_formats=True)
        assert not quick.is_valid(resource), resource


@pytest.mark.samples
def test_the_synthea_bundles_are_sound_and_every_mutation_is_caught(shared):
    archive = shared / "data" / "synthea" / "bundles_r4_60_patients.tar.xz"
    with lzma.open(archive) as packed, tarfile.open(fileobj=packed) as tar:
        bundles = [loads(tar.extractfile(member).read()) for member in tar if member.name.endswith(".json")]
    assert len(bundles) >= 60
    for bundle in bundles:
        assert check_resource(bundle) == ()
    for entry in bundles[0]["entry"]:
        resource = entry["resource"]
        assert check_resource({**resource, "noSuchElement": "x"}), resource["resourceType"]
        assert check_resource({**resource, "id": "not an id!"}), resource["resourceType"]
        assert check_resource(json.loads(json.dumps(resource, default=str).replace("[{", "[[{").replace("}]", "}]]")))


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ({"given": ["a", None], "_given": [None, {"id": "x"}]}, []),
        ({"_given": [{"id": "x"}]}, []),
        ({"given": ["a", "b"], "_given": [{"id": "x"}]}, []),
        ({"given": [None], "_given": [None]}, ["given[0]"]),
        ({"given": ["a", None], "_given": [{"id": "x"}]}, ["given[1]"]),
        ({"_given": [None, {"id": "x"}]}, ["given[0]"]),
        ({"given": ["a"], "_given": [None, None]}, ["given[1]"]),
    ],
)
def test_null_keeps_two_lists_in_step_and_stands_for_nothing(name, places):
    """What has neither a value nor an extension is no element, and XML has no form for it."""
    for resource, at in (
        ({"resourceType": "Patient", "name": [{"text": "x"}, name]}, "Patient.name[1]."),
        ({"resourceType": "Basic", "code": {}, "contained": [{"resourceType": "Patient", "name": [name]}]}, ""),
    ):
        found = [one for one in check_resource(resource) if one.code == "FHIR-2006" and "given" in one.origin.field]
        assert [one.origin.field for one in found] == [
            f"{at or 'Basic.contained[0].name[0].'}{place}" for place in places
        ]
