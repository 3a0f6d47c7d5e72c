"""Each of a good sample of R4's invariants: a sound resource passes it, and the same broken in one way is told."""

from copy import deepcopy
from decimal import Decimal

import pytest

from yteso.fhir.fhirpath import Surroundings
from yteso.fhir.json import dumps
from yteso.standards.fhir_r4 import INVARIANTS, RESOURCE_TYPES
from yteso.validate.invariant_programs import judge
from yteso.validate.invariants import check_invariants
from yteso.validate.structure import MOST_ISSUES, check_resource

UCUM = "http://unitsofmeasure.org"
CODE = {"text": "x"}
TEXT = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Mẫu</div>'}
SUBJECT = {"reference": "Patient/1"}
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def concept(system, code):
    return {"coding": [{"system": system, "code": code}]}


SOUND = {
    "Patient": {"contact": [{"name": {"family": "Thử"}}], "extension": [{"url": "urn:x", "valueString": "y"}]},
    "Observation": {
        "status": "final",
        "code": {"coding": [{"system": "urn:s", "code": "a"}]},
        "valueQuantity": {"value": Decimal("1.5"), "unit": "mg", "system": UCUM, "code": "mg"},
        "component": [{"code": {"coding": [{"system": "urn:s", "code": "b"}]}}],
        "referenceRange": [{"low": {"value": 1}}],
        "effectivePeriod": {"start": "2024-01-01", "end": "2024-02"},
    },
    "Condition": {"clinicalStatus": concept(CLINICAL, "active"), "subject": SUBJECT, "stage": [{"summary": CODE}]},
    "Organization": {"name": "Trạm Y tế Mẫu", "telecom": [{"system": "phone", "value": "1"}]},
    "Appointment": {
        "status": "booked",
        "start": "2024-01-01T08:00:00Z",
        "end": "2024-01-01T09:00:00Z",
        "participant": [{"actor": SUBJECT, "status": "accepted"}],
    },
    "Bundle": {
        "type": "searchset",
        "total": 1,
        "entry": [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Basic", "code": CODE, "text": TEXT}}],
    },
    "Composition": {
        "status": "final",
        "type": CODE,
        "date": "2024",
        "author": [SUBJECT],
        "title": "x",
        "section": [{"text": TEXT}],
    },
    "Questionnaire": {
        "status": "draft",
        "item": [
            {"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "string", "maxLength": 5}]},
            {"linkId": "3", "type": "display", "enableWhen": [
                {"question": "2", "operator": "exists", "answerBoolean": True}]},
        ],
    },
    "QuestionnaireResponse": {"status": "completed", "item": [{"linkId": "1", "answer": [{"valueString": "x"}]}]},
    "ValueSet": {
        "status": "draft",
        "name": "Mau_1",
        "compose": {"include": [{"system": "urn:s", "concept": [{"code": "a"}]}]},
        "expansion": {"timestamp": "2024", "contains": [{"system": "urn:s", "code": "a"}]},
    },
    "CodeSystem": {
        "status": "draft",
        "content": "complete",
        "concept": [{"code": "a", "concept": [{"code": "b"}]}],
    },
    "MedicationRequest": {
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": CODE,
        "dosageInstruction": [{"timing": {"repeat": {"period": 1, "periodUnit": "d", "frequency": 2}}}],
        "dispenseRequest": {"expectedSupplyDuration": {"value": 3, "system": UCUM, "code": "d"}},
    },
    "Parameters": {"parameter": [{"name": "a", "valueString": "x"}]},
    "Task": {"status": "draft", "intent": "order", "authoredOn": "2024-01-01", "lastModified": "2024-01-02"},
    "RiskAssessment": {"status": "final", "subject": SUBJECT, "prediction": [{"probabilityDecimal": Decimal("0.5")}]},
    "ConceptMap": {"status": "draft", "group": [{"element": [{"target": [{"equivalence": "equal"}]}]}]},
    "SearchParameter": {
        "status": "draft",
        "url": "urn:sp",
        "name": "Mau",
        "description": "x",
        "code": "x",
        "base": ["Patient"],
        "type": "reference",
        "chain": ["y"],
    },
    "Linkage": {"item": [{"type": "source", "resource": SUBJECT}, {"type": "alternate", "resource": SUBJECT}]},
    "List": {"status": "current", "mode": "changes", "entry": [{"item": SUBJECT, "deleted": True}]},
    "MedicationDispense": {
        "status": "completed",
        "medicationCodeableConcept": CODE,
        "whenPrepared": "2024-01-01T08:00:00Z",
        "whenHandedOver": "2024-01-02",
    },
}  # fmt: skip


def sound(type_):
    narrative = {} if type_ in ("Bundle", "Parameters") else {"text": TEXT}
    return deepcopy({"resourceType": type_, **narrative, **SOUND[type_]})


def put(document, path, value):
    """Sets what stands at a path of keys and indexes; `...` takes it away."""
    *way, last = path.split(".")
    for step in way:
        document = document[int(step)] if step.isdigit() else document[step]
    last = int(last) if last.isdigit() else last
    if value is ...:
        del document[last]
    else:
        document[last] = value


BROKEN = [
    ("Patient", "contact.0", {"gender": "male"}, "pat-1", "Patient.contact[0]"),
    ("Patient", "contact.0.name", {"id": "n"}, "ele-1", "Patient.contact[0].name"),
    ("Patient", "_birthDate", {"id": "b"}, "ele-1", "Patient.birthDate"),
    ("Patient", "name", [{"given": [None], "_given": [{"id": "g"}]}], "ele-1", "Patient.name[0].given[0]"),
    ("Patient", "extension.0", {"url": "urn:x"}, "ext-1", "Patient.extension[0]"),
    ("Patient", "_birthDate", {"extension": [{"url": "urn:x"}]}, "ext-1", "Patient._birthDate.extension[0]"),
    ("Patient", "telecom", [{"value": "1"}], "cpt-2", "Patient.telecom[0]"),
    ("Patient", "photo", [{"data": "AAAA"}], "att-1", "Patient.photo[0]"),
    ("Patient", "managingOrganization", {"reference": "#o"}, "ref-1", "Patient.managingOrganization"),
    ("Patient", "text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>', "txt-1",
     "Patient.text.div"),
    ("Patient", "text.div", '<div xmlns="http://www.w3.org/1999/xhtml"> </div>', "txt-2", "Patient.text.div"),
    ("Patient", "contained", [{"resourceType": "Organization", "id": "o", "name": "x"}], "dom-3", "Patient"),
    ("Patient", "contained", [{"resourceType": "Organization", "id": "o", "name": "x", "meta": {"versionId": "1"}}],
     "dom-4", "Patient"),
    ("Patient", "contained", [{"resourceType": "Organization", "id": "o", "name": "x",
                               "meta": {"security": [{"code": "x"}]}}], "dom-5", "Patient"),
    ("Patient", "contained", [{"resourceType": "Basic", "id": "o", "code": CODE,
                               "contained": [{"resourceType": "Basic", "code": CODE}]}], "dom-2", "Patient"),
    ("Patient", "contained", [{"resourceType": "Organization", "id": "o", "active": True}], "org-1",
     "Patient.contained[0]"),
    ("Observation", "dataAbsentReason", CODE, "obs-6", "Observation"),
    ("Observation", "component.0.code.coding.0.code", "a", "obs-7", "Observation"),
    ("Observation", "referenceRange.0", {"type": CODE}, "obs-3", "Observation.referenceRange[0]"),
    ("Observation", "valueQuantity", {"value": 1, "code": "mg"}, "qty-3", "Observation.valueQuantity"),
    ("Observation", "effectivePeriod.end", "2023-12-31", "per-1", "Observation.effectivePeriod"),
    ("Observation", "referenceRange.0.age", {"low": {"value": 2, "code": "a", "system": UCUM},
                                             "high": {"value": 11, "code": "mo", "system": UCUM}}, "rng-2",
     "Observation.referenceRange[0].age"),
    ("Condition", "abatementDateTime", "2024", "con-4", "Condition"),
    ("Condition", "stage.0", {"type": CODE}, "con-1", "Condition.stage[0]"),
    ("Condition", "verificationStatus",
     concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error"), "con-5", "Condition"),
    ("Condition", "onsetAge", {"value": 0, "system": UCUM, "code": "a"}, "age-1", "Condition.onsetAge"),
    ("Organization", "name", ..., "org-1", "Organization"),
    ("Organization", "telecom.0.use", "home", "org-3", "Organization.telecom[0]"),
    ("Organization", "address", [{"use": "home", "city": "x"}], "org-2", "Organization.address[0]"),
    ("Appointment", "end", ..., "app-2", "Appointment"),
    ("Appointment", "cancelationReason", CODE, "app-4", "Appointment"),
    ("Appointment", "participant.0.actor", ..., "app-1", "Appointment.participant[0]"),
    ("Bundle", "type", "collection", "bdl-1", "Bundle"),
    ("Bundle", "entry.0.fullUrl", "http://x/Basic/1/_history/1", "bdl-8", "Bundle.entry[0]"),
    ("Bundle", "entry.0.request", {"method": "GET", "url": "x"}, "bdl-3", "Bundle"),
    ("Bundle", "entry.0", {"search": {"mode": "match"}}, "bdl-5", "Bundle.entry[0]"),
    ("Bundle", "entry.0.resource.extension", [{"url": "urn:x"}], "ext-1", "Bundle.entry[0].resource.extension[0]"),
    ("Composition", "section.0", {"title": "x"}, "cmp-1", "Composition.section[0]"),
    ("Composition", "section.0.section", [{"title": "x"}], "cmp-1", "Composition.section[0].section[0]"),
    ("Questionnaire", "item.0.item.0.linkId", "1", "que-2", "Questionnaire"),
    ("Questionnaire", "item.0.item", ..., "que-1", "Questionnaire.item[0]"),
    ("Questionnaire", "item.1.required", True, "que-6", "Questionnaire.item[1]"),
    ("Questionnaire", "item.0.item.0.type", "choice", "que-10", "Questionnaire.item[0].item[0]"),
    ("Questionnaire", "item.1.enableWhen.0", {"question": "2", "operator": "exists", "answerString": "x"}, "que-7",
     "Questionnaire.item[1].enableWhen[0]"),
    ("QuestionnaireResponse", "item.0.item", [{"linkId": "2"}], "qrs-1", "QuestionnaireResponse.item[0]"),
    ("ValueSet", "compose.include.0", {"version": "1"}, "vsd-1", "ValueSet.compose.include[0]"),
    ("ValueSet", "expansion.contains.0.system", ..., "vsd-10", "ValueSet.expansion.contains[0]"),
    ("ValueSet", "name", "mẫu 1", "vsd-0", "ValueSet"),
    ("CodeSystem", "concept.0.concept.0.code", "a", "csd-1", "CodeSystem"),
    ("MedicationRequest", "dosageInstruction.0.timing.repeat.periodUnit", ..., "tim-2",
     "MedicationRequest.dosageInstruction[0].timing.repeat"),
    ("MedicationRequest", "dosageInstruction.0.timing.repeat.period", -1, "tim-5",
     "MedicationRequest.dosageInstruction[0].timing.repeat"),
    ("MedicationRequest", "dispenseRequest.expectedSupplyDuration.system", ..., "drt-1",
     "MedicationRequest.dispenseRequest.expectedSupplyDuration"),
    ("Parameters", "parameter.0.part", [{"name": "b", "valueString": "x"}], "inv-1", "Parameters.parameter[0]"),
    ("Task", "lastModified", "2023-12-31", "inv-1", "Task"),
    ("RiskAssessment", "prediction.0.probabilityDecimal", Decimal(101), "ras-2", "RiskAssessment.prediction[0]"),
    ("RiskAssessment", "prediction.0", {"probabilityRange": {"low": {"value": 1}}}, "ras-1",
     "RiskAssessment.prediction[0].probabilityRange"),
    ("ConceptMap", "group.0.element.0.target.0.equivalence", "inexact", "cmd-1",
     "ConceptMap.group[0].element[0].target[0]"),
    ("SearchParameter", "type", "token", "spd-2", "SearchParameter"),
    ("Linkage", "item.1", ..., "lnk-1", "Linkage"),
    ("List", "mode", "working", "lst-2", "List"),
    ("MedicationDispense", "whenHandedOver", "2023-12-31", "mdd-1", "MedicationDispense"),
]  # fmt: skip


def found(resource, **options):
    issues = check_invariants(resource, **options)
    return {
        (issue.text.split("ràng buộc ")[-1].split("khuyến nghị ")[-1].split()[0], issue.origin.field)
        for issue in issues
    }


@pytest.mark.parametrize("type_", SOUND)
def test_a_sound_resource_breaks_nothing(type_):
    assert check_resource(sound(type_)) == ()
    assert check_invariants(sound(type_)) == ()


@pytest.mark.parametrize(("type_", "path", "value", "key", "place"), BROKEN, ids=[f"{b[3]} {b[1]}" for b in BROKEN])
def test_what_is_broken_is_told_by_key_and_place(type_, path, value, key, place):
    resource = sound(type_)
    put(resource, path, value)
    assert (key, place) in found(resource)


def test_a_recommendation_is_a_warning_and_can_be_left_out():
    bare = {"resourceType": "Basic", "code": CODE}
    (issue,) = check_invariants(bare)
    assert (issue.code, issue.origin.field, issue.blocks) == ("FHIR-2302", "Basic", False)
    assert "dom-6" in issue.text
    assert check_invariants(bare, advice=False) == ()


def test_an_error_names_the_invariant_in_vietnamese_and_the_standards_words_in_english():
    resource = sound("Patient")
    resource["contact"] = [{"gender": "male"}]
    (issue,) = check_invariants(resource)
    assert issue.code == "FHIR-2301"
    assert issue.text == "Vi phạm ràng buộc pat-1 của FHIR"
    assert "SHALL at least contain a contact's details" in issue.text_en


def test_a_contained_resource_may_be_meant_by_its_container_or_mean_it():
    organization = {"resourceType": "Organization", "id": "o", "name": "x"}
    patient = {**sound("Patient"), "contained": [organization], "managingOrganization": {"reference": "#o"}}
    assert check_invariants(patient) == ()
    provenance = {"resourceType": "Basic", "id": "b", "code": CODE, "subject": {"reference": "#"}}
    assert check_invariants({**sound("Patient"), "contained": [provenance]}) == ()


def test_comparisons_that_their_precision_leaves_open_are_no_fault():
    observation = sound("Observation")
    observation["effectivePeriod"] = {"start": "2024-03-01", "end": "2024"}
    assert check_invariants(observation) == ()


def test_what_references_mean_is_asked_of_the_caller():
    team = {"resourceType": "CareTeam", "text": TEXT}
    team["participant"] = [{"member": {"reference": "Patient/1"}, "onBehalfOf": {"reference": "Organization/1"}}]
    around = Surroundings(resolve=lambda reference: {"resourceType": reference.split("/")[0]})
    assert ("ctm-1", "CareTeam.participant[0]") in found(team, around=around)
    assert check_invariants(team) == ()


@pytest.mark.parametrize(
    "resource",
    [
        None,
        [],
        {"resourceType": "Foo"},
        {"resourceType": "Patient", "contact": 1, "text": [], "contained": {"a": 1}},
        {"resourceType": "Patient", "name": [[{"given": {}}]], "photo": [None], "extension": [{"url": 1}]},
        {"resourceType": "Observation", "effectivePeriod": {"start": 1, "end": [1]}, "value": True},
        {"resourceType": "Bundle", "entry": [{"fullUrl": ["x"], "resource": {"resourceType": "Bundle", "entry": 5}}]},
        {"resourceType": "Parameters", "parameter": [{"part": [{"resource": {"resourceType": 7}}]}]},
    ],
)
def test_odd_documents_raise_nothing_and_show_nothing(resource):
    assert isinstance(check_invariants(resource), tuple)


def test_an_invariant_that_cannot_be_evaluated_is_said_to_be_so():
    resource = sound("MedicationRequest")
    resource["dosageInstruction"][0]["timing"]["repeat"]["period"] = [1, 2]
    assert [(issue.code, issue.blocks) for issue in check_invariants(resource)] == [("FHIR-2303", False)]


def test_findings_are_bounded_and_hold_no_value():
    resource = sound("Patient")
    resource["contact"] = [{"gender": "Bí mật Thử"}] * 1000
    issues = check_invariants(resource)
    assert len(issues) == MOST_ISSUES
    assert "Thử" not in dumps([issue.text + issue.text_en + issue.fix + issue.fix_en for issue in issues]).decode()


def test_every_invariant_of_the_standard_compiles():
    assert (
        len([judge(rule) for rules in INVARIANTS.values() for rule in rules if not rule.key.startswith("dom-")]) > 220
    )
    assert set(INVARIANTS) - RESOURCE_TYPES >= {"Element", "Extension", "DomainResource", "Period", "Timing"}
