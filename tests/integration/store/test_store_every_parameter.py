"""Every search parameter of every type, with each of its modifiers and as a sort key: the database answers."""

import pytest

from yteso.access.restriction import EVERYTHING
from yteso.search.clause import modifiers_of
from yteso.search.filter import operators_of
from yteso.search.parameters import parents_of
from yteso.search.parse import parse, searchable
from yteso.standards.fhir_r4 import RESOURCE_TYPES, SEARCH_PARAMETERS
from yteso.standards.fhir_r4.packed import Packed
from yteso.store.protocol import Put

VALUES = {
    "date": "ge2024-01",
    "number": "5",
    "quantity": "5.4|http://unitsofmeasure.org|mg",
    "reference": "Patient/1",
    "token": "http://s|c",
    "string": "nguyễn",
    "uri": "http://x/y",
    "special": "10.77|106.70|5|km",
}
ASKED = {
    "missing": "true",
    "in": "http://hl7.org/fhir/ValueSet/observation-status",
    "not-in": "http://hl7.org/fhir/ValueSet/observation-status",
    "below": "http://hl7.org/fhir/observation-status|final",
    "above": "http://hl7.org/fhir/observation-status|final",
    "of-type": "http://t|MR|1",
}
LEFT_OUT = Packed("search_left_out.tsv", lambda _, reason: reason)


def questions(type):
    for name, parameter in searchable(type).items():
        value = "$".join(VALUES[one.kind] for one in (parameter.components or (parameter,)))
        yield [(name, value)]
        for modifier in modifiers_of(parameter):
            asked = {"uri": "http://a/b", "reference": of_reference(parameter)}.get(parameter.kind)
            yield [(f"{name}:{modifier}", asked or ASKED.get(modifier, value))]
        if parameter.kind not in ("composite", "special"):
            yield [("_sort", f"-{name}")]


def of_reference(parameter):
    """What all modifiers take: something in a hierarchy where there is one, else an address."""
    return next((f"{kind}/1" for kind in parents_of(parameter)), "http://a/b")


@pytest.mark.parametrize("part", range(6))
def test_the_database_answers_every_parameter(database, store, administrator, part):
    with database.connection() as conn:
        for kind in sorted(RESOURCE_TYPES)[part::6]:
            for asked in questions(kind):
                if asked[0][0].endswith(":missing"):
                    asked = [(asked[0][0], "true")]
                query, issues = parse(kind, asked)
                assert not issues, (kind, asked, issues)
                store.search(conn, administrator, EVERYTHING, query)


OF_OPERATORS = {"in": ASKED["in"], "ni": ASKED["in"], "ss": ASKED["below"], "sb": ASKED["above"], "pr": "true"}


@pytest.mark.parametrize("kind", ["Patient", "Observation", "Location", "ValueSet", "RiskAssessment"])
def test_the_database_answers_every_operator_of_a_filter(database, store, administrator, kind):
    tests = [
        f"{name} {operator} {OF_OPERATORS.get(operator, VALUES[one.kind].removeprefix('ge'))}"
        for name, one in searchable(kind).items()
        for operator in (operators_of(one) if one.kind != "composite" else ())
    ]
    with database.connection() as conn:
        for start in range(0, len(tests), 30):
            text = " or ".join(f"not ({one} and _id pr true)" for one in tests[start : start + 30])
            query, issues = parse(kind, [("_filter", text)])
            assert not issues, (kind, issues)
            store.search(conn, administrator, EVERYTHING, query)


def test_every_parameter_of_r4_is_searchable_or_left_out_with_a_reason():
    told = {name: LEFT_OUT[name] for name in LEFT_OUT}
    assert told == {
        "Patient.age": "no expression",
        "Patient.birthOrderBoolean": "no expression",
        "Resource._filter": "no expression",
        "Resource._query": "no expression",
    }
    for kind in RESOURCE_TYPES:
        assert SEARCH_PARAMETERS[kind].keys() == searchable(kind).keys(), kind


@pytest.mark.parametrize(
    ("near", "ids"),
    [
        ("10.7769|106.7009", {"here", "close"}),
        ("10.7769|106.7009|1|km", {"here"}),
        ("10.7769|106.7009|4000|m", {"here", "close"}),
        ("21.0285|105.8542|100|km", {"far"}),
        ("10.7769|106.7009|900|[mi_us]", {"here", "close", "far"}),
        ("-33|18", set()),
    ],
)
def test_a_place_is_found_by_its_distance(database, store, administrator, near, ids):
    places = {"here": (10.7769, 106.7009), "close": (10.7980, 106.7200), "far": (21.0285, 105.8542), "none": None}
    with database.connection() as conn:
        for name, place in places.items():
            position = {"position": {"latitude": place[0], "longitude": place[1]}} if place else {}
            location = {"resourceType": "Location", "id": name, "name": "Trạm Mẫu", **position}
            store.write(conn, administrator, [Put(location)])
        query, issues = parse("Location", [("near", near)])
        assert not issues
        assert {one.id for one in store.search(conn, administrator, EVERYTHING, query).matches} == ids
    assert parse("Location", [("near", "91|0")])[1][0].code == "SRCH-0005"


def test_a_uri_is_found_by_how_it_begins(database, store, administrator):
    urls = ["http://a/b", "http://a/b/c", "http://a/b/c/d", "http://a/bc", "http://a", "urn:x", "http://A/b/e"]
    sets = [{"resourceType": "ValueSet", "id": f"v{n}", "status": "draft", "url": url} for n, url in enumerate(urls)]
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in sets])

        def found(text):
            query, issues = parse("ValueSet", text)
            assert not issues
            return {one.id for one in store.search(conn, administrator, EVERYTHING, query).matches}

        assert found("url:below=http://a/b") == found("url:below=http://a/b/") == {"v0", "v1", "v2"}
        assert found("url:below=http://a/b/c,urn:x") == {"v1", "v2", "v5"}
        assert found("url:below=http://a/b_c") == set()
        assert found("url:above=http://a/b/c") == {"v0", "v1", "v4"}
