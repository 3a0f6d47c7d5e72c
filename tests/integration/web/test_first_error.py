"""Where a form was refused, the focus is on what to correct, and the way from there to the field is one press."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.accessibility import faults
from tests.integration.web.test_browser import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_summary_has_the_focus_and_leads_to_the_field(site, browser, address):
    context, page = signed_in(browser, address)
    page.goto("/account")
    page.fill("#id_present", "khong dung")
    page.fill("#id_new", "mot cau dai de nho cua toi")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_present")).to_be_focused()
    expect(page.locator("#id_present")).to_have_attribute("aria-invalid", "true")
    assert not (found := faults(page)), found
    context.close()


def test_a_field_that_waits_for_letters_keeps_the_focus_and_says_what_is_wrong(browser, address, site):
    page = browser.new_context(base_url=address).new_page()
    page.goto("/login")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type("khong.co")
    page.keyboard.press("Tab")
    page.keyboard.type("sai")
    page.keyboard.press("Enter")
    field = page.locator("#id_username")
    expect(page.locator("#errors")).to_be_visible()
    expect(field).to_be_focused()
    assert "errors" in field.get_attribute("aria-describedby").split()
    page.context.close()


def test_a_refusal_told_on_the_next_page_has_the_focus_there(site, browser, address):
    context, page = signed_in(browser, address, "baovedulieu")
    page.goto("/privacy/budgets")
    for field, typed in (
        ("#account", "khong.co.ai"),
        ("#people", "200"),
        ("#hours", "4"),
        ("#reason", "Vì việc đột xuất"),
    ):
        page.fill(field, typed)
    page.get_by_role("button", name="Cho thêm").click()
    told = page.locator(".message--bad")
    expect(told).to_be_focused()
    expect(told).to_contain_text("DPO-0102")
    context.close()


def test_a_field_without_a_summary_has_the_focus_itself(site, browser, address):
    from yteso.access.principal import Principal, Role
    from yteso.access.restriction import EVERYTHING
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    people.create_user("dan.loi", "mat khau mau cho kiem thu", Role.CITIZEN, person=site.patient, demo=True)
    with site.services.database.connection() as conn:
        doctor = Principal("bs-da-xem", Role.DOCTOR, site.facility)
        site.services.store.read(conn, doctor, EVERYTHING, "Patient", site.patient)
    context, page = signed_in(browser, address, "dan.loi")
    page.goto("/healthbook/who")
    page.locator("article", has_text="bs-da-xem").first.get_by_role("link", name="Hỏi về lượt này").click()
    page.fill("#question", "ngắn")
    page.get_by_role("button", name="Gửi câu hỏi").click()
    expect(page.locator("#question-error")).to_be_visible()
    expect(page.locator("#question")).to_be_focused()
    context.close()
    User.objects.filter(username="dan.loi").delete()
