"""Secrets of second factors lie enciphered and sealed: none is read without the key, none is changed unnoticed."""

from __future__ import annotations

import base64

import pytest
from cryptography.fernet import InvalidToken

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def adapter():
    from yteso.web.accounts.adapter import FactorAdapter

    return FactorAdapter()


def test_a_secret_comes_back_and_does_not_show(adapter):
    kept = adapter.encrypt(SECRET)
    assert adapter.decrypt(kept) == SECRET
    assert SECRET.encode() not in base64.urlsafe_b64decode(kept)
    assert adapter.encrypt(SECRET) != kept


def test_a_changed_byte_anywhere_is_noticed(adapter):
    kept = base64.urlsafe_b64decode(adapter.encrypt(SECRET))
    for at in range(len(kept)):
        changed = bytearray(kept)
        changed[at] ^= 1
        with pytest.raises(InvalidToken):
            adapter.decrypt(base64.urlsafe_b64encode(bytes(changed)).decode())
