"""Any valid resource survives XML; any bytes are read or refused."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_resources import resources

from yteso.base.errors import Refused
from yteso.fhir import json, xml
from yteso.validate import check_resource

MARKS = (
    '<Patient| xmlns="http://hl7.org/fhir"|>|/>|</Patient>|<name>|</name>|<active| value="true"|<contained>|'
    '</contained>|<text>|<div xmlns="http://www.w3.org/1999/xhtml">|</div>|</text>|<extension| url="u"|</extension>'
    '|<!-- a -->|<![CDATA[x]]>|&amp;|&a;|<!DOCTYPE a>|\x00|<?xml version="1.0"?>|<?a b?>|<h:div|<given| id="x"'
    '| xmlns:h="http://www.w3.org/1999/xhtml"|\ufeff| |a'
)
PIECES = [*MARKS.encode().split(b"|"), b"\xff"]
"""What XML is made of, so that invented bytes get beyond the first tag."""


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(resources())
def test_a_valid_resource_comes_back_from_its_xml_and_the_xml_too(document):
    assert check_resource(document) == ()
    data = xml.dumps(document)
    read = xml.loads(data)
    assert read == document
    assert xml.dumps(read) == data
    assert xml.loads(xml.dumps(document, pretty=True)) == document
    assert json.dumps(xml.loads(xml.dumps(read))) == json.dumps(read)


def tried(data):
    """The numbers of a refusal with its status; nothing else may come out of reading."""
    try:
        document = xml.loads(data)
    except Refused as refused:
        return [(refused.status, issue.code[:6]) for issue in refused.issues]
    assert xml.loads(xml.dumps(document)) == document
    return [(400, "FHIR-0")]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join) | st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_number(data):
    assert tried(data) == [(400, "FHIR-0")]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(resources("Patient"), st.data())
def test_xml_with_a_piece_cut_out_or_put_in_is_read_or_refused(document, data):
    whole = xml.dumps(document)
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    piece = data.draw(st.sampled_from([b"", *PIECES]))
    assert tried(whole[:start] + piece + whole[end:]) == [(400, "FHIR-0")]


KEYS = st.sampled_from(["resourceType", "name", "given", "_given", "text", "div", "contained", "id", "x"])
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


@given(ODD | st.dictionaries(KEYS, ODD).map(lambda members: {**members, "resourceType": "Patient"}))
def test_any_document_is_written_or_refused(document):
    status = 406
    try:
        xml.loads(xml.dumps(document))
    except Refused as refused:
        status = refused.status
    assert status == 406
