"""What is encoded is decoded once, where it comes in: what looks encoded after that is text and stays it."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

TWICE = ("%41nh", "%2541nh", "&lt;b&gt;", "&amp;lt;", r"\u0041nh", "+", "%00", "QW5o", "a%20b")


@pytest.fixture
def people(admin):
    for n, text in enumerate((*TWICE, "Anh", "<b>", "a b")):
        assert (
            admin("PUT", f"Patient/p{n}", {"resourceType": "Patient", "id": f"p{n}", "name": [{"text": text}]}).status
            == 201
        )
    return admin


@pytest.mark.parametrize(("n", "text"), list(enumerate(TWICE)), ids=TWICE)
def test_a_text_that_looks_encoded_is_kept_and_found_as_it_is(people, n, text):
    assert people("GET", f"Patient/p{n}").json["name"] == [{"text": text}]
    assert people("GET", f"Patient?name:exact={quote(text, safe='')}").ids == [f"p{n}"]
    entry = {"request": {"method": "GET", "url": f"Patient?name:exact={quote(text, safe='')}"}}
    answer = people("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}).json
    found = answer["entry"][0]["resource"]["entry"]
    assert [one["resource"]["id"] for one in found if one["search"]["mode"] == "match"] == [f"p{n}"]


def test_in_xml_too_entities_are_read_once(admin):
    name = b'<name><text value="&amp;lt;b&amp;gt; &#38;amp;"/></name>'
    sent = b'<Patient xmlns="http://hl7.org/fhir"><id value="x"/>%b</Patient>' % name
    assert admin("PUT", "Patient/x", sent, content_type="application/fhir+xml", accept="application/json").status == 201
    assert admin("GET", "Patient/x").json["name"] == [{"text": "&lt;b&gt; &amp;"}]


@pytest.mark.parametrize("path", ["Patient/%70", "Patient/%2570", "Patient/..%2fPatient%2fp", "Patient%2Fp"])
def test_a_path_that_is_encoded_once_more_leads_nowhere(admin, path):
    """The server decodes the path before it is matched; what is left of it is no id."""
    admin("PUT", "Patient/p", {"resourceType": "Patient", "id": "p"})
    assert admin("GET", path).status == 404


def test_base64_is_read_once(admin):
    inner = b64encode(b64encode(b"chu")).decode()
    admin("PUT", "Binary/b", {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": inner})
    assert admin("GET", "Binary/b", accept="text/plain").body == b64encode(b"chu")
