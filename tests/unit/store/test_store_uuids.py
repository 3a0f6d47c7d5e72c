"""UUIDs leave a text and come back where they were, whatever else is in it."""

from hypothesis import example, given
from hypothesis import strategies as st

from yteso.store.codec import Codec, canonical
from yteso.store.uuids import HERE, MOST, put_back, taken_out, where_packed_end

ONE, OTHER = "0a1b2c3d-0000-8abc-9def-00112233445f", "ffffffff-ffff-ffff-ffff-ffffffffffff"
NAMES = st.sampled_from([f"/{ONE}", f"/{OTHER}", "/00000001-0000-4000-8000-000000000000", "/", "%s", '","', "Patient"])
TEXTS = st.lists(NAMES | st.uuids().map(lambda one: f"/{one}") | st.text(max_size=9), max_size=90).map("".join)


@given(TEXTS)
@example("".join(f"/{n:08x}-0000-4000-8000-000000000000" for n in range(MOST + 9)) + f"/{ONE}/{ONE}")
@example("".join(f"/{n:08x}-0000-4000-8000-000000000000" for n in range(30)) * 2)
@example(f"/{ONE}\x01")
@example(f"/{ONE.upper()}100%/{ONE}")
def test_what_was_taken_out_is_put_back(text):
    packed, rest = taken_out(text.encode())
    assert where_packed_end(packed + b"\x60rest") == len(packed)
    assert (put_back(packed, rest) if packed else rest) == text.encode()


def test_each_uuid_is_kept_once_and_leaves_one_character():
    packed, rest = taken_out(f'["P/{ONE}","E/{OTHER}","P/{ONE}"]'.encode())
    assert packed.hex() == "0b03000100" + ONE.replace("-", "") + OTHER.replace("-", "")
    assert rest == b'["P' + HERE + b'","E' + HERE + b'","P' + HERE + b'"]'
    assert taken_out(f"/{ONE}".encode())[0].hex() == "05" + ONE.replace("-", "")


def test_a_body_with_references_is_smaller_than_its_text_and_tells_dictionaries_no_ids():
    resource = {"resourceType": "Basic", "id": "b", "subject": {"reference": f"Patient/{ONE}"}}
    text, offset = canonical({**resource, "author": {"reference": f"Patient/{ONE}"}})
    body = Codec().pack("Basic", "b", 0, text, offset)
    assert bytes.fromhex(ONE.replace("-", "")) in body
    assert Codec().unpack("Basic", "b", 0, body) == (text, offset)
    assert ONE[:8].encode() not in Codec().sample(0, body)
