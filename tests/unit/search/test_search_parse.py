"""Query strings become queries; what is not understood is said."""

import pytest

from yteso.base.errors import Refused
from yteso.search.parse import MAX_COUNT, parse, searchable
from yteso.search.query import Clause, Include, Sort
from yteso.standards.fhir_r4 import RESOURCE_TYPES, SEARCH_PARAMETERS


def codes(issues):
    return [(issue.code, issue.blocks) for issue in issues]


def test_values_prefixes_and_modifiers_are_told_apart():
    query, issues = parse(
        "Observation", "date=ge2024-01,lt2025&code=http%3A%2F%2Fx%7C1&status:not=final&subject:Patient=p"
    )
    assert query.clauses == (
        Clause("date", "date", (("ge", "2024-01"), ("lt", "2025"))),
        Clause("code", "token", (("eq", "http://x|1"),)),
        Clause("status", "token", (("eq", "final"),), "not"),
        Clause("subject", "reference", (("eq", "p"),), "Patient"),
    )
    assert issues == ()


def test_result_parameters_are_read():
    query, issues = parse(
        "Patient",
        "_count=99999&_sort=-birthdate,family&_include=Patient:organization:Organization&_total=accurate&_cursor=x",
    )
    assert (query.count, query.total, query.cursor) == (MAX_COUNT, "accurate", "x")
    assert query.sort == (Sort("birthdate", descending=True), Sort("family"))
    assert query.include == (Include("Patient", "organization", "Organization"),)
    assert issues == ()


def test_a_summary_of_counts_asks_for_no_rows():
    assert parse("Patient", "_summary=count")[0].count == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shoe=1", [("SRCH-0002", False)]),
        ("subject.name=x", [("SRCH-0002", False)]),
        ("code-value-quantity=1$2", [("SRCH-0003", False)]),
        ("code:text=x", [("SRCH-0004", True)]),
        ("date=2024-13-01", [("SRCH-0005", True)]),
        ("date=yesterday", [("SRCH-0005", True)]),
        ("value-quantity=1e131071", [("SRCH-0005", True)]),
        ("value-quantity=much", [("SRCH-0005", True)]),
        ("code:missing=maybe", [("SRCH-0005", True)]),
        ("status=a%00b", [("SRCH-0005", True)]),
        ("_sort=status", [("SRCH-0006", False)]),
        ("_include=Observation:status", [("SRCH-0007", False)]),
        ("_revinclude=Provenance:target", [("SRCH-0007", False)]),
        ("_count=-1", [("SRCH-0008", True)]),
        ("_total=all", [("SRCH-0008", True)]),
    ],
)
def test_what_cannot_be_searched_is_a_numbered_issue(text, expected):
    query, issues = parse("Observation", text)
    assert codes(issues) == expected
    assert query.clauses == ()


def test_more_values_than_anyone_needs_are_refused():
    with pytest.raises(Refused, match="SRCH-0009"):
        parse("Patient", "_id=" + ",".join(map(str, range(1001))))
    with pytest.raises(Refused, match="SRCH-0009"):
        parse("Patient", "&".join(["gender=male"] * 1001))


def test_an_escaped_comma_does_not_part_values():
    query, _ = parse("Patient", "name=A\\,B,C")
    assert query.clauses[0].values == (("eq", "A\\,B"), ("eq", "C"))


def test_an_unencoded_plus_in_a_zone_is_a_plus():
    query, issues = parse("Observation", "date=ge2024-01-01T00:00:00+07:00")
    assert query.clauses[0].values == (("ge", "2024-01-01T00:00:00+07:00"),)
    assert issues == ()


def test_an_absolute_reference_to_ourselves_becomes_relative():
    query, _ = parse("Observation", "subject=http://me/fhir/Patient/1,http://you/fhir/Patient/1", "http://me/fhir/")
    assert [value for _, value in query.clauses[0].values] == ["Patient/1", "http://you/fhir/Patient/1"]


@pytest.mark.parametrize("name", ["identifier", "general-practitioner:identifier"])
def test_an_older_uri_of_an_identifier_asks_for_its_system(name):
    older, _ = parse("Patient", f"{name}=http://fhir.ehealth.gov.vn/core/sid/national_id|1,urn:x|2,3,|4")
    newer, _ = parse("Patient", f"{name}=http://fhir.hl7.org.vn/core/sid/cccd|1,urn:x|2,3,|4")
    assert older == newer


def test_the_system_of_a_code_is_no_identifier_system():
    query, _ = parse("Observation", "code=http://fhir.ehealth.gov.vn/core/sid/national_id|1")
    assert query.clauses[0].values == (("eq", "http://fhir.ehealth.gov.vn/core/sid/national_id|1"),)


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES))
def test_every_parameter_called_searchable_is_understood_and_no_other(type):
    values = {"date": "2024", "number": "1", "quantity": "1"}
    names = set(searchable(type))
    for name, parameter in SEARCH_PARAMETERS[type].items():
        query, issues = parse(type, [(name, values.get(parameter.kind, "a"))])
        assert (len(query.clauses), len(issues)) == ((1, 0) if name in names else (0, 1)), name
