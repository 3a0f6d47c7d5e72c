"""What the definitions of R4 say in words alone: addresses of a Bundle's entries, sizes of files."""

import pytest

from yteso.validate.judge import judge
from yteso.validate.profiles import Library, NoCodes, Shelf

PATIENT = {"resourceType": "Patient", "id": "a"}


def found(document):
    issues = judge(document, Library(Shelf()), NoCodes())
    return [(issue.code, issue.origin.field) for issue in issues if issue.code.startswith("FHIR-26")]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/fhir/Patient/a", None),
        ("https://example.org/Patient/a", None),
        ("urn:uuid:4e2b1a60-1111-4111-8111-111111111111", None),
        ("http://example.org/things/a", None),
        ("http://example.org/fhir/Patient/a?x=1", None),
        ("Patient/a", "FHIR-2601"),
        ("http://example.org/fhir/Patient/b", "FHIR-2602"),
        ("http://example.org/fhir/Observation/a", "FHIR-2602"),
    ],
)
def test_the_address_of_an_entry_is_absolute_and_that_of_its_resource(url, code):
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": url, "resource": PATIENT}]}
    assert found(bundle) == ([(code, "Bundle.entry[0].fullUrl")] if code else [])


def test_where_nothing_is_there_yet_an_address_may_be_a_name():
    entry = {"fullUrl": "http://example.org/fhir/Patient/b", "resource": PATIENT}
    entry["request"] = {"method": "POST", "url": "Patient"}
    assert found({"resourceType": "Bundle", "type": "transaction", "entry": [entry]}) == []
    nameless = {"fullUrl": "http://example.org/fhir/Patient/b", "resource": {"resourceType": "Patient"}}
    assert found({"resourceType": "Bundle", "type": "collection", "entry": [nameless]}) == []


@pytest.mark.parametrize(("data", "size"), [("YQ==", 1), ("YWI=", 2), ("YWJj", 3), ("YW Jj\nZA==", 4)])
def test_a_file_has_the_size_it_says(data, size):
    def photo(size):
        return {"resourceType": "Patient", "photo": [{"contentType": "text/plain", "data": data, "size": size}]}

    assert found(photo(size)) == []
    assert found(photo(size + 1)) == [("FHIR-2603", "Patient.photo[0].size")]
    inside = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": photo(size + 1)}]}
    assert found(inside) == [("FHIR-2603", "Bundle.entry[0].resource.photo[0].size")]


@pytest.mark.parametrize(
    "odd", [None, 3, [], [3, None], [{"fullUrl": 3}], [{"fullUrl": "http://x/Patient/a", "resource": 3}]]
)
def test_odd_shapes_do_no_harm(odd):
    assert found({"resourceType": "Bundle", "type": "collection", "entry": odd}) == []
