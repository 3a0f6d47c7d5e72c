"""What was typed outlives the end of a session in its own tab, for its own account, and nobody else's eyes."""

from __future__ import annotations

import pytest
from codes import install_clock
from playwright.sync_api import expect
from tests.accessibility import faults
from tests.integration.web.test_browser import PASSWORD, signed_in

from yteso.web import services

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "Máy tính ở quầy tiếp đón bị lấy mất, Nguyễn Thử"
KEPT = "sessionStorage.getItem('yteso-typed')"
AGAIN = ".typed-again"


@pytest.fixture
def clock(site):
    clock, before = install_clock()
    yield clock
    services.install(before)


@pytest.fixture
def opened(site, browser, address, clock):
    """A data officer at the form of a breach, who began to write."""
    context, page = signed_in(browser, address, "baovedulieu")
    page.goto("/privacy/breaches")
    page.fill("#what", WORDS)
    page.wait_for_function(KEPT)
    yield page
    context.close()


def sign_in(page, name="baovedulieu"):
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def test_a_form_that_was_sent_after_the_end_is_filled_again_after_the_log_in(opened, clock):
    opened.fill("#noticed", "2026-11-26T08:30")
    opened.select_option("#facility", index=1)
    chosen = opened.input_value("#facility")
    opened.fill("#since", "2026-11-25T08:00")
    opened.fill("#until", "2026-11-26T08:00")
    clock.move(minutes=31)
    opened.get_by_role("button", name="Mở vụ việc").click()
    expect(opened.locator("[data-typed-waits]")).to_be_visible()
    sign_in(opened)
    expect(opened.locator(AGAIN)).to_be_focused()
    expect(opened.locator("#what")).to_have_value(WORDS)
    expect(opened.locator("#noticed")).to_have_value("2026-11-26T08:30")
    expect(opened.locator("#facility")).to_have_value(chosen)
    assert not (found := faults(opened)), found
    opened.get_by_role("button", name="Mở vụ việc").click()
    opened.wait_for_url("**/privacy/breaches/*-*")
    opened.wait_for_function(f"!{KEPT}")
    opened.goto("/privacy/breaches")
    expect(opened.locator("#what")).to_have_value("")
    expect(opened.locator(AGAIN)).to_have_count(0)


def test_a_page_that_left_by_itself_is_filled_again_too(opened, clock):
    clock.move(minutes=31)
    opened.goto("/privacy/breaches")
    sign_in(opened)
    expect(opened.locator("#what")).to_have_value(WORDS)
    opened.get_by_role("button", name="Bỏ điều đã gõ").click()
    expect(opened.locator("#what")).to_have_value("")
    expect(opened.locator("#what")).to_be_focused()
    opened.wait_for_function(f"!{KEPT}")


def test_nobody_reads_it_who_is_not_the_account_that_typed_it(opened, clock):
    clock.move(minutes=31)
    opened.goto("/privacy/breaches")
    kept = opened.evaluate(KEPT)
    assert "baovedulieu" in kept
    assert WORDS not in kept
    assert WORDS.encode() not in bytes(opened.evaluate(f"JSON.parse({KEPT}).data"))
    assert opened.evaluate("localStorage.length") == 0
    sign_in(opened, "dieuhanh")
    opened.wait_for_function(f"!{KEPT}")


def test_a_log_out_takes_it_along_in_other_tabs_too(opened):
    other = opened.context.new_page()
    other.goto("/account")
    other.locator("details.menu").last.locator("summary").click()
    other.get_by_role("button", name="Đăng xuất").click()
    other.wait_for_url("**/login")
    opened.wait_for_function(f"!{KEPT}")


def test_going_elsewhere_leaves_it_behind(opened):
    opened.goto("/privacy/budgets")
    opened.wait_for_function(f"!{KEPT}")
    opened.goto("/privacy/breaches")
    expect(opened.locator("#what")).to_have_value("")


def test_what_was_refused_is_still_there(site, browser, address):
    context, page = signed_in(browser, address, "baovedulieu")
    page.goto("/privacy/budgets")
    for field, typed in (("#account", "khong.co.ai"), ("#people", "200"), ("#hours", "4"), ("#reason", WORDS)):
        page.fill(field, typed)
    page.get_by_role("button", name="Cho thêm").click()
    expect(page.locator(".message--bad")).to_contain_text("DPO-0102")
    expect(page.locator("#reason")).to_have_value(WORDS)
    expect(page.locator("#people")).to_have_value("200")
    context.close()


def test_a_proof_that_is_asked_for_loses_nothing(site, browser, address, clock):
    context, page = signed_in(browser, address, "baovedulieu")
    clock.move(minutes=6)
    page.goto("/privacy/exports")
    for field, typed in (("#account", "khong.co.ai"), ("#days", "7"), ("#reason", WORDS)):
        page.fill(field, typed)
    page.get_by_role("button", name="Phê duyệt dài hạn").click()
    page.wait_for_url("**/account/confirm?*")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/exports")
    expect(page.locator("#reason")).to_have_value(WORDS)
    expect(page.locator(AGAIN)).to_be_focused()
    context.close()


def test_passwords_and_searches_are_never_kept(site, browser, address):
    context, page = signed_in(browser, address, "nhanvien")
    page.goto("/account")
    page.fill("#id_present", "mat khau cua toi")
    page.fill("#id_new", "mot cau dai de nho cua toi")
    page.goto("/record/")
    page.fill("#q", "Nguyễn")
    assert page.evaluate(KEPT) is None
    context.close()


def test_more_than_a_tab_may_keep_is_not_kept_and_breaks_nothing(opened):
    opened.fill("#what", "")
    opened.evaluate("""() => {
        const words = document.getElementById("what");
        words.removeAttribute("maxlength");
        words.value = "x".repeat(3000000);
        words.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    opened.wait_for_function(f"!{KEPT}")
    opened.fill("#what", WORDS)
    opened.wait_for_function(KEPT)
