"""Pages one meets once, or when something is wrong: both languages, a phone and a wide screen, by keyboard."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from codes import PASSWORD, code, install_clock
from playwright.sync_api import Browser, Page, expect
from tests.accessibility import faults
from tests.integration.web.test_passkeys import authenticator

from yteso.access.principal import Role
from yteso.base.errors import Refused
from yteso.web import rules, services

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "it.gap"
NEW = "hoa sen no ben ho"
TOO_MUCH = """() => {
  const form = document.querySelector("form[action='/account']"), more = document.createElement("input");
  Object.assign(more, {type: "hidden", name: "more", value: "a".repeat(4_000_000)});
  form.append(more);
  form.noValidate = true;
  form.requestSubmit();
}"""
SCREENS = [("vi", 360), ("vi", 1280), ("en", 360), ("en", 1280)]


@pytest.fixture
def owner(site):
    """An account of staff, asked for a second factor."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import Throttle, User

    Throttle.objects.all().delete()
    people.create_user(NAME, PASSWORD, Role.OPERATOR, display_name="Ít Gặp Thử")
    yield people
    User.objects.filter(username=NAME).delete()
    Throttle.objects.all().delete()


@pytest.fixture(params=SCREENS, ids=lambda one: f"{one[0]}-{one[1]}")
def page(request, browser: Browser, address: str):
    language, width = request.param
    context = browser.new_context(
        base_url=address, locale=language, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "yteso_language", "value": language, "url": address}])
    page = context.new_page()
    yield page
    context.close()


def look(page: Page) -> None:
    """Nothing is against WCAG or beside the screen, and the page is in the language that was asked for."""
    assert not (found := faults(page)), found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    switch = page.locator("[action$='/language'] button").first
    other = "vi" if page.locator("html").get_attribute("lang") == "en" else "en"
    expect(switch).to_have_attribute("value", other)


def type_in(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_the_ways_in(site, page, owner):
    page.goto("/login")
    look(page)
    expect(page.locator("#id_username")).to_be_focused()
    for _ in range(5):
        page.fill("#id_username", NAME)
        page.fill("#id_password", "sai hoan toan roi")
        page.keyboard.press("Enter")
        expect(page.locator("#errors")).to_be_visible()
    look(page)
    page.fill("#id_username", NAME)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".message--warn").first).to_be_visible()
    look(page)


def sign_in(page: Page) -> None:
    page.goto("/login")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(NAME)
    page.keyboard.press("Tab")
    type_in(page, PASSWORD)


def test_a_link_that_is_good_sets_a_password_and_is_over_then(site, page, owner):
    link = owner.one_time_link(NAME, reset_factors=True)
    page.goto(link)
    look(page)
    expect(page.locator("#id_new")).to_be_focused()
    type_in(page, "ngan")
    expect(page.locator("#errors")).to_be_visible()
    look(page)
    page.locator("#id_new").focus()
    type_in(page, NEW)
    page.wait_for_url("**/login")
    look(page)
    page.goto(link)
    look(page)


def test_the_second_step_by_keyboard(site, page, owner):
    clock, before = install_clock()
    try:
        sign_in(page)
        page.wait_for_url(re.compile("/account/factors"))
        look(page)
        page.goto("/account/factors/app")
        look(page)
        secret = page.locator("code.mono").inner_text().replace(" ", "")
        page.fill("#id_code", "000000")
        page.keyboard.press("Enter")
        expect(page.locator("#errors")).to_be_visible()
        look(page)
        secret = page.locator("code.mono").inner_text().replace(" ", "")
        page.fill("#id_code", code(secret, clock()))
        page.keyboard.press("Enter")
        expect(page.locator(".specimen li")).to_have_count(10)
        look(page)
        authenticator(page)
        page.goto("/account/factors/passkey")
        look(page)
        page.fill("#passkey-name", "Máy")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "passkey" not in url)
        look(page)
        page.context.clear_cookies(name=re.compile("session"))
        sign_in(page)
        page.wait_for_url("**/login/step")
        look(page)
        expect(page.locator("#id_code")).to_be_focused()
        type_in(page, "000000")
        expect(page.locator("#errors")).to_be_visible()
        look(page)
        clock.move(minutes=1)
        expect(page.locator("#id_code")).to_have_value("")
        type_in(page, code(secret, clock()))
        page.wait_for_url("**/ioc/")
    finally:
        services.install(before)


class Refusing:
    """The record, which refuses whatever is asked."""

    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        raise self.error


def test_what_went_wrong_is_told_calmly(site, page):
    page.goto("/khong-co")
    look(page)
    page.goto("/login")
    page.fill("#id_username", "nhanvien")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    before = services.installed()
    try:
        for status in (400, 409, 410, 413, 422, 429, 503):
            error = Refused(rules.UNKNOWN.at(), status=status, retry_after=120 if status in (429, 503) else 0)
            services.install(replace(before, records=Refusing(error)))
            answer = page.goto(f"/record/{site.patient}")
            assert answer.status == status
            look(page)
    finally:
        services.install(before)
    page.goto("/account")
    page.evaluate(TOO_MUCH)
    expect(page.locator(".calm__code")).to_have_text("413")
    look(page)
    page.goto("/language")
    look(page)
