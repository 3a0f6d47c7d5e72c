"""The algorithm of signatures changes in a running installation: what was signed before stays good, of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yteso.base.errors import Misconfigured
from yteso.signing import Claims, Receipt, Tokens, load_or_create, sign_receipt, verify_receipt
from yteso.signing.keys import ALGORITHMS, read_public, rotate
from yteso.signing.root import Head, sign_root, verify_root

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
ARRIVED = Receipt("mau-1", "his-79001", 1, "00" * 32, 10, NOW)
WHO = Claims("bacsi", "doctor", "79001", "TREAT")
HEADS = [Head(0, 5, b"\1" * 32)]


@pytest.mark.parametrize("first", ALGORITHMS)
@pytest.mark.parametrize("second", ALGORITHMS)
def test_receipts_and_roots_by_one_algorithm_stay_good_under_the_next(tmp_path, first, second):
    load_or_create(tmp_path)
    rotate(tmp_path, first)
    old = load_or_create(tmp_path)
    receipt, root = sign_receipt(old, ARRIVED), sign_root(old, 1, NOW, HEADS, None)
    rotate(tmp_path, second)
    keys = load_or_create(tmp_path)
    public = {key.id: key for one in keys.public() for key in read_public(one.pem)}
    assert (public[old.current].algorithm, public[keys.current].algorithm) == (first, second)
    later, newer = sign_receipt(keys, ARRIVED), sign_root(keys, 2, NOW, HEADS, root)
    assert verify_receipt(receipt, public[old.current])
    assert verify_receipt(later, public[keys.current])
    assert verify_root(root, public.values())
    assert verify_root(newer, public.values())
    swapped = {**receipt, "keyId": keys.current}
    assert not verify_receipt(swapped, public[keys.current]), "the algorithm follows from the key"
    assert not verify_receipt({**receipt, "size": 11}, public[old.current])


@pytest.mark.parametrize(("algorithm", "alg"), [("Ed448", "Ed448"), ("ML-DSA-65", "Ed25519")])
def test_tokens_from_before_the_change_are_good_until_they_expire(tmp_path, algorithm, alg):
    """An ML-DSA pair signs no token: there is no registered way to say so in a JWS header that clients read."""
    before = Tokens(load_or_create(tmp_path), clock=lambda: NOW)
    old = before.issue(WHO, timedelta(hours=1))
    rotate(tmp_path, algorithm)
    after = Tokens(load_or_create(tmp_path), clock=lambda: NOW)
    assert after.issuer == before.issuer
    assert after.verify(old).name == WHO.name
    new = after.issue(WHO, timedelta(hours=1))
    assert after.verify(new).name == WHO.name
    assert {name: alg_of for name, (alg_of, _) in after._pairs.items()}[kid_of(new)] == alg


def kid_of(token):
    import base64
    import json

    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]


def test_an_installation_whose_keys_sign_no_token_says_so(tmp_path):
    load_or_create(tmp_path)
    rotate(tmp_path, "ML-DSA-65")
    (tmp_path / "keys" / "signing-0001.pem").unlink()
    with pytest.raises(Misconfigured, match="Ed25519 or Ed448"):
        Tokens(load_or_create(tmp_path)).issue(WHO, timedelta(hours=1))
