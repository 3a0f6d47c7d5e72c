"""What must end: hostile expressions, patterns and documents are refused by number, in little time."""

import time

import pytest

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import DEEPEST, LONGEST, evaluate
from yteso.fhir.fhirpath.parse import parse
from yteso.fhir.fhirpath.tree import Binary, Literal, TypeOperation

PATIENT = {"resourceType": "Patient", "name": [{"given": ["a" * 60]}]}


def nested(depth):
    node = {"linkId": "x"}
    for _ in range(depth):
        node = {"linkId": "x", "item": [node, node]}
    return {"resourceType": "Questionnaire", "status": "draft", "item": [node]}


HOSTILE = [
    ("(1 | 2).repeat($this + 1)", "FHIR-0202"),
    ("('a').repeat($this & 'a')", "FHIR-0202"),
    ("'%s'.toChars().aggregate($total & $this & $total)" % ("a" * 40), "FHIR-0203"),
    ("1" + " + 1" * (DEEPEST + 1), "FHIR-0202"),
    ("name" + ".first()" * (DEEPEST + 1), "FHIR-0202"),
    ("-" * (DEEPEST + 2) + "1", "FHIR-0202"),
    ("'" + "x" * LONGEST + "'", "FHIR-0202"),
    ("name.given.matches('(a+)+$')", "FHIR-0502"),
    ("name.given.matches('(a|a)*b')", "FHIR-0502"),
    ("name.given.matches('(a?){30}b')", "FHIR-0502"),
    ("name.given.matches('(?:a*)*b')", "FHIR-0502"),
    ("name.given.matches('.*.*.*.*.*.*b')", "FHIR-0502"),
    ("name.given.matches('((a)\\\\2)+')", "FHIR-0502"),
    ("name.given.matches('[')", "FHIR-0502"),
    ("name.given.replaceMatches('(a*)*', 'b')", "FHIR-0502"),
    ("10.power(1000000)", None),
    ("(99999999999999999999).power(1000)", None),
    ("999999.exp()", None),
    ("@2020-01-01 + 999999999999 years", "FHIR-0203"),
    (
        "'a'.replace('', 'aaaaaaaaaa').replace('', 'aaaaaaaaaa').replace('', 'aaaaaaaaaa').replace('', '%s')"
        % ("a" * 3000),
        "FHIR-0203",
    ),
]


@pytest.mark.parametrize(("expression", "code"), HOSTILE, ids=[one[:40] for one, _ in HOSTILE])
def test_a_hostile_expression_ends_soon(expression, code):
    start = time.process_time()
    try:
        assert evaluate(expression, PATIENT) == []
        found = None
    except Refused as refused:
        found = refused.issues[0].code
    assert found == code
    assert time.process_time() - start < 5


def test_a_hostile_document_ends_by_steps():
    with pytest.raises(Refused) as refused:
        evaluate("descendants().where(descendants().exists()).count()", nested(16), steps=20_000)
    assert [issue.code for issue in refused.value.issues] == ["FHIR-0202"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'urn:oid:1.2.3'.matches('^urn:oid:[0-2](\\\\.[0-9]+)+$')", "FHIR-0502"),
        ("'urn:oid:1'.matches('urn:[a-z]+:[0-9]{1,3}')", [True]),
        ("'1972-11-30'.replaceMatches('(?<y>[0-9]{4})-(?<m>[0-9]{2})-([0-9]{2})', '${m}/$3/${y}')", ["11/30/1972"]),
        ("'a.b'.matches('a\\\\.b')", [True]),
        ("'abc'.matchesFull('b')", [False]),
    ],
)
def test_patterns_that_can_be_judged_run(expression, expected):
    if isinstance(expected, str):
        with pytest.raises(Refused):
            evaluate(expression, PATIENT)
    else:
        assert evaluate(expression, PATIENT) == expected


def test_operators_bind_as_the_grammar_says():
    assert isinstance(parse("1 > 2 is Boolean"), TypeOperation)
    assert parse("1 + 2 * 3") == Binary("+", Literal(1), Binary("*", Literal(2), Literal(3)))
