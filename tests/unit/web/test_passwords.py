"""Passwords everybody knows, and those put together of such, are refused; phrases of one's own are not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from yteso.web.accounts.passwords import LongEnough, NotKnown, is_known

KNOWN = (
    "password123456",
    "P@ssw0rd12345678",
    "passwordpassword",
    "matkhau123456789",
    "Mật khẩu 123456",
    "anhyeuem31121990",
    "benhvien@2026@2026",
    "0912345678matkhau",
    "qwertyuiopasdfgh",
    "aaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc",
    "1234567890123456",
    "iloveyou123456789",
    "nguyenvan12345678",
    "31/12/1990 31/12/1990",
    "quantri_quantri",
    "yteso yteso yteso",
)
OWN = (
    "mat khau mau cho kiem thu",
    "hoa sen no ben ho",
    "con meo nam tren mai ngoi",
    "bốn con vịt qua đường",
    "tím-than-ghế-gỗ-lim",
    "xK9vQ2mWz7LtB4hR",
)


@pytest.mark.parametrize("password", KNOWN)
def test_what_everybody_knows_is_refused(password):
    assert is_known(password)
    with pytest.raises(ValidationError):
        NotKnown().validate(password)


@pytest.mark.parametrize("password", OWN)
def test_a_phrase_of_ones_own_is_taken(password):
    assert not is_known(password)
    NotKnown().validate(password)


@pytest.mark.parametrize(("role", "least"), [("doctor", 14), ("administrator", 14), ("citizen", 12)])
def test_staff_need_fourteen_characters_and_citizens_twelve(role, least):
    user = SimpleNamespace(role=role)
    LongEnough().validate("x" * least, user)
    with pytest.raises(ValidationError):
        LongEnough().validate("x" * (least - 1), user)
    with pytest.raises(ValidationError):
        LongEnough().validate("x" * 13)


def test_a_very_long_password_is_judged_quickly():
    import time

    begun = time.process_time()
    is_known("đây là một câu " * 17)
    assert time.process_time() - begun < 1
