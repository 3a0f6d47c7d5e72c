"""What FHIR R4 adds: types by place, choices, `_` twins, references, injected answers, narrative, boundaries."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import Surroundings, evaluate
from yteso.fhir.fhirpath.narrative import is_sound

OBSERVATION = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "x"},
    "subject": {"reference": "#p"},
    "contained": [{"resourceType": "Patient", "id": "p", "name": [{"family": "Thử"}]}],
    "valueQuantity": {"value": Decimal("72.50"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    "effectiveDateTime": "2024-03-05T08:00:00+07:00",
    "_issued": {"extension": [{"url": "urn:why", "valueCode": "unknown"}]},
    "component": [{"code": {"text": "y"}, "valueString": "a"}, {"code": {"text": "z"}, "valueInteger": 3}],
}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {**OBSERVATION, "subject": {"reference": "urn:uuid:2"}}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "id": "p2", "birthDate": "1990"}},
        {"resource": {**OBSERVATION, "subject": {"reference": "Patient/p2"}}},
    ],
}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("Observation.value.ofType(Quantity).unit", ["kg"]),
        ("value is Quantity and value is FHIR.Element", [True]),
        ("value.value is decimal", [True]),
        ("component.value", ["a", 3]),
        ("component.value.ofType(string)", ["a"]),
        ("component[1].value is integer", [True]),
        ("component is BackboneElement", None),
        ("component.all($this is BackboneElement)", [True]),
        ("status is code and status is string", [True]),
        ("Observation is DomainResource", [True]),
        ("issued.hasValue()", [False]),
        ("issued.exists() and issued.extension('urn:why').value = 'unknown'", [True]),
        ("status.hasValue() and status.getValue() = 'final'", [True]),
        ("effective.toString().length()", [25]),
        ("effective > @2024-03-05T00:30:00Z", [True]),
        ("effective < @2024-03-05T01:30:00Z", [True]),
        ("value = 72500 'g'", [True]),
        ("value > 72 'kg'", [True]),
        ("subject.resolve().name.family", ["Thử"]),
        ("subject.resolve() is Patient", [True]),
        ("contained.name.family", ["Thử"]),
        ("children().count() > id.count()", [True]),
        ("descendants().where($this is Coding).code", ["8867-4"]),
        ("%resource.id | %context.id | %rootResource.id", ["o"]),
        ("%sct", ["http://snomed.info/sct"]),
        ("%`vs-administrative-gender`", ["http://hl7.org/fhir/ValueSet/administrative-gender"]),
        ("code.coding.memberOf('urn:vs')", [True]),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')", [True]),
        ("conformsTo('urn:profile')", [False]),
        ("now().toString()", ["2026-11-25T17:00:00.000+07:00"]),
        ("today()", ["2026-11-25"]),
        ("1.587.lowBoundary(2)", [Decimal("1.58")]),
        ("1.587.highBoundary()", [Decimal("1.58750000")]),
        ("@2014.lowBoundary(6)", ["2014-01"]),
        ("@2014-02.highBoundary(8)", ["2014-02-28"]),
        ("@2014-01-01T08.lowBoundary(17)", ["2014-01-01T08:00:00.000+14:00"]),
        ("@2014-01-01T08:05+08:00.highBoundary(17)", ["2014-01-01T08:05:59.999+08:00"]),
        ("@T10:30.highBoundary(9)", ["10:30:59.999"]),
        ("Observation.type().name", ["Observation"]),
    ],
)
def test_an_expression_sees_the_model_of_r4(expression, values):
    around = Surroundings(
        now=datetime(2026, 11, 25, 10, 0, tzinfo=UTC),
        member_of=lambda coded, url: coded["code"] == "8867-4" and url == "urn:vs",
        conforms_to=lambda _resource, url: url != "urn:profile",
    )
    if values is None:
        with pytest.raises(Refused):
            evaluate(expression, OBSERVATION, around=around)
    else:
        assert evaluate(expression, OBSERVATION, around=around) == values


def test_references_resolve_inside_a_bundle_and_then_by_the_caller():
    assert evaluate("entry.resource.ofType(Observation).subject.resolve().birthDate", BUNDLE) == ["1990", "1990"]
    outside = {**OBSERVATION, "subject": {"reference": "Patient/far"}}
    around = Surroundings(resolve=lambda reference: {"resourceType": "Patient", "id": reference[8:]})
    assert evaluate("subject.resolve().id", outside, around=around) == ["far"]
    assert evaluate("subject.resolve().id", outside) == []


def test_trace_tells_only_who_asked(capsys):
    told = []
    around = Surroundings(trace=lambda name, values: told.append((name, values)))
    assert evaluate("status.trace('s')", OBSERVATION, around=around) == ["final"]
    assert told == [("s", ["final"])]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "name", ["status is Foo", "status.ofType(FHIR.Foo)", "status.foo()", "status.exists(1, 2)", "%foo"]
)
def test_a_name_that_does_not_exist_is_refused_by_name(name):
    with pytest.raises(Refused) as refused:
        evaluate(name, OBSERVATION)
    assert [issue.code for issue in refused.value.issues] == ["FHIR-0501"]


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ('<div xmlns="http://www.w3.org/1999/xhtml"><p>Khám &amp; chữa <b>bệnh</b></p><br/></div>', True),
        ('<div xmlns="http://www.w3.org/1999/xhtml"><img src="#a" alt="x"/></div>', True),
        ('<div xmlns="http://www.w3.org/1999/xhtml"> </div>', False),
        ("<div>a<script>b</script></div>", False),
        ('<div onclick="x">a</div>', False),
        ('<div><a href="javascript:x">a</a></div>', False),
        ("<div><p>a</div></p>", False),
        ("<div>a", False),
        ("a", False),
        ("<div>a</div><div>b</div>", False),
        ("<div>a & b</div>", False),
        ("<div " * 20_000, False),
    ],
)
def test_a_narrative_is_judged_by_its_tags(text, sound):
    assert is_sound(text) is sound
