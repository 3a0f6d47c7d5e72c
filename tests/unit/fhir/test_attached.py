"""Files are found wherever they stand in a resource, named by their place, and decoded in one way only."""

from __future__ import annotations

from base64 import b64encode

import pytest

from yteso.fhir.attached import CHOICE, NAMES, NotBase64, attached
from yteso.standards.fhir_r4 import ELEMENTS

ODD = b"\x00tep Mau\xff" * 9
TEXT = b64encode(ODD).decode()


def found(resource, place=""):
    return {one.place: b"".join(one.pieces()) for one in attached(resource, place)}


def test_every_property_that_may_hold_bytes_is_known():
    names = {
        name
        for type_ in ELEMENTS
        for element in ELEMENTS[type_].values()
        for name, kind in element.json_names.items()
        if kind == "base64Binary"
    }
    assert {name for name in names if not name.endswith(CHOICE)} == NAMES


def test_the_only_text_of_such_a_name_that_is_no_file_is_that_of_sampled_data():
    others = {
        (type_, element.path)
        for type_ in ELEMENTS
        for element in ELEMENTS[type_].values()
        for name, kind in element.json_names.items()
        if name in NAMES and kind not in ("base64Binary", "BackboneElement", "Element") and not element.content
    }
    assert {(type_, path) for type_, path in others if ELEMENTS[type_][path].types == ("string",)} == {
        ("SampledData", "data")
    }
    sampled = {"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "1 2 3"}
    assert found({"resourceType": "Observation", "valueSampledData": sampled}) == {}


@pytest.mark.parametrize(
    ("resource", "place"),
    [
        ({"resourceType": "Binary", "data": TEXT}, "Binary.data"),
        (
            {"resourceType": "DocumentReference", "content": [{}, {"attachment": {"data": TEXT}}]},
            "DocumentReference.content[1].attachment.data",
        ),
        ({"resourceType": "Patient", "photo": [{"data": TEXT}]}, "Patient.photo[0].data"),
        ({"resourceType": "Media", "content": {"data": TEXT}}, "Media.content.data"),
        (
            {"resourceType": "Communication", "payload": [{"contentAttachment": {"data": TEXT}}]},
            "Communication.payload[0].contentAttachment.data",
        ),
        (
            {"resourceType": "Basic", "extension": [{"url": "x", "valueBase64Binary": TEXT}]},
            "Basic.extension[0].valueBase64Binary",
        ),
        (
            {"resourceType": "Media", "content": {"_data": {"extension": [{"valueAttachment": {"data": TEXT}}]}}},
            "Media.content._data.extension[0].valueAttachment.data",
        ),
        ({"resourceType": "Provenance", "signature": [{"data": TEXT}]}, "Provenance.signature[0].data"),
        (
            {"resourceType": "Basic", "contained": [{"resourceType": "Binary", "data": TEXT}]},
            "Basic.contained[0].data",
        ),
        (
            {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Binary", "data": TEXT}}]},
            "Bundle.entry[0].resource.data",
        ),
        (
            {"resourceType": "Media", "content": {"url": f"data:application/pdf;base64,{TEXT}"}},
            "Media.content.url",
        ),
        (
            {"resourceType": "Basic", "text": {"div": f"<div><img src='DATA:image/png;Base64,{TEXT}'/></div>"}},
            "Basic.text.div",
        ),
    ],
)
def test_a_file_is_found_where_it_stands(resource, place):
    assert found(resource) == {place: ODD}


def test_a_place_in_a_bundle_stands_before_it():
    resource = {"resourceType": "Binary", "data": TEXT}
    assert list(found(resource, "Bundle.entry[3].resource")) == ["Bundle.entry[3].resource.data"]


def test_an_address_may_hold_plain_text():
    held = {"resourceType": "Media", "content": {"url": "data:,X5O%21P%25"}}
    assert found(held) == {"Media.content.url": b"X5O!P%"}


def test_a_long_file_comes_in_pieces_and_white_space_is_passed_over():
    raw = ODD * 40_000
    text = b64encode(raw).decode()
    lines = "\r\n ".join(text[at : at + 76] for at in range(0, len(text), 76))
    pieces = list(next(attached({"resourceType": "Binary", "data": lines})).pieces())
    assert b"".join(pieces) == raw
    assert max(map(len, pieces)) <= 64 * 1024


@pytest.mark.parametrize("text", ["====", "QQ==QUJD", "QQ==" * 20_000, "QUJDR", "QUJ%", "Ảnh", "QQ=Q"])
def test_what_readers_would_read_in_two_ways_stands_for_no_bytes(text):
    with pytest.raises(NotBase64):
        list(next(attached({"resourceType": "Binary", "data": text})).pieces())


@pytest.mark.parametrize("resource", [None, [], "x", {}, {"data": 5}, {"data": ["QUJD"]}, {"data": {"x": None}}])
def test_what_is_no_resource_holds_no_file(resource):
    assert found(resource) == {}


def test_a_text_full_of_beginnings_is_looked_through_in_a_moment():
    assert found({"resourceType": "Basic", "id": "data:" * 200_000}) == {}
