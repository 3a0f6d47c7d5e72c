"""`_filter` becomes the same conditions as other parameters; what cannot be read stops the search and is numbered."""

import pytest

from yteso.search.filter_syntax import MAX_DEPTH, MAX_LENGTH, MAX_TESTS
from yteso.search.parse import parse
from yteso.search.query import Chain, Clause, Denied, Filter, Together
from yteso.search.written import written


def asked(text, type="Observation"):
    query, issues = parse(type, [("_filter", text)])
    assert not issues, text
    return query


def codes(text, type="Observation"):
    query, issues = parse(type, [("_filter", text)])
    assert query.conditions == ()
    assert all(issue.blocks for issue in issues)
    return [issue.code for issue in issues]


FINAL = Clause("status", "token", (("eq", "final"),))
CODED = Clause("code", "token", (("eq", "http://loinc.org|1"),))
MALE = Clause("gender", "token", (("eq", "male"),))


def test_tests_joined_by_and_are_plain_conditions():
    query = asked("status eq final and code eq loinc|1 and subject.gender eq male")
    assert query.clauses == (FINAL, CODED)
    assert query.links == (Chain("subject", (("Patient", MALE),)),)


def test_without_parentheses_it_is_read_from_left_to_right():
    query = asked("status eq final or code eq loinc|1 and date ge 2024")
    assert query.clauses == (Clause("date", "date", (("ge", "2024"),)),)
    (nested,) = query.links
    assert nested.test == Together("or", (FINAL, CODED))


def test_values_of_one_parameter_joined_by_or_are_one_clause():
    assert asked("code eq a or code eq b").clauses == (Clause("code", "token", (("eq", "a"), ("eq", "b"))),)


def test_a_comma_is_part_of_the_value_and_brackets_ask_the_same_target():
    (chain,) = asked('subject[gender eq male].name eq "Mẫu, Thử"').links
    ((_, inside),) = chain.targets
    named = Clause("name", "string", (("eq", "Mẫu\\, Thử"),), "equals")
    assert inside.test == Together("and", (MALE, named))


def test_not_stands_before_parentheses_and_is_told_as_it_was_written():
    query = asked("not (status eq final)")
    assert query.links == (Filter(Denied(FINAL), "not (status eq final)"),)
    assert written(query) == "_filter=not (status eq final)"


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("code pr true", Clause("code", "token", (("eq", "false"),), "missing")),
        ("date po 2024", Clause("date", "date", (("po", "2024"),))),
        ("_lastUpdated sa 2024", Clause("_lastUpdated", "date", (("sa", "2024"),))),
        ("subject re Patient/1", Clause("subject", "reference", (("eq", "Patient/1"),))),
        ("value-string co x", Clause("value-string", "string", (("eq", "x"),), "contains")),
        ("value-string sw x", Clause("value-string", "string", (("eq", "x"),), "begins")),
        ("value-string ew x", Clause("value-string", "string", (("eq", "x"),), "ends")),
        (
            "value-quantity gt 5.4|ucum|mg",
            Clause("value-quantity", "quantity", (("gt", "5.4|http://unitsofmeasure.org|mg"),)),
        ),
    ],
)
def test_each_operator_is_a_condition_of_its_kind_of_parameter(text, clause):
    assert asked(text).clauses == (clause,)


def test_codes_are_asked_of_the_terminology():
    inside = asked("gender in http://hl7.org/fhir/ValueSet/administrative-gender", "Patient").clauses[0]
    outside = asked("gender ni http://hl7.org/fhir/ValueSet/administrative-gender", "Patient").clauses[0]
    assert len(inside.values) == 4
    assert (inside.values, outside.modifier) == (outside.values, "not")


@pytest.mark.parametrize(
    "text",
    [
        "status",
        "status eq",
        "status eq final and",
        "status eq final final",
        "(status eq final",
        "status eq final)",
        "not status eq final",
        "subject[gender eq male] eq x",
        "subject[gender eq male.name eq x",
        'value-string eq "x',
        'value-string eq "x"y',
        'value-string eq "\\ud800"',
        'value-string eq "\\u0000"',
        "1status eq final",
        "and",
    ],
)
def test_what_is_no_filter_is_refused(text):
    assert codes(text) == ["SRCH-0019"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("status eq " + "x" * MAX_LENGTH, "SRCH-0020"),
        ("(" * (MAX_DEPTH + 1) + "status eq a" + ")" * (MAX_DEPTH + 1), "SRCH-0020"),
        (" or ".join(["status eq a"] * (MAX_TESTS + 1)), "SRCH-0020"),
        ("not(" * 900 + "status eq a" + ")" * 900, "SRCH-0020"),
        ("status gt final", "SRCH-0021"),
        ("subject eq Patient/1", "SRCH-0021"),
        ("status xx final", "SRCH-0021"),
        ("shoe eq 1", "SRCH-0022"),
        ("code.name eq 1", "SRCH-0022"),
        ("focus.name eq 1", "SRCH-0022"),
        ("encounter.part-of.part-of.part-of.part-of.status eq finished", "SRCH-0022"),
        (" or ".join(["subject.gender eq male"] * 11), "SRCH-0022"),
        ("_text co x", "SRCH-0022"),
        ("date gt soon", "SRCH-0005"),
        ('value-string eq ""', "SRCH-0005"),
        ("code in http://nowhere/ValueSet/x", "SRCH-0011"),
    ],
)
def test_what_cannot_be_asked_is_refused(text, code):
    assert codes(text) == [code]


def test_a_filter_takes_no_modifier():
    assert [issue.code for issue in parse("Patient", [("_filter:not", "gender eq male")])[1]] == ["SRCH-0008"]
