"""The six shapes of a reference."""

import pytest

from yteso.fhir.reference import is_plain, parse, references


@pytest.mark.parametrize(
    ("text", "kind", "type", "id"),
    [
        ("Patient/a-1.b", "relative", "Patient", "a-1.b"),
        ("Patient/a/_history/3", "relative", "Patient", "a"),
        ("https://x.example/fhir/Patient/a", "absolute", "Patient", "a"),
        ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "urn", "", ""),
        ("#x", "contained", "", "x"),
        ("Patient?identifier=s|1", "conditional", "Patient", ""),
        ("nonsense", "other", "", ""),
        ("Patient/" + "x" * 65, "other", "", ""),
    ],
)
def test_a_reference_is_taken_apart(text, kind, type, id):
    found = parse(text)
    assert (found.kind, found.type, found.id) == (kind, type, id)


def test_an_absolute_reference_keeps_its_base():
    assert parse("https://x.example/fhir/Patient/a/_history/2").base == "https://x.example/fhir"


def test_every_reference_of_a_document_is_found():
    document = {"subject": {"reference": "A/1"}, "x": [{"y": {"reference": "B/2"}}, {"reference": 3}]}
    assert sorted(one["reference"] for one in references(document)) == ["A/1", "B/2"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Patient/1", True),
        ("Patient/1/_history/2", True),
        ("http://elsewhere/fhir/Patient/1", True),
        ("http://elsewhere/x?y=1", True),
        ("urn:oid:1.2.3", True),
        ("Mensch/1", False),
        ("patient/1", False),
        ("Patient/", False),
        ("Patient/1/2", False),
        ("Patient?identifier=urn:s|1", False),
        ("urn:uuid:0b1c2d3e-0000-4000-8000-000000000001", False),
        ("#part", False),
        ("", False),
    ],
)
def test_what_can_be_left_as_it_is_names_a_type_or_an_address(text, plain):
    assert is_plain(text) is plain
