"""What was typed outlives a log-in and a proof at a provider of OpenID Connect: another site, in the same tab."""

from __future__ import annotations

import pytest
from django.conf import settings as conf
from playwright.sync_api import expect
from tests.integration.web.test_oidc import clean, place
from tests.integration.web.test_typed import AGAIN, KEPT

from yteso.access.principal import Role

__all__ = ["clean", "place"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "Xin sửa ngày sinh đã ghi sai ở phòng khám, Nguyễn Thử"
FORM = "/privacy/requests/mine"


def answered(page, place, person: str) -> None:
    """At the provider: who one is, and yes. Nothing of what was typed is there."""
    page.wait_for_url(f"{place.issuer}/authorize**")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.fill("input[name=person]", person)
    page.get_by_role("button", name="Đồng ý").click()


def sign_in(page, place, person: str = "dan") -> None:
    page.get_by_role("button", name="Đăng nhập bằng Thử ID").click()
    answered(page, place, person)


def aged(context, name: str, seconds: int) -> None:
    """So long ago was it that this session did something, or proved who it is."""
    from yteso.web.accounts.kept_sessions import SessionStore, name_of

    (cookie,) = (one["value"] for one in context.cookies() if one["name"] == conf.SESSION_COOKIE_NAME)
    session = SessionStore(name_of(cookie))
    session[name] -= seconds
    session.save()


@pytest.fixture
def citizen(site, browser, address, place):
    """Somebody without a password, who came by the provider."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(f"/login?next={FORM}")
    sign_in(page, place)
    page.wait_for_url(f"**{FORM}")
    yield page
    context.close()


def typed(page) -> None:
    page.fill("#words", WORDS)
    page.wait_for_function(KEPT)


def test_a_form_that_was_sent_after_the_end_is_filled_again_after_a_log_in_elsewhere(citizen, place):
    typed(citizen)
    aged(citizen.context, "seen", 31 * 60)
    citizen.get_by_role("button", name="Gửi yêu cầu").click()
    expect(citizen.locator("[data-typed-waits]")).to_be_visible()
    sign_in(citizen, place)
    citizen.wait_for_url(f"**{FORM}")
    expect(citizen.locator("#words")).to_have_value(WORDS)
    expect(citizen.locator(AGAIN)).to_be_focused()
    citizen.get_by_role("button", name="Gửi yêu cầu").click()
    expect(citizen.locator("main")).to_contain_text(WORDS)
    citizen.wait_for_function(f"!{KEPT}")


def test_who_stops_there_and_comes_again_finds_it(citizen, place):
    typed(citizen)
    aged(citizen.context, "seen", 31 * 60)
    citizen.goto(FORM)
    sign_in(citizen, place, "dung-lai")
    citizen.wait_for_url("**/login?*")
    expect(citizen.locator("[data-typed-waits]")).to_be_visible()
    sign_in(citizen, place)
    citizen.wait_for_url(f"**{FORM}")
    expect(citizen.locator("#words")).to_have_value(WORDS)


def test_it_waits_over_a_log_in_that_was_refused(citizen, place):
    typed(citizen)
    aged(citizen.context, "seen", 31 * 60)
    citizen.goto(FORM)
    sign_in(citizen, place, "dan-yeu")
    expect(citizen.locator("main")).to_contain_text("WEB-0011")
    citizen.goto(f"/login?next={FORM}")
    sign_in(citizen, place)
    citizen.wait_for_url(f"**{FORM}")
    expect(citizen.locator("#words")).to_have_value(WORDS)


def test_a_proof_elsewhere_loses_nothing(citizen, place):
    citizen.goto("/consent/")
    choice = citizen.locator("form[action='/consent/choose']")
    where, part = choice.locator("input[name=facility]").last, choice.locator("input[name=label]").first
    where.check()
    part.check()
    citizen.wait_for_function(KEPT)
    aged(citizen.context, "proved_at", 6 * 60)
    citizen.get_by_role("button", name="Đóng với nơi").click()
    citizen.wait_for_url("**/account/confirm?*")
    citizen.get_by_role("button", name="Xác nhận bằng Thử ID").click()
    answered(citizen, place, "dan")
    citizen.wait_for_url("**/consent/")
    expect(where).to_be_checked()
    expect(part).to_be_checked()
    expect(citizen.locator(AGAIN)).to_be_focused()


@pytest.fixture
def other(place):
    """Somebody else of the installation, whom the provider knows too."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import Identity, User

    people.create_user("lk.khac", "mat khau mau cho kiem thu", Role.OPERATOR, demo=True)
    Identity.objects.create(issuer=place.issuer, subject="s-1", user=User.objects.get(username="lk.khac"))
    yield "can-bo"
    User.objects.filter(username="lk.khac").delete()


def test_another_person_who_signs_in_there_reads_nothing_of_it(citizen, place, other):
    typed(citizen)
    aged(citizen.context, "seen", 31 * 60)
    citizen.goto(FORM)
    sign_in(citizen, place, other)
    citizen.wait_for_url(lambda url: "/login" not in url and place.issuer not in url)
    citizen.wait_for_function(f"!{KEPT}")
