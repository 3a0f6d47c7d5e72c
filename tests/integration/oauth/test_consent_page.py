"""The consent screen in a real browser: what is asked in plain words, yes and no, keyboard, phone width, axe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.accessibility import faults
from tests.browsers import launched
from tests.integration.oauth.conftest import BACK, MINE, OTHERS, PASSWORD, Platform, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with launched(chromium) as browser:
        yield browser


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"app")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def back() -> Iterator[str]:
    """Where the app listens on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/back"
    server.shutdown()
    server.server_close()


def opened(browser: Browser, platform: Platform, username: str, **how) -> Page:
    """A signed-in page."""
    context = browser.new_context(base_url=platform.base, locale="vi-VN", **how)
    page = context.new_page()
    page.goto("/login")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def axe(page: Page) -> None:
    assert not (found := faults(page)), found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_citizen_reads_what_is_asked_and_agrees_with_the_keyboard(platform, browser, back, scheme, tmp_path):
    page = opened(browser, platform, "congdan", color_scheme=scheme, viewport={"width": 360, "height": 740})
    walk = Visit(
        platform, None, redirect=back, scope="launch/patient patient/*.rs patient/Condition.c openid offline_access"
    )
    page.goto(walk.asking())
    text = page.inner_text("main")
    assert "Sổ sức khỏe Mẫu" in text
    assert "Toàn bộ hồ sơ sức khỏe" in text
    assert "Đến 90 ngày" in text
    assert page.is_checked(f'input[value="{MINE}"]')
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    page.screenshot(path=str(tmp_path / "consent.png"), full_page=True)
    page.focus('button[value="yes"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"{back}*")
    assert "code=" in page.url
    page.context.close()


@pytest.fixture
def vietnamese_again():
    from yteso.web.accounts.models import User

    yield
    User.objects.update(language="")


@pytest.mark.usefixtures("vietnamese_again")
@pytest.mark.parametrize("username", ["congdan", "bacsi"])
@pytest.mark.parametrize("width", [360, 1280])
def test_in_english_every_word_of_the_question_is(platform, browser, back, username, width):
    page = opened(browser, platform, username, viewport={"width": width, "height": 740})
    asks = "launch/patient patient/*.rs patient/Observation.u openid offline_access"
    page.goto(Visit(platform, None, redirect=back, scope=asks).asking())
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    lines = page.locator("section[aria-labelledby='c-what'] li").all_inner_texts()
    assert "See: The whole health record" in lines[0]
    assert any(line.startswith("Change: ") for line in lines)
    said = page.inner_text("main").replace("Sổ sức khỏe Mẫu", "").replace("Mẫu", "").replace("·", "")
    assert said.isascii(), said
    page.context.close()


def test_a_doctor_looks_somebody_up_first(platform, browser, back):
    page = opened(browser, platform, "bacsi")
    walk = Visit(platform, None, redirect=back, scope="launch/patient patient/Observation.rs")
    page.goto(walk.asking())
    axe(page)
    page.fill("#f-find", "1984")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'input[value="{OTHERS}"]')
    assert "1984" not in page.url, "whom one looks for stands in no address"
    page.click('button[value="yes"]')
    expect(page.locator("main")).to_contain_text("Hãy chọn một người")
    page.fill("#f-find", "1984")
    page.keyboard.press("Enter")
    page.check(f'input[value="{OTHERS}"]')
    axe(page)
    page.click('button[value="yes"]')
    page.wait_for_url(f"{back}*")
    assert "code=" in page.url
    page.context.close()


def test_refusing_gives_nothing(platform, browser, back):
    page = opened(browser, platform, "congdan")
    page.goto(Visit(platform, None, redirect=back).asking())
    page.click('button[value="no"]')
    page.wait_for_url(f"{back}*")
    assert "access_denied" in page.url
    page.context.close()


def test_an_app_opens_from_the_record_page(platform, browser, back):
    from yteso.oauth.clients import Client

    app = Client("app-mo-tu-ho-so", "Biểu đồ Mẫu", "public", (BACK,), f"{back}-open", "launch patient/*.rs")
    platform.services.oauth.register(app)
    page = opened(browser, platform, "bacsi")
    page.goto(f"/record/{OTHERS}")
    page.click("text=Mở ứng dụng")
    expect(page.locator("h1")).to_have_text("Mở ứng dụng")
    axe(page)
    page.click("text=Biểu đồ Mẫu")
    page.wait_for_url(f"{back}-open*")
    assert "launch=" in page.url
    page.context.close()


def test_the_register_and_the_grants_are_accessible(platform, browser, visit):
    visit.tokens()
    citizen = opened(browser, platform, "congdan")
    citizen.goto("/oauth/grants")
    axe(citizen)
    citizen.context.close()
    page = opened(browser, platform, "quantri")
    page.goto("/oauth/apps")
    axe(page)
    page.fill("#f-name", "Ứng dụng thêm Mẫu")
    page.fill("#f-redirects", "http://evil.example/back")
    page.fill("#f-scope", "patient/*.rs")
    page.click("text=Đăng ký >> nth=-1")
    expect(page.locator("main")).to_contain_text("OAUTH-0009")
    page.fill("#f-redirects", "https://app.example/cb")
    page.click("form[action='/oauth/apps'] button")
    page.wait_for_url("**/oauth/apps")
    expect(page.locator("table")).to_contain_text("Ứng dụng thêm Mẫu")
    page.context.close()
