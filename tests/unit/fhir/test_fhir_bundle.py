"""Entries of a bundle, their order, and the names they get."""

import pytest

from yteso.fhir.bundle import in_order, read_entries, rewrite
from yteso.standards.fhir_r4.elements import ELEMENTS


def entry(method, url="Patient", resource=True, **more):
    row = {"request": {"method": method, "url": url}, **more}
    return {**row, "resource": {"resourceType": "Patient"}} if resource else row


def test_a_transaction_runs_deletes_then_creates_then_updates_then_reads():
    bundle = {"entry": [entry("GET"), entry("PUT"), entry("POST"), entry("PATCH"), entry("DELETE")]}
    entries, issues = read_entries(bundle)
    assert [one.index for one in in_order(entries)] == [4, 2, 1, 3, 0]
    assert issues == []


def test_an_entry_that_is_none_is_an_issue_with_its_place():
    bundle = {
        "entry": [
            {"resource": {}},
            "text",
            entry("POST", resource=False),
            entry("BREW"),
            entry("POST", fullUrl="urn:uuid:1"),
            entry("POST", fullUrl="urn:uuid:1"),
        ]
    }
    entries, issues = read_entries(bundle)
    assert [one.index for one in entries] == [4]
    assert [(issue.code, issue.origin.field) for issue in issues] == [
        ("FHIR-0101", "Bundle.entry[0]"),
        ("FHIR-0101", "Bundle.entry[1]"),
        ("FHIR-0102", "Bundle.entry[2]"),
        ("FHIR-0101", "Bundle.entry[3]"),
        ("FHIR-0103", "Bundle.entry[5]"),
    ]


def test_new_names_go_into_references_uris_and_narrative_and_nowhere_else():
    names = {"urn:uuid:a": "Patient/1", "http://x/Patient/b": "Patient/2"}
    document = {
        "subject": {"reference": "urn:uuid:a", "display": "about urn:uuid:a"},
        "other": [{"reference": "http://x/Patient/b"}, {"reference": "urn:uuid:a#part"}],
        "valueUri": "urn:uuid:a",
        "instantiatesUri": ["urn:uuid:a", "plain"],
        "url": "http://x/Patient/b",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:a"}],
        "questionnaire": "urn:uuid:a",
        "instantiatesCanonical": ["urn:uuid:a"],
        "extension": [{"url": "http://x", "valueString": "urn:uuid:a"}],
        "text": {"div": '<div><a href="urn:uuid:a">x</a></div>'},
    }
    rewrite(document, names)
    assert document == {
        "subject": {"reference": "Patient/1", "display": "about urn:uuid:a"},
        "other": [{"reference": "Patient/2"}, {"reference": "Patient/1#part"}],
        "valueUri": "Patient/1",
        "instantiatesUri": ["Patient/1", "plain"],
        "url": "http://x/Patient/b",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:a"}],
        "questionnaire": "urn:uuid:a",
        "instantiatesCanonical": ["urn:uuid:a"],
        "extension": [{"url": "http://x", "valueString": "urn:uuid:a"}],
        "text": {"div": '<div><a href="Patient/1">x</a></div>'},
    }


def test_a_new_name_goes_wherever_the_standard_has_a_uri_url_oid_or_uuid():
    kinds = {"uri", "url", "oid", "uuid"}
    linked = {
        name
        for elements in ELEMENTS.values()
        for element in elements.values()
        for name, kind in element.json_names.items()
        if kind in kinds
    }
    names = {"urn:uuid:a": "Patient/1"}
    values = dict.fromkeys([*linked, "value", "questionnaire", "description", "valueCanonical"], "urn:uuid:a")
    rewrite(values, names)
    assert {name for name, value in values.items() if value == "Patient/1"} == linked


@pytest.mark.parametrize(
    ("reference", "left"),
    [
        ("Patient/1", False),
        ("http://elsewhere/Patient/1", False),
        ("Patient?identifier=1", False),
        ("#o", False),
        ("#", False),
        ("#none", True),
        ("Mensch/1", True),
        ("urn:uuid:0b1c2d3e-0000-4000-8000-000000000009", True),
    ],
)
def test_rewriting_tells_whether_a_reference_that_names_nothing_is_left(reference, left):
    contained = [{"resourceType": "Organization", "id": "o"}]
    resource = {"resourceType": "Patient", "contained": contained, "managingOrganization": {"reference": reference}}
    assert rewrite(resource, {}) is left
    assert resource["managingOrganization"] == {"reference": reference}
