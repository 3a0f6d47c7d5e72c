"""Any document survives writing and reading, any bytes are read or refused."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yteso.base.errors import Refused
from yteso.fhir.json import dumps, loads
from yteso.store.codec import Codec, canonical, spliced

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NUMBERS = st.integers(-(10**17), 10**17) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_a_document_comes_back_from_its_bytes(document):
    data = dumps(document)
    assert loads(data) == document
    assert dumps(loads(data)) == data


@given(DOCUMENTS)
def test_other_writers_of_the_same_document_are_read_alike(document):
    plain = json.loads(json.dumps(document, default=float))
    for text in (json.dumps(plain), json.dumps(plain, indent=2, ensure_ascii=False)):
        assert dumps(loads(text.encode())) == dumps(json.loads(text, parse_float=Decimal))


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\ud8ea01eE+-. ', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_number(data):
    codes = []
    try:
        document = loads(data)
        codes = ["FHIR-0000"] if loads(dumps(document)) == document else []
    except Refused as refused:
        codes = [issue.code for issue in refused.issues]
    assert [code[:8] for code in codes] == ["FHIR-000"]


@given(
    st.dictionaries(TEXTS.filter(lambda name: name not in ("resourceType", "id", "meta")), DOCUMENTS, max_size=4),
    DOCUMENTS,
)
def test_a_body_is_spliced_without_touching_anything_else(members, source):
    resource = {"resourceType": "Basic", "id": "b", **members, "meta": {"x": source}}
    codec = Codec()
    name = resource["resourceType"], resource["id"]
    text = spliced(
        *codec.unpack(*name, 0, codec.pack(*name, 0, *canonical(resource))), 3, datetime(2024, 1, 1, tzinfo=UTC)
    )
    read = loads(text)
    assert list(read) == list(resource)
    assert read["meta"].pop("versionId") == "3"
    assert read["meta"].pop("lastUpdated")
    assert read == resource
