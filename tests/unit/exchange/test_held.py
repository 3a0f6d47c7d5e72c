from yteso.base.ids import random_id
from yteso.exchange.held import pack, unpack


def test_packed_references_come_back():
    references = {(kind, random_id()) for kind in ("Encounter", "Condition", "Observation") for _ in range(40)}
    packed = pack(references)
    assert unpack(packed) == references
    assert len(packed) < 120 * 17


def test_nothing_packs_to_nothing():
    assert pack([]) == b""
    assert unpack(b"") == set()
