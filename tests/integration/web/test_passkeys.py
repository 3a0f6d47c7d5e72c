"""Passkeys in a real browser with its virtual authenticator: made, used instead of a password, as a second step."""

from __future__ import annotations

import re

import pytest
from codes import PASSWORD, code, install_clock, set_up_app
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from tests.accessibility import faults

from yteso.access.principal import Role
from yteso.web import services

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(site, request):
    from yteso.web.accounts import people
    from yteso.web.accounts.models import Throttle, User

    Throttle.objects.all().delete()
    name = re.sub(r"\W", "-", request.node.name)[:60].lower()
    people.create_user(name, PASSWORD, Role.OPERATOR, display_name="Lê Thị Thử")
    yield name
    User.objects.filter(username=name).delete()


@pytest.fixture
def page(browser: Browser, address: str):
    context = browser.new_context(base_url=address)
    page = context.new_page()
    yield page
    context.close()


def authenticator(page: Page, **how):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, **how}})
    return session, made["authenticatorId"]


def by_password(page: Page, name: str) -> None:
    page.goto("/login")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(account/factors|login/step|ioc/)"))


def enrol(page: Page, name: str):
    session, key = authenticator(page)
    by_password(page, name)
    page.goto("/ioc/")
    expect(page).to_have_url(re.compile("/account/factors$"))
    page.get_by_role("link", name="Thêm khóa").click()
    page.fill("#passkey-name", "Điện thoại")
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.locator(".specimen li")).to_have_count(10)
    return session, key


def as_the_chain_says(person) -> bool:
    """Whether the passkeys of an account are those that acts in the audit left."""
    from django.db import connection, transaction

    from yteso.client.trail import bad_right
    from yteso.web.accounts import held

    rights = [held.passkey(row) for row in held.passkeys().filter(user__username=person)]
    with transaction.atomic():
        return bool(rights) and bad_right(connection.connection, rights) is None


def test_a_passkey_is_made_and_then_signs_in_without_a_password(site, page, person):
    session, key = enrol(page, person)
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert [one["rpId"] for one in kept] == ["localhost"]
    assert kept[0]["isResidentCredential"]
    assert as_the_chain_says(person)
    page.goto("/account")
    expect(page.get_by_text("Điện thoại").first).to_be_visible()
    page.goto("/ioc/")
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_role("button", name=re.compile("Đăng nhập bằng khóa")).click()
    page.wait_for_url("**/ioc/")
    after = session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"][0]
    assert after["signCount"] > kept[0]["signCount"]


def test_after_a_password_the_passkey_is_the_second_step(site, page, person):
    enrol(page, person)
    page.context.clear_cookies()
    by_password(page, person)
    expect(page).to_have_url(re.compile("/login/step"))
    page.get_by_role("button", name="Dùng khóa").click()
    page.wait_for_url("**/ioc/")


def test_a_device_that_does_not_know_its_person_makes_no_passkey(site, page, person):
    authenticator(page, isUserVerified=False)
    by_password(page, person)
    page.goto("/account/factors/passkey")
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.locator("[data-told]")).to_contain_text("Thiết bị chưa xác nhận")
    page.goto("/ioc/")
    expect(page).to_have_url(re.compile("/account/factors$"))


def test_a_removed_passkey_no_longer_signs_in(site, page, person):
    from yteso.web.accounts import factors
    from yteso.web.accounts.models import User

    enrol(page, person)
    factors.remove_all(User.objects.get(username=person))
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_role("button", name=re.compile("Đăng nhập bằng khóa")).click()
    expect(page.locator("main")).to_contain_text("Khóa đăng nhập không được chấp nhận.")


@pytest.mark.parametrize(
    "spoiled", ["", "[]", "{}", '{"id": "x"}', "không phải", '{"id":"AA","rawId":"AA","response":{}}']
)
def test_what_no_passkey_said_is_refused_calmly(site, spoiled):
    client = Client(SERVER_NAME="localhost")
    assert client.get("/login/passkey").json()["publicKey"]["userVerification"] == "required"
    assert client.post("/login/passkey", {"credential": spoiled}).status_code == 422


def test_an_answer_to_yesterdays_question_or_from_another_place_is_refused(site, page, person):
    enrol(page, person)
    page.context.clear_cookies()
    page.goto("/login")
    signed = page.evaluate(
        """async () => {
            const {publicKey} = await (await fetch("/login/passkey")).json();
            const asked = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
            return JSON.stringify(await navigator.credentials.get({publicKey: asked}));
        }"""
    )
    stranger = Client(SERVER_NAME="localhost")
    assert stranger.post("/login/passkey", {"credential": signed}).status_code == 422, "no question was asked"
    stranger.get("/login/passkey")
    assert stranger.post("/login/passkey", {"credential": signed}).status_code == 422, "another question"


def test_the_pages_of_factors_are_accessible_and_narrow(site, page, person):
    clock, before = install_clock()
    try:
        authenticator(page)
        by_password(page, person)
        page.set_viewport_size({"width": 320, "height": 800})
        found = []
        for path in ("/account/factors", "/account/factors/app", "/account/factors/passkey", "/account/confirm"):
            page.goto(path)
            found.append(faults(page))
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        helper = Client(SERVER_NAME="localhost")
        helper.post("/login", {"username": person, "password": PASSWORD})
        secret = set_up_app(helper, clock)
        clock.move(seconds=60)
        page.context.clear_cookies()
        by_password(page, person)
        found.append(faults(page))
        page.fill("#id_code", code(secret, clock()))
        page.keyboard.press("Enter")
        page.wait_for_url("**/ioc/")
        for path in ("/account", "/account/factors/codes"):
            page.goto(path)
            found.append(faults(page))
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert not any(found), "\n".join(found)
    finally:
        services.install(before)


def test_the_page_of_a_link_and_where_it_leads_are_accessible_and_narrow(site, page, person):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/login")
    page.fill("#id_username", "quantri")
    page.fill("#id_password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"/accounts/{person}")
    with page.expect_navigation():
        page.get_by_role("button", name="Cấp liên kết đặt mật khẩu").click()
    link = page.locator("[data-link]").inner_text()
    for _ in range(2):
        assert not (found := faults(page)), found
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        page.goto("about:blank")
        page.context.clear_cookies()
        page.goto(link)
