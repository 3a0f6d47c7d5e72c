from copy import deepcopy
from decimal import Decimal

import pytest

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import LONGEST, evaluate

PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "Thử", "given": ["Văn", "A"]}],
    "birthDate": "1990-01-01",
    "multipleBirthInteger": 2,
    "extension": [{"url": "urn:x", "valueDecimal": Decimal("1.00")}],
}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("Patient.name.given", ["Văn", "A"]),
        ("name.where(family = 'Thử').given.count()", [2]),
        ("Patient.multipleBirth", [2]),
        ("extension.value", [Decimal("1.00")]),
        ("Observation.value", []),
        ("birthDate + 1 day", ["1990-01-02"]),
        ("name.repeat(given)", ["Văn", "A"]),
        ("1 'mg'", ["1 'mg'"]),
        ("{}", []),
    ],
)
def test_an_expression_yields_json_values(expression, values):
    assert evaluate(expression, PATIENT) == values


def test_the_resource_is_not_changed():
    copy = deepcopy(PATIENT)
    evaluate("Patient.descendants().count()", copy)
    assert copy == PATIENT


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("", "FHIR-0201"),
        ("foo(", "FHIR-0201"),
        ("Patient..name", "FHIR-0201"),
        ("Patient.name given", "FHIR-0201"),
        ("name[", "FHIR-0201"),
        ("'abc", "FHIR-0201"),
        ("a" * (LONGEST + 1), "FHIR-0202"),
        ("(" * 200 + "1" + ")" * 200, "FHIR-0202"),
        ("(1).repeat($this + 1)", "FHIR-0202"),
        ("%unknown", "FHIR-0501"),
        ("noSuchFunction()", "FHIR-0501"),
        ("name.given + 1", "FHIR-0203"),
    ],
)
def test_a_bad_expression_is_a_numbered_refusal(expression, code):
    with pytest.raises(Refused) as refused:
        evaluate(expression, PATIENT)
    assert [issue.code for issue in refused.value.issues] == [code]
    assert "Thử" not in str(refused.value)


def test_trace_prints_nothing(capsys):
    assert evaluate("name.family.trace('x')", PATIENT) == ["Thử"]
    assert capsys.readouterr().out == ""
