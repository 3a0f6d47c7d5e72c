"""Pages on a slow or broken line, in two tabs, after a right is gone, without script, in large letters or contrast."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.integration.web.test_browser import PASSWORD, places, signed_in

from yteso.access.principal import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEWS = "document.body.dispatchEvent(new CustomEvent('live:%s'))"
LOST = "document.dispatchEvent(new CustomEvent('live:off'))"


@pytest.fixture
def newcomer(site):
    """A doctor of this test alone, whose account it may change."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    name = "bacsi.khac"
    people.create_user(name, PASSWORD, Role.DOCTOR, display_name="Khác Mẫu", facility=site.facility, demo=True)
    yield User.objects.get(username=name)
    User.objects.filter(username=name).delete()


def test_an_impatient_second_press_sends_nothing_more(site, browser, address):
    context, page = signed_in(browser, address)
    page.goto("/account")
    page.fill("#id_present", "khong dung")
    page.fill("#id_new", "mot cau dai de nho cua toi")
    press = """button => {
        let sent = 0;
        addEventListener("submit", event => { sent += !event.defaultPrevented; event.preventDefault(); });
        button.click();
        button.click();
        return sent;
    }"""
    button = page.get_by_role("button", name="Đổi mật khẩu")
    assert button.evaluate(press) == 1
    expect(button).to_have_attribute("aria-busy", "true")
    expect(page.locator(".heard")).to_have_text("Đang gửi")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).not_to_have_attribute("aria-busy", "true")
    context.close()


def test_news_leave_the_focus_and_what_is_open_as_they_were(site, browser, address):
    context, page = signed_in(browser, address, "dieuhanh")
    page.goto("/ioc/")
    for part, place in (("#tile-today", "#tile-today .tile__link"), ("#tile-course", "#tile-course summary")):
        page.locator(place).first.focus()
        if place.endswith("summary"):
            page.keyboard.press("Enter")
        before = page.locator(part).element_handle()
        page.evaluate(NEWS % "marts")
        page.wait_for_function("one => !one.isConnected", arg=before)
        expect(page.locator(place).first).to_be_focused()
    expect(page.locator("#tile-course details").first).to_have_attribute("open", "")
    page.goto("/intake/")
    link = page.locator("#rows th a").nth(2)
    link.focus()
    before = page.locator("#rows").element_handle()
    page.evaluate(NEWS % "intake")
    page.wait_for_function("one => !one.isConnected", arg=before)
    expect(link).to_be_focused()
    context.close()


def test_news_that_do_not_come_are_told_as_such(site, browser, address):
    context, page = signed_in(browser, address, "dieuhanh")
    page.goto("/ioc/")
    shown = page.locator("#tile-today").inner_text()
    page.route("**/ioc/tiles/**", lambda route: route.abort())
    page.evaluate(NEWS % "marts")
    expect(page.locator(".toasts")).to_have_text("Chưa cập nhật được; trang vẫn hiện số liệu lúc trước.")
    assert page.locator("#tile-today").inner_text() == shown
    context.close()


def test_what_the_page_asks_by_itself_keeps_no_session_alive(site, browser, address):
    context, page = signed_in(browser, address)
    page.goto("/intake/")
    asked = """event => {
        const detail = {headers: {}, triggeringEvent: event && new CustomEvent(event)};
        document.body.dispatchEvent(new CustomEvent('htmx:configRequest', {detail}));
        return detail.headers;
    }"""
    assert page.evaluate(asked, "") == {"Yteso-Auto": "1"}  # `every 2s`: nobody pressed
    assert page.evaluate(asked, "live:intake") == {"Yteso-Auto": "1"}
    assert page.evaluate(asked, "submit") == {}
    context.close()


def test_a_right_that_is_gone_is_told_where_one_works(newcomer, browser, address):
    context, page = signed_in(browser, address, newcomer.username)
    page.goto("/record/")
    newcomer.role = Role.ANALYST.value
    newcomer.save(update_fields=["role"])
    page.fill("#q", "nguyen")
    page.keyboard.press("Enter")
    expect(page.locator("#content h1")).to_have_text("Không có quyền truy cập")
    expect(page.locator("#content")).to_be_focused()
    expect(page.locator("#found")).to_have_count(0)
    expect(page.locator(".toasts")).to_be_empty()
    context.close()


@pytest.mark.parametrize("after", ["", "dieuhanh"])
def test_a_record_leaves_the_screen_when_the_session_ended_in_another_tab(site, browser, address, after):
    context, page = signed_in(browser, address, "bacsi")
    page.goto(f"/record/{site.patient}")
    name = page.locator(".banner__name").inner_text()
    other = context.new_page()
    other.goto("/account")
    other.evaluate("document.querySelector('form[action=\"/logout\"]').submit()")
    other.wait_for_url("**/login")
    if after:
        other.fill("#id_username", after)
        other.fill("#id_password", PASSWORD)
        other.keyboard.press("Enter")
        other.wait_for_url("**/ioc/")
    page.evaluate(LOST)
    expect(page.locator("h1")).to_have_text("Không có quyền truy cập" if after else "Đăng nhập")
    assert name not in page.content()
    context.close()


def test_without_script_a_phone_has_the_ways_and_no_dead_button(site, browser, address):
    context = browser.new_context(
        base_url=address, java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="vi-VN"
    )
    page = context.new_page()
    page.goto("/login")
    page.fill("#id_username", "quantri")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ioc/")
    page.locator("#rail a", has_text="Tiếp nhận dữ liệu").click()
    page.wait_for_url("**/intake/")
    page.goto(f"/intake/file/{site.file}")
    for dead in ("[data-rail]", "[data-print]", "[data-opens]", "[data-closes]", ".live", "#session-ends"):
        for place in range(page.locator(dead).count()):
            expect(page.locator(dead).nth(place)).not_to_be_visible()
    expect(page.locator("#replay button:not([data-closes])")).to_be_visible()
    context.close()


@pytest.mark.parametrize("username", ["quantri", "nhanvien"])
def test_no_page_scrolls_sideways_on_a_phone_with_letters_twice_as_large(site, browser, address, username):
    context, page = signed_in(browser, address, username, viewport={"width": 360, "height": 740}, bypass_csp=True)
    wide = {}
    for path in places(site, username):
        page.goto(path)
        page.add_style_tag(content="html { font-size: 200% !important }")
        extent = page.evaluate("document.documentElement.scrollWidth")
        if extent > 360:
            wide[path] = extent
    context.close()
    assert not wide


def test_in_high_contrast_the_page_one_is_on_is_marked(site, browser, address):
    context, page = signed_in(browser, address, "nhanvien", forced_colors="active")
    page.goto(f"/record/{site.patient}/tests")
    for place, side in ((".nav__item[aria-current]", "outline-width"), (".tabs [aria-current]", "border-bottom-width")):
        drawn = page.locator(place).evaluate("(one, side) => getComputedStyle(one).getPropertyValue(side)", side)
        assert drawn in ("2px", "4px"), place
    context.close()
