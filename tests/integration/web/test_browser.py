"""A real browser on a real server: no accessibility violation, keyboard, languages, phone width, live refresh."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.accessibility import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "mat khau mau cho kiem thu"
PAGES = (
    "/ui",
    "/account",
    "/account/factors",
    "/accounts/",
    "/accounts/new",
    "/accounts/bacsi",
    "/ioc/",
    "/ioc/visits?span=30d",
    "/ioc/diagnoses",
    "/ioc/money",
    "/ioc/files",
    "/ioc/facilities",
    "/intake/",
    "/intake/upload",
    "/intake/file/{file}",
    "/record/",
    "/record/{patient}",
    "/record/{patient}/medicines",
    "/record/{patient}/visit/{visit}",
    "/record/{patient}/trend/{result}",
    "/record/{patient}/print",
    "/record/{patient}/document/{document}",
    "/record/{patient}/raw/Patient/{patient}",
    "/review/",
    "/khong-co",
)


def signed_in(browser: Browser, address: str, username: str = "quantri", **how) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=address, **how)
    page = context.new_page()
    page.goto("/login")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return context, page


def places(site, username: str) -> list[str]:
    """The pages of two people who together open all of them: who runs the platform sees no record."""
    records = username == "nhanvien"
    names = {"file": site.file, "patient": site.patient, "visit": site.visit, "document": site.document}
    names["result"] = site.result
    return [path.format(**names) for path in PAGES if path.startswith(("/record", "/review")) == records]


@pytest.mark.parametrize("username", ["quantri", "nhanvien"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(site, browser, address, username, scheme):
    context, page = signed_in(browser, address, username, color_scheme=scheme, reduced_motion="reduce")
    found = []
    for path in places(site, username):
        page.goto(path)
        found.append(faults(page))
    stranger = browser.new_context(base_url=address, color_scheme=scheme).new_page()
    stranger.goto("/login")
    found.append(faults(stranger))
    context.close()
    stranger.context.close()
    assert not any(found), f"{scheme}: " + "\n".join(filter(None, found))


@pytest.mark.parametrize("username", ["quantri", "nhanvien"])
@pytest.mark.parametrize("width", [320, 390, 768, 1024])
def test_no_page_scrolls_sideways(site, browser, address, username, width):
    context, page = signed_in(browser, address, username, viewport={"width": width, "height": 800})
    wide = {}
    for path in places(site, username):
        page.goto(path)
        extent = page.evaluate("document.documentElement.scrollWidth")
        if extent > width:
            wide[path] = extent
    context.close()
    assert not wide


@pytest.mark.parametrize("username", ["quantri", "nhanvien"])
def test_no_page_breaks_its_own_policy(site, browser, address, username):
    context, page = signed_in(browser, address, username)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in places(site, username):
        page.goto(path)
    context.close()
    assert not [text for text in said if "Content Security Policy" in text or "Error:" in text]


def test_one_signs_in_searches_and_opens_a_record_by_keyboard_alone(site, browser, address):
    context, page = signed_in(browser, address, "bacsi")
    page.wait_for_url("**/record/")
    expect(page.locator("#q")).to_be_focused()
    page.goto("/account")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.goto("/record/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("nguyen")
    page.keyboard.press("Enter")
    first = page.locator("#found th a").first
    first.wait_for()
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/record/*-*")
    expect(page.locator(".banner__name")).to_be_visible()
    context.close()


def test_the_language_is_switched_and_stays(site, browser, address):
    context, page = signed_in(browser, address, "dieuhanh")
    expect(page.locator("h1")).to_have_text("Trung tâm điều hành")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Operations centre")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/intake/")
    expect(page.locator("h1")).to_have_text("Data intake")
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.locator("h1")).to_have_text("Tiếp nhận dữ liệu")
    context.close()


def test_the_rail_opens_and_closes_on_a_phone(site, browser, address):
    context, page = signed_in(browser, address, viewport={"width": 390, "height": 800})
    page.goto("/ioc/")
    entry = page.locator("#rail a", has_text="Tiếp nhận dữ liệu")
    expect(entry).not_to_be_visible()
    page.get_by_role("button", name="Mở điều hướng").click()
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).not_to_be_visible()
    context.close()


def test_on_a_phone_the_banner_keeps_the_persons_numbers(site, browser, address):
    context, page = signed_in(browser, address, "nhanvien", viewport={"width": 390, "height": 844})
    page.goto(f"/record/{site.patient}")
    facts = page.locator(".banner__facts dd")
    assert facts.count() > 0
    for place in range(facts.count()):
        expect(facts.nth(place)).to_be_visible()
    assert page.locator(".banner").bounding_box()["height"] < 844 / 4
    context.close()


def test_on_a_phone_a_file_takes_few_lines(site, browser, address):
    context, page = signed_in(browser, address, viewport={"width": 390, "height": 844})
    page.goto("/intake/")
    rows = page.locator("#rows tbody tr")
    assert rows.count() > 10
    heights = rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert max(heights) < 130
    assert page.evaluate("document.documentElement.scrollHeight") < 5 * 844
    expect(rows.first.locator(".badge")).to_be_visible()
    context.close()


def test_a_tile_asks_again_when_the_marts_have_news(site, browser, address):
    context, page = signed_in(browser, address, "dieuhanh")
    page.goto("/ioc/")
    before = page.locator("#tile-today").element_handle()
    with page.expect_response("**/ioc/tiles/today") as answer:
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:marts'))")
    assert answer.value.status == 200
    page.wait_for_function("one => !one.isConnected", arg=before)
    expect(page.locator("#tile-today")).to_have_count(1)
    with page.expect_response("**/ioc/tiles/today"):
        # The new tile listens from when htmx has seen it: news are told until then.
        page.evaluate(
            """() => {
                const news = setInterval(() => document.body.dispatchEvent(new CustomEvent("live:marts")), 100);
                document.body.addEventListener("htmx:beforeRequest", () => clearInterval(news), {once: true});
            }"""
        )
    context.close()


def test_a_file_is_sent_by_hand_and_its_page_opens(site, browser, address):
    context, page = signed_in(browser, address)
    page.goto("/intake/upload")
    root = f"<GIAMDINHHS><THONGTINDONVI><MACSKCB>{site.facility}</MACSKCB></THONGTINDONVI><!-- by hand --></GIAMDINHHS>"
    page.set_input_files("#f-file", {"name": "gui_tay.xml", "mimeType": "text/xml", "buffer": root.encode()})
    expect(page.locator("[data-chosen]")).to_contain_text("gui_tay.xml")
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.wait_for_url("**/intake/file/*")
    expect(page.locator("h1")).to_have_text("gui_tay.xml")
    page.goto("/intake/upload")
    page.set_input_files("#f-file", {"name": "x.xml", "mimeType": "text/xml", "buffer": b"nothing"})
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Tệp không được nhận")
    expect(page.locator(".error-summary")).to_be_focused()
    context.close()


def test_how_many_were_found_is_told_to_who_does_not_see_it(site, browser, address):
    context, page = signed_in(browser, address, "bacsi")
    page.goto("/record/")
    for typed, said in (("nguyen", "người"), ("zzzzzz", "Không tìm thấy ai")):
        page.fill("#q", typed)
        page.keyboard.press("Enter")
        expect(page.locator(".heard")).to_contain_text(said)
        expect(page.locator("#q")).to_be_focused()
    context.close()


def test_on_a_phone_the_part_of_the_record_one_is_in_is_in_sight(site, browser, address):
    context, page = signed_in(browser, address, "bacsi", viewport={"width": 360, "height": 740})
    page.goto(f"/record/{site.patient}/coverages")
    here = page.locator(".tabs [aria-current]").bounding_box()
    assert here["x"] >= 0
    assert here["x"] + here["width"] <= 360
    context.close()
