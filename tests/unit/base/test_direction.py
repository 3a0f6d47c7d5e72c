"""Text that turns its line keeps that to itself, whatever it opens or closes; all other text stays as it is."""

from __future__ import annotations

import pytest

from yteso.base.direction import has_unseen, isolated


@pytest.mark.parametrize("text", ["", "Trần Thị Mẫu", "BV 115 – Mẫu", "王小明", "👩🏽‍⚕️", "M\u200bẫu"])
def test_what_turns_nothing_stays_as_it_is(text):
    assert isolated(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202eMẫu", "\u2068\u202eMẫu\u2069"),
        ("שלום", "\u2068שלום\u2069"),
        ("\u2067Mẫu", "\u2068\u2067Mẫu\u2069\u2069"),
        ("Mẫu\u2069\u202e", "\u2068Mẫu\u202e\u2069"),
        ("\u2066a\u2069\u2069b", "\u2068\u2066a\u2069b\u2069"),
    ],
)
def test_what_it_opens_is_closed_and_it_closes_nothing_around_it(text, shown):
    assert isolated(text) == shown


@pytest.mark.parametrize("sign", "\u0007\u200b\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\u2028")
def test_signs_that_nobody_sees_are_found(sign):
    assert has_unseen(f"Trần {sign}Mẫu")


def test_letters_of_any_tongue_and_spaces_are_seen():
    assert not has_unseen("Trần Thị Mẫu Nguye\u0302\u0303n O'Neil 王")
