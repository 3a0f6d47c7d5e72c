from datetime import UTC, datetime, timedelta

import pytest

from yteso.base.errors import Refused
from yteso.signing import Claims, Tokens, load_or_create

NOW = datetime(2026, 9, 10, tzinfo=UTC)
WHO = Claims("his-79001", "facility", "79001", "TREAT")


@pytest.fixture
def tokens(tmp_path):
    return Tokens(load_or_create(tmp_path), clock=lambda: NOW)


def refusal(tokens, token, now=NOW):
    with pytest.raises(Refused) as caught:
        tokens.verify(token, now)
    assert caught.value.status == 401
    return caught.value.issues[0].code


def test_a_token_says_who_acts(tokens):
    assert tokens.verify(tokens.issue(WHO, timedelta(hours=1))) == WHO


def test_a_token_ends_at_its_hour(tokens):
    token = tokens.issue(WHO, timedelta(hours=1))
    assert tokens.verify(token, NOW + timedelta(minutes=59)) == WHO
    assert refusal(tokens, token, NOW + timedelta(hours=1)) == "AUTH-0003"


def test_a_token_from_the_future_is_refused(tokens):
    assert refusal(tokens, tokens.issue(WHO, timedelta(hours=9)), NOW - timedelta(hours=1)) == "AUTH-0002"


def test_a_token_for_another_audience_is_refused(tokens):
    other = Tokens(tokens.keys, audience="other", clock=tokens.clock)
    assert refusal(tokens, other.issue(WHO, timedelta(hours=1))) == "AUTH-0004"


def test_a_token_of_another_installation_is_refused(tokens, tmp_path):
    other = Tokens(load_or_create(tmp_path / "other"), clock=tokens.clock)
    assert refusal(tokens, other.issue(WHO, timedelta(hours=1))) == "AUTH-0002"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "AUTH-0001"),
        ("a", "AUTH-0002"),
        ("a.b.c", "AUTH-0002"),
        ("eyJ9.é.x", "AUTH-0002"),
        ("W10.W10.x", "AUTH-0002"),
    ],
)
def test_what_is_no_token_is_refused(tokens, token, code):
    assert refusal(tokens, token) == code


def test_a_changed_letter_is_noticed(tokens):
    token = tokens.issue(WHO, timedelta(hours=1))
    for place in (8, len(token) // 2, len(token) - 10):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert refusal(tokens, changed) == "AUTH-0002"
