"""By keyboard alone, focus always in sight: what a citizen comes for first, and a doctor who breaks the glass."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.web.test_browser import PASSWORD

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import VIETNAM
from yteso.store.protocol import Put

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LONGEST = 300
"""Presses of Tab on the longest page here."""
MARKED = """one => {
    const [style, box] = [getComputedStyle(one), one.getBoundingClientRect()];
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return (ring || style.boxShadow !== "none") && box.bottom > 0 && box.top < innerHeight;
}"""
CCCD = "001180007777"
WORDS = "Cấp cứu, bất tỉnh, cần biết tiền sử dị ứng"


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there; it is drawn and on the screen."""
    for _ in range(LONGEST):
        if target.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate(MARKED), target


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    reach(page, target)
    page.keyboard.press(key)


def follow(page: Page, target: Locator, heading: str | re.Pattern) -> None:
    press(page, target)
    expect(page.locator("h1")).to_have_text(heading)


def way(page: Page, words: str) -> Locator:
    return page.locator(".ways a", has_text=words)


def sign_in(page: Page, name: str) -> None:
    page.goto("/login")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def prove(page: Page) -> None:
    expect(page.locator("#id_password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def cast(site):
    """Two citizens of this module: one with the record of the site, and a grown-up who represents; a sick person."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    born = {"resourceType": "Patient", "birthDate": "1980-07-02"}
    helper = {**born, "id": "phim-tab", "name": [{"text": "Trần Thị Thử"}]}
    number = {"system": "http://fhir.hl7.org.vn/core/sid/cccd", "value": CCCD}
    sick = {**born, "id": "cap-cuu", "name": [{"text": "Lê Văn Thử"}], "identifier": [number]}
    doctor = Principal("bs-ban-phim", Role.DOCTOR, site.facility)
    with site.services.database.connection() as conn:
        site.services.store.write(conn, Principal("system", Role.SYSTEM), [Put(helper), Put(sick)])
        site.services.store.read(conn, doctor, EVERYTHING, "Patient", site.patient)
    for name, person in (("dan.phim", site.patient), ("dan.giup", "phim-tab")):
        people.create_user(name, PASSWORD, Role.CITIZEN, display_name=f"{name} Mẫu", person=person, demo=True)
    yield site
    User.objects.filter(username__in=["dan.phim", "dan.giup"]).delete()
    with site.services.database.connection() as conn:
        conn.execute("DELETE FROM store.opening")
        conn.execute("DELETE FROM store.consent_rule")
        conn.execute("DELETE FROM store.questioned WHERE asked_by = 'dan.phim'")


@pytest.fixture
def page(browser, address):
    context = browser.new_context(base_url=address, accept_downloads=True, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_a_citizen_reads_downloads_and_asks_who_looked(cast, page):
    sign_in(page, "dan.phim")
    home = page.locator("#rail a", has_text="Hồ sơ của tôi")
    for words, heading in (("Các lần khám", "Lượt khám"), ("Kết quả xét nghiệm", "Kết quả"), ("Thuốc", "Thuốc")):
        follow(page, way(page, words), re.compile(heading))
        expect(page.locator("main li, main tr").first).to_be_visible()
        follow(page, home, "Hồ sơ của tôi")
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="Tải hồ sơ về (PDF)"))
    assert download.value.suggested_filename.endswith(".pdf")
    follow(page, way(page, "Các lần khám"), re.compile("Lượt khám"))
    press(page, page.locator('main a[href*="/record/visit/"]').first)
    page.wait_for_url("**/record/visit/*")
    follow(page, home, "Hồ sơ của tôi")
    follow(page, way(page, "Ai đã xem"), "Ai đã xem hồ sơ của tôi")
    looked = page.locator("article", has_text="bs-ban-phim").first
    follow(page, looked.get_by_role("link", name="Hỏi về lượt này"), "Hỏi về một lượt truy cập")
    reach(page, page.locator("#question"))
    page.keyboard.type("Tôi không khám ở cơ sở này, vì sao lại xem?")
    press(page, page.get_by_role("button", name="Gửi câu hỏi"))
    expect(page.locator("main")).to_contain_text("Bạn đã hỏi về lượt này")


def test_a_citizen_closes_the_record_opens_it_again_and_shows_a_code(cast, page):
    sign_in(page, "dan.phim")
    follow(page, way(page, "Ai được xem"), "Quyền riêng tư")
    press(page, page.get_by_role("button", name="Tạo mã cho lần khám"))
    expect(page.get_by_role("img", name="Mã QR mở hồ sơ")).to_be_visible()
    press(page, page.locator('input[name="facility"]').first, "Space")
    press(page, page.get_by_role("button", name="Đóng với nơi hoặc người đã chọn"))
    chosen = page.locator("section", has=page.locator("#choices"))
    expect(chosen).to_contain_text("Đang có hiệu lực")
    press(page, chosen.get_by_role("button", name="Rút lại").first)
    expect(page.locator(".message--ok")).to_contain_text("Đã rút lại")


def test_a_citizen_names_somebody_by_the_code_and_takes_it_back(cast, page):
    shown = cast.client("dan.giup").post("/healthbook/representatives/code").content.decode()
    there = re.search(r"/healthbook/representatives/name\?code=[^<\s]+", shown)[0]
    sign_in(page, "dan.phim")
    page.goto(there)
    reach(page, page.locator("#f-until"))
    page.keyboard.type(f"0606{datetime.now(VIETNAM).year + 1}")  # in whatever order the browser has day and month
    press(page, page.get_by_role("button", name="Cử Trần Thị Thử"))
    expect(page.locator("h1")).to_have_text("Người đại diện")
    named = page.locator("section", has_text="Trần Thị Thử")
    press(page, named.get_by_role("button", name="Kết thúc việc đại diện"))
    expect(page.locator(".message--ok")).to_contain_text("Đã kết thúc")


def test_a_doctor_breaks_the_glass_and_closes_again(cast, page):
    sign_in(page, "bacsi")
    follow(page, page.locator("#rail a", has_text="Mở hồ sơ"), "Mở hồ sơ")
    reach(page, page.locator("#f-identifier"))
    page.keyboard.type(CCCD)
    reach(page, page.locator("#f-words"))
    page.keyboard.type(WORDS)
    press(page, page.get_by_role("button", name="Mở khẩn cấp"))
    prove(page)
    expect(page.locator("#f-words")).to_have_value(WORDS)
    press(page, page.get_by_role("button", name="Mở khẩn cấp"))
    page.wait_for_url("**/record/cap-cuu")
    expect(page.locator("[data-until]")).to_be_visible()
    press(page, page.get_by_role("button", name="Đóng lại"))
    page.wait_for_url("**/consent/open")
    page.goto("/record/cap-cuu")
    expect(page.locator("h1")).to_have_text("Không tìm thấy")
