"""JSON or XML: what a client sends and wants, in every spelling, with weights."""

import pytest

from yteso.api.formats import check_form, sent_format, wanted_format, weight
from yteso.base.errors import Refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def status(call, *args):
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.status, refused.value.issues[0].code


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/fhir+json", "json"),
        ("application/json", "json"),
        ("application/*;q=0.1", "json"),
        ("text/html, application/fhir+json;fhirVersion=4.0", "json"),
        ("application/fhir+xml", "xml"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
        ("APPLICATION/XML+FHIR ; q=0.3", "xml"),
        ("application/fhir+xml;q=0.5, application/fhir+json;q=0.4", "xml"),
        ("application/fhir+xml;q=0.5, application/fhir+json;q=0.6", "json"),
        ("application/fhir+xml, application/fhir+json", "json"),
        ("application/fhir+json;q=0, */*", "xml"),
        ("application/fhir+xml, */*;q=0.1", "xml"),
        ("application/fhir+json;fhirVersion=3.0, application/fhir+xml;fhirVersion=4.0", "xml"),
        (BROWSER, "xml"),
    ],
)
def test_the_answer_is_in_the_format_with_the_greater_weight_and_json_when_both_weigh_the_same(accept, wanted):
    assert wanted_format(accept) == wanted


def test_who_sends_xml_and_takes_anything_gets_xml():
    assert wanted_format("", "", "application/fhir+xml; charset=utf-8") == "xml"
    assert wanted_format("*/*", "", "text/xml") == "xml"
    assert wanted_format("application/fhir+json", "", "application/fhir+xml") == "json"


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/json;q=0",
        "application/fhir+json;fhirVersion=3.0",
        "json;q=x",
        "application/xml;q=x",
        ",",
    ],
)
def test_whoever_can_read_neither_gets_406(accept):
    assert status(wanted_format, accept) == (406, "API-0010")


@pytest.mark.parametrize(
    "spelling", ["xml", "text/xml", "application/xml", "application/fhir xml", "application/fhir+xml"]
)
def test_format_in_every_spelling_is_stronger_than_accept(spelling):
    assert wanted_format("application/fhir+json", spelling) == "xml"
    assert wanted_format("application/fhir+xml", spelling.replace("xml", "json")) == "json"


def test_an_unknown_format_gets_406():
    assert status(wanted_format, "application/json", "html/xml") == (406, "API-0010")


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({}, "json"),
        ({"content-type": "application/fhir+json; charset=UTF-8"}, "json"),
        ({"content-type": "application/json", "content-encoding": "identity"}, "json"),
        ({"content-type": "application/fhir+xml;charset=utf-8;fhirVersion=4.0"}, "xml"),
        ({"content-type": "text/xml"}, "xml"),
    ],
)
def test_a_body_in_json_or_xml_is_taken(headers, sent):
    assert sent_format(headers) == sent


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/html"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/fhir+xml; charset=utf-16"},
        {"content-type": "application/fhir+json; fhirVersion=5.0"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_another_body_gets_415(headers):
    assert status(sent_format, headers) == (415, "API-0011")


def test_a_search_by_post_takes_a_form_and_no_json():
    assert check_form({"content-type": "application/x-www-form-urlencoded"}) is None
    assert status(check_form, {"content-type": "application/json"}) == (415, "API-0011")


@pytest.mark.parametrize(
    ("accept", "type", "found"),
    [
        ("", "application/pdf", (1.0, False)),
        ("*/*;q=0.3", "application/pdf", (0.3, False)),
        ("application/*;q=0.5, */*;q=0.3", "application/pdf", (0.5, False)),
        ("application/pdf;q=0.2, */*", "application/pdf", (0.2, True)),
        ("image/png", "application/pdf", (0.0, False)),
        ("application/pdf;q=0", "application/pdf", (0.0, True)),
    ],
)
def test_how_welcome_a_type_is_and_whether_by_its_name(accept, type, found):
    assert weight(accept, type) == found


def test_ranges_may_not_count():
    assert weight("*/*", "application/fhir+json", ranges=False) == (0.0, False)
