"""Query strings become queries; what is not understood is said."""

import pytest

from yteso.base.errors import Refused
from yteso.search.parse import MAX_COUNT, parse, searchable
from yteso.search.query import Chain, Clause, Has, Include, Sort
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
        ("subject.shoe=x", [("SRCH-0010", True)]),
        ("focus.name=x", [("SRCH-0010", True)]),
        ("code.name=x", [("SRCH-0010", True)]),
        ("subject:Patient.shoe=1", [("SRCH-0010", True)]),
        ("subject:Patient.birthdate=soon", [("SRCH-0005", True)]),
        ("_has:Provenance:nothing:_id=x", [("SRCH-0010", True)]),
        ("_has:Provenance:target=x", [("SRCH-0010", True)]),
        ("_has:Provenance:target:shoe=x", [("SRCH-0010", True)]),
        ("_list=$current-problems", [("SRCH-0008", True)]),
        ("code-value-quantity=1", [("SRCH-0005", True)]),
        ("component-code-value-quantity=1$much", [("SRCH-0005", True)]),
        ("code:in=http://nowhere/ValueSet/x", [("SRCH-0011", True)]),
        ("code:of-type=a|b|c", [("SRCH-0004", True)]),
        ("subject:text=x", [("SRCH-0004", True)]),
        ("_content:contains=x", [("SRCH-0004", True)]),
        ("_text:exact=x", [("SRCH-0004", True)]),
        ("subject._text:exact=x", [("SRCH-0004", True)]),
        ("_sort:desc=date", [("SRCH-0008", True)]),
        ("_list:not=1", [("SRCH-0008", True)]),
        ("performer:below=http://other/Organization/1", [("SRCH-0005", True)]),
        ("has-member:above=1", [("SRCH-0004", True)]),
        ("value-concept:above=x", [("SRCH-0011", True)]),
        ("_content=...", [("SRCH-0005", True)]),
        ("date=2024-13-01", [("SRCH-0005", True)]),
        ("date=yesterday", [("SRCH-0005", True)]),
        ("value-quantity=1e131071", [("SRCH-0005", True)]),
        ("value-quantity=much", [("SRCH-0005", True)]),
        ("code:missing=maybe", [("SRCH-0005", True)]),
        ("status=a%00b", [("SRCH-0005", True)]),
        ("_sort=code-value-quantity", [("SRCH-0006", False)]),
        ("_include=Observation:status", [("SRCH-0007", False)]),
        ("_include=Encounter:subject", [("SRCH-0007", False)]),
        ("_revinclude=Condition:code", [("SRCH-0007", False)]),
        ("_revinclude:soon=Provenance:target", [("SRCH-0007", False)]),
        ("_count=-1", [("SRCH-0008", True)]),
        ("_total=all", [("SRCH-0008", True)]),
    ],
)
def test_what_cannot_be_searched_is_a_numbered_issue(text, expected):
    query, issues = parse("Observation", text)
    assert codes(issues) == expected
    assert query.conditions == ()
    assert query.include == ()


def test_links_are_read_inside_each_other():
    query, issues = parse(
        "Patient", "_has:Observation:patient:_has:Provenance:target:agent=x&general-practitioner:Practitioner.name=y"
    )
    agent = Clause("agent", "reference", (("eq", "x"),))
    name = Clause("name", "string", (("eq", "y"),))
    assert query.links == (
        Has("Observation", "patient", Has("Provenance", "target", agent)),
        Chain("general-practitioner", (("Practitioner", name),)),
    )
    assert issues == ()


def test_a_chain_without_a_type_goes_to_every_type_that_has_the_parameter():
    query, _ = parse("Observation", "performer.name=x")
    (chain,) = query.links
    assert {target for target, _ in chain.targets} == {"Organization", "Patient", "Practitioner", "RelatedPerson"}


def test_a_chain_is_at_most_so_deep():
    deep = "encounter:Encounter." + "part-of:Encounter." * 3
    assert parse("Observation", f"{deep}status=finished")[0].links
    too_deep = "encounter:Encounter." + "part-of:Encounter." * 4
    assert codes(parse("Observation", f"{too_deep}status=finished")[1]) == [("SRCH-0010", True)]


def test_codes_of_a_value_set_and_below_a_code_become_values():
    wanted = "http://hl7.org/fhir/ValueSet/observation-status"
    (clause,) = parse("Observation", f"status:in={wanted}")[0].clauses
    assert ("eq", "http://hl7.org/fhir/observation-status|final") in clause.values
    assert clause.modifier == ""
    assert parse("Observation", f"status:not-in={wanted}")[0].clauses[0].modifier == "not"
    icd = "http://fhir.hl7.org.vn/core/CodeSystem/vn-icd10-cs"
    below = parse("Condition", f"code:below={icd}|A97")[0].clauses[0].values
    assert ("eq", f"{icd}|A97.0") in below


def test_a_uri_above_is_any_uri_it_lies_under():
    (clause,) = parse("ValueSet", "url:above=http://a/b/c")[0].clauses
    assert [value for _, value in clause.values] == ["http://a/b/c", "http://a", "http://a/b"]


def test_where_everything_came_from_is_not_asked_by_its_beginning():
    assert "SRCH" in parse("Patient", "_source:below=urn:x")[1][0].code


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
    values = {"date": "2024", "number": "1", "quantity": "1", "special": "1|2"}
    names = set(searchable(type))
    for name, parameter in SEARCH_PARAMETERS[type].items():
        parts = [values.get(one.kind, "a") for one in (parameter.components or (parameter,))]
        query, issues = parse(type, [(name, "$".join(parts))])
        assert (len(query.clauses), len(issues)) == ((1, 0) if name in names else (0, 1)), name


@pytest.mark.parametrize("value", ["|", "||", ",|", "|,"])
def test_a_code_without_system_and_code_asks_for_nothing(value):
    _, issues = parse("Patient", f"identifier={value}")
    assert [issue.code for issue in issues] == ["SRCH-0005"]


@pytest.mark.parametrize("value", ["Patient", "Patient:", "Nothing", "*:*"])
def test_an_include_without_a_parameter_is_told_and_brings_nothing(value):
    query, issues = parse("Patient", f"_include={value}")
    assert (query.include, [issue.code for issue in issues]) == ((), ["SRCH-0007"])
