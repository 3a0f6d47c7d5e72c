"""Bodies come back byte for byte, with the version in its place."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zstandard import ZstdCompressor

from yteso.fhir.json import loads
from yteso.store.codec import Codec, DictionaryMissing, canonical, spliced
from yteso.store.training import COMMON, dictionaries, trained

WHEN = datetime(2024, 3, 5, 1, 2, 3, 4000, tzinfo=UTC)


def shown(resource):
    return spliced(*canonical(resource), 7, WHEN)


def test_the_version_goes_into_meta_where_meta_is():
    resource = {"resourceType": "Basic", "id": "b", "language": "vi", "meta": {"source": "s"}, "n": Decimal("1.00")}
    expected = (
        b'{"resourceType":"Basic","id":"b","language":"vi",'
        b'"meta":{"versionId":"7","lastUpdated":"2024-03-05T01:02:03.004Z","source":"s"},"n":1.00}'
    )
    assert shown(resource) == expected


def test_a_resource_without_meta_gets_one_after_its_id():
    assert list(loads(shown({"resourceType": "Basic", "id": "b", "x": 1}))) == ["resourceType", "id", "meta", "x"]


@pytest.mark.parametrize("meta", [{}, {"versionId": "3"}, {"lastUpdated": "x", "versionId": "3"}])
def test_what_the_sender_says_of_version_and_time_is_no_content(meta):
    bare = {"resourceType": "Basic", "id": "b"}
    assert canonical({**bare, "meta": meta}) == canonical(bare)


def test_the_callers_resource_is_left_alone():
    resource = {"resourceType": "Basic", "id": "b", "meta": {"versionId": "3"}}
    canonical(resource)
    assert resource == {"resourceType": "Basic", "id": "b", "meta": {"versionId": "3"}}


def test_a_packed_body_comes_back_with_any_dictionary_and_never_with_the_wrong_one():
    texts = [
        canonical({"resourceType": "Basic", "id": f"b{n}", "note": f"dòng {n * 7919}" * 5})[0] for n in range(2000)
    ]
    codec = Codec()
    plain = codec.pack("Basic", "b0", 0, texts[0], 5)
    codec.add(1, trained(texts, 4096))
    packed = codec.pack("Basic", "b0", 1, texts[0], 5)
    assert codec.unpack("Basic", "b0", 0, plain) == codec.unpack("Basic", "b0", 1, packed) == (texts[0], 5)
    assert len(packed) < len(plain)
    with pytest.raises(DictionaryMissing):
        Codec().unpack("Basic", "b0", 1, packed)


def test_a_body_leaves_out_what_its_row_tells_only_where_it_begins_with_it():
    codec = Codec()
    usual = canonical({"resourceType": "Basic", "id": "b", "meta": {"source": "x"}})
    other = canonical({"id": "b", "resourceType": "Basic", "note": "b"})
    longer = canonical({"resourceType": "Basic", "id": "bb", "note": "b"})
    for text, offset in (usual, other, longer):
        assert codec.unpack("Basic", "b", 0, codec.pack("Basic", "b", 0, text, offset)) == (text, offset)
    inner = {"resourceType": "Basic", "id": "c", "meta": {"source": "y"}}
    late = canonical({"resourceType": "Basic", "id": "b", "note": '"meta":{', "meta": {"source": "x"}})
    nested = canonical({"resourceType": "Basic", "id": "b", "contained": [inner], "meta": {"source": "x"}})
    for text, offset in (late, nested):
        assert codec.unpack("Basic", "b", 0, codec.pack("Basic", "b", 0, text, offset)) == (text, offset)
    assert len(codec.pack("Basic", "b", 0, *usual)) < len(codec.pack("Basic", "b", 0, b"{}" + usual[0], usual[1])) - 4
    assert b"Basic" not in codec.sample(0, codec.pack("Basic", "b", 0, *usual))
    assert b"Basic" in codec.sample(0, codec.pack("Basic", "b", 0, *longer))


@given(text=st.binary(max_size=200_000), content=st.binary(min_size=300, max_size=600))
def test_no_body_without_the_beginning_of_a_frame_looks_as_if_it_had_it(text, content):
    codec = Codec()
    codec.add(1, content)
    for dictionary in (0, 1):
        start = b'{"resourceType":"Basic","id":"b","meta":{'
        packed = codec.pack("Basic", "b", dictionary, start + text, len(start))
        assert not packed.startswith(b"\x28\xb5\x2f\xfd")
        assert codec.unpack("Basic", "b", dictionary, packed) == (start + text, len(start))


def test_bodies_of_earlier_releases_are_read_as_they_were_written():
    old = ZstdCompressor(level=3, write_dict_id=False)
    usual, offset = canonical({"resourceType": "Basic", "id": "b", "meta": {"source": "x"}})
    head = b'{"resourceType":"Basic","id":"b"'
    headless = old.compress((offset | 1 << 31).to_bytes(4, "big") + usual[len(head) :])
    whole = old.compress(offset.to_bytes(4, "big") + usual)
    assert Codec().unpack("Basic", "b", 0, headless) == Codec().unpack("Basic", "b", 0, whole) == (usual, offset)
    assert Codec().sample(0, headless) == usual[len(head) :]


def test_a_type_gets_a_dictionary_of_its_own_only_where_that_packs_better():
    chance = Random(5)
    words = ["".join(chance.choices("abcdefgh", k=40)) for _ in range(3000)]
    drawn = [" ".join(chance.choices(words[:300], k=12)).encode() for _ in range(900)]
    noise = [chance.randbytes(300) for _ in range(300)]
    few = [" ".join(chance.choices(words, k=12)).encode() for _ in range(90)]
    made = dictionaries({1: drawn, 2: noise, 3: few}, size=4096)
    assert list(made) == [COMMON, 1]
    assert len(made[1]) <= 65_536


def test_a_type_without_a_dictionary_of_its_own_uses_the_common_one():
    codec = Codec()
    assert codec.dictionary_of("Basic") == 0
    codec.newest = {"": 4, "Basic": 7}
    assert (codec.dictionary_of("Basic"), codec.dictionary_of("Patient")) == (7, 4)
