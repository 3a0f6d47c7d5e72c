from datetime import UTC, datetime

import pytest

from yteso.signing import Receipt, load_or_create, sign_receipt, verify_receipt


@pytest.fixture
def keys(tmp_path):
    return load_or_create(tmp_path)


@pytest.fixture
def document(keys):
    return sign_receipt(
        keys, Receipt("id", "79001", 7, "ab" * 32, 1234, datetime(2026, 9, 10, 1, 2, 3, 456789, tzinfo=UTC))
    )


def test_a_receipt_says_sender_sequence_hash_size_and_time(document):
    assert document["sender"] == "79001"
    assert document["sequence"] == 7
    assert document["sha256"] == "ab" * 32
    assert document["size"] == 1234
    assert document["receivedAt"] == "2026-09-10T01:02:03.456789Z"


def test_the_public_key_alone_verifies_it(keys, document):
    assert verify_receipt(document, keys.public()[0])


@pytest.mark.parametrize("member", ["sender", "sequence", "sha256", "size", "receivedAt", "extra", "signature"])
def test_any_change_is_noticed(keys, document, member):
    assert not verify_receipt({**document, member: "other"}, keys.public()[0])


def test_another_installations_key_does_not_verify_it(tmp_path, document):
    assert not verify_receipt(document, load_or_create(tmp_path / "other").public()[0])
