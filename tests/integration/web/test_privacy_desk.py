"""The desk's pages by hand and by eye: breaches, requests, exports, the register; accessible and fitting."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import VIETNAM
from yteso.store.inbox import Teller
from yteso.web.services import service

PASSWORD = "mat khau mau cho kiem thu"
WHAT = "Tài khoản bị lộ mật khẩu, có truy cập lạ"
WORDS = "Số điện thoại trong hồ sơ của tôi đã cũ"
ANSWER = "Đã sửa số điện thoại theo yêu cầu"
REASON = "Chuyển dữ liệu theo hợp đồng số 5"
TABLES = ("inbox", "breach_person", "breach", "subject_request", "standing_approval", "bulk_job")


@pytest.fixture
def cast(site):
    """A person with an account, a doctor who saw their record, and an export that waits."""
    from yteso.web.accounts import people

    people.create_user("nguoiyeucau", PASSWORD, Role.CITIZEN, display_name="Người Mẫu", person=site.patient, demo=True)
    people.create_user("kho-du-lieu", PASSWORD, Role.INTEGRATOR, display_name="Kho Mẫu", demo=True)
    with site.services.database.connection() as conn:
        for table in TABLES:
            conn.execute(f"DELETE FROM store.{table}")
        doctor = Principal("bs-bi-nghi", Role.DOCTOR, site.facility)
        site.services.store.read(conn, doctor, EVERYTHING, "Patient", site.patient)
        partner = Principal("doi-tac", Role.INTEGRATOR)
        site.services.bulk.start_export(conn, partner, "/fhir/$export", {"level": "system"})
    return site


def local(moment):
    return moment.astimezone(VIETNAM).strftime("%Y-%m-%dT%H:%M")


def breach_form(**changed):
    now = datetime.now(VIETNAM)
    form = {
        "what": WHAT,
        "noticed": local(now - timedelta(hours=2)),
        "account": "bs-bi-nghi",
        "facility": "",
        "since": local(now - timedelta(days=1)),
        "until": local(now + timedelta(minutes=1)),
    }
    return {**form, **changed}


def test_a_breach_is_opened_listed_told_and_closed(cast):
    officer = cast.client("baovedulieu")
    assert "DPO-0201" in officer.post("/privacy/breaches/open", breach_form(account=""), follow=True).content.decode()
    place = officer.post("/privacy/breaches/open", breach_form()).headers["Location"]
    page = officer.get(place).content.decode()
    for told in ("Còn 69 giờ", "1 người có hồ sơ bị xem", WHAT):
        assert told in page
    assert cast.patient not in page
    listed = officer.get(f"{place}/affected")
    assert f'href="{place}/affected"' in page
    told = listed.content.decode()
    assert "1 người, " in told
    assert re.search(r"Người thứ 1</th>.*bs-bi-nghi.*Trang, API của nền tảng", told, re.DOTALL)
    assert cast.patient not in told
    file = officer.post(f"{place}/people")
    assert file.headers["Content-Type"].startswith("text/csv")
    assert cast.patient in file.content.decode()
    notice = officer.get(f"{place}/notice").content.decode()
    for told in (WHAT, "Số người bị ảnh hưởng theo nhật ký: 1", "A05"):
        assert told in notice
    assert "DPO-0003" in officer.post(f"{place}/close", {"conclusion": WHAT}, follow=True).content.decode()
    when = {"when": local(datetime.now(VIETNAM) - timedelta(hours=1))}
    assert "Đã báo lúc" in officer.post(f"{place}/tell", {"whom": "authority", **when}, follow=True).content.decode()
    closed = officer.post(f"{place}/close", {"conclusion": WHAT}, follow=True).content.decode()
    assert "Đã đóng" in closed
    assert f"{place}/describe" not in closed


def test_the_desk_names_people_and_facilities_and_the_account_beside(cast):
    officer = cast.client("baovedulieu")
    facility = service("accesses").facilities()[cast.facility]
    form = breach_form(account="bacsi", facility=cast.facility)
    place = officer.post("/privacy/breaches/open", form).headers["Location"]
    listed = officer.get("/privacy/breaches").content.decode()
    assert 'bacsi Mẫu<span class="table__sub">bacsi</span>' in listed
    for page in (officer.get(place).content.decode(), officer.get(f"{place}/notice").content.decode()):
        assert "bacsi Mẫu (bacsi)" in page
        assert facility in page
    given = {"account": "kho-du-lieu", "days": "30", "reason": REASON}
    exports = officer.post("/privacy/exports/standing", given, follow=True).content.decode()
    assert "<strong>Kho Mẫu</strong> (kho-du-lieu)" in exports
    assert f"{REASON} · baovedulieu Mẫu" in exports


def test_a_breach_case_begins_from_an_access_a_person_questioned(cast):
    officer, citizen = cast.client("baovedulieu"), cast.client("nguoiyeucau")
    who = citizen.get("/healthbook/who?days=7").content.decode()
    access = next(one for one in re.findall(r'href="(/healthbook/who/[^"]+)"', who))
    citizen.post(access, {"question": WORDS})
    start = officer.get("/privacy/").content.decode()
    link = re.search(r'href="(/privacy/breaches\?case=[^"#]+)#new"', start)[1]
    form = officer.get(link).content.decode().partition('id="new"')[2]
    assert WORDS in form
    assert 'value="bs-bi-nghi"' in form
    assert f'<option value="{cast.facility}" selected>' in form
    officer.post(re.search(r'action="(/privacy/[^"]+/answer)"', start)[1], {"answer": ANSWER})
    assert "/answer" not in officer.get("/privacy/").content.decode()


def test_the_affected_are_told_in_their_inbox_by_the_text_the_officer_reviewed(cast):
    officer, citizen = cast.client("baovedulieu"), cast.client("nguoiyeucau")
    place = officer.post("/privacy/breaches/open", breach_form()).headers["Location"]
    page = officer.get(place).content.decode()
    assert f"Việc đã xảy ra: {WHAT}" in page
    assert "thông báo chưa đọc" not in citizen.get("/healthbook/record").content.decode()
    text = "Hồ sơ của bạn có thể đã bị xem trái phép trong đêm qua.\nĐầu mối: cán bộ bảo vệ <b>dữ liệu</b>."
    assert "DPO-0002" in officer.post(f"{place}/inbox", {"notice": "ngắn"}, follow=True).content.decode()
    unfilled = {"notice": f"{WHAT}. Dữ liệu có liên quan: [chưa ghi]. Đầu mối: cán bộ bảo vệ dữ liệu."}
    assert "DPO-0203" in officer.post(f"{place}/inbox", unfilled, follow=True).content.decode()
    sent = officer.post(f"{place}/inbox", {"notice": text}, follow=True).content.decode()
    assert "0 trong 1 người" in sent
    assert f'hx-get="{place}/told"' in sent
    cast.services.teller().work(lambda: False, place.rpartition("/")[2])
    told = officer.get(f"{place}/told").content.decode()
    assert "1 trong 1 người" in told
    assert "hx-get" not in told
    assert "Có 1 thông báo chưa đọc" in citizen.get("/healthbook/record").content.decode()
    inbox = citizen.get("/healthbook/inbox").content.decode()
    assert "đã bị xem trái phép trong đêm qua." in inbox
    assert "<b>dữ liệu" not in inbox
    assert "thông báo chưa đọc" not in citizen.get("/healthbook/record").content.decode()
    assert "Thông báo về vi phạm dữ liệu" in citizen.get("/healthbook/who?days=7").content.decode()
    page = officer.get(place).content.decode()
    assert f"{place}/inbox" not in page
    assert 'value="people"' not in page, "that all were told is when the people were told"


def test_a_request_goes_from_the_citizen_to_the_desk_and_back(cast):
    citizen, officer = cast.client("nguoiyeucau"), cast.client("baovedulieu")
    assert "/privacy/requests/mine" in citizen.get("/healthbook/record").content.decode()
    assert "DPO-0301" in citizen.post("/privacy/requests/mine", {"words": WORDS}, follow=True).content.decode()
    filed = citizen.post("/privacy/requests/mine", {"kind": "correction", "words": WORDS}, follow=True)
    assert "Đã nhận, phản hồi trước" in filed.content.decode()
    queue = officer.get("/privacy/requests").content.decode()
    assert WORDS in queue
    close = re.search(r'action="(/privacy/requests/[^"]+)/close"', queue)[1]
    officer.post(f"{close}/acknowledge")
    assert "Đang xử lý" in citizen.get("/privacy/requests/mine").content.decode()
    officer.post(f"{close}/extend", {"reason": REASON})
    assert REASON in citizen.get("/privacy/requests/mine").content.decode()
    officer.post(f"{close}/close", {"outcome": "done", "answer": f"{ANSWER} <script>"})
    answered = citizen.get("/privacy/requests/mine").content.decode()
    assert ANSWER in answered
    assert "<script>" not in answered.partition("<main")[2]
    assert ANSWER in officer.get("/privacy/requests?closed=1").content.decode()
    assert WORDS not in officer.get("/privacy/requests").content.decode()


def test_a_citizen_without_a_record_is_told_what_to_do(cast):
    from yteso.web.accounts import people

    people.create_user("chuagan", PASSWORD, Role.CITIZEN, display_name="Chưa Gắn", demo=True)
    assert "Tài khoản chưa gắn với hồ sơ" in cast.client("chuagan").get("/privacy/requests/mine").content.decode()


def test_an_export_waits_on_the_desk_and_is_decided_there(cast):
    officer = cast.client("baovedulieu")
    page = officer.get("/privacy/exports").content.decode()
    assert "doi-tac" in page
    place = re.search(r'action="(/privacy/exports/[^"]+/decide)"', page)[1]
    assert "DPO-0002" in officer.post(place, {"decision": "approve", "reason": ""}, follow=True).content.decode()
    approved = officer.post(place, {"decision": "approve", "reason": REASON}, follow=True)
    assert "Đang chuẩn bị" in approved.content.decode()
    given = {"account": "kho-du-lieu", "days": "30", "reason": REASON}
    page = officer.post("/privacy/exports/standing", given, follow=True).content.decode()
    end = re.search(r'action="(/privacy/exports/standing/[^"]+/end)"', page)[1]
    assert "kho-du-lieu" not in officer.post(end, follow=True).content.decode()


@pytest.mark.parametrize("account", ["doi-tac", "khong-co", "bacsi", "kho-du-lieu-2"])
def test_nothing_is_approved_beforehand_for_a_name_that_no_system_has(cast, account):
    officer = cast.client("baovedulieu")
    given = {"account": account, "days": "30", "reason": REASON}
    page = officer.post("/privacy/exports/standing", given, follow=True).content.decode()
    assert "DPO-0402" in page
    assert "/standing/" not in page.replace('action="/privacy/exports/standing"', "")


ORDERED = "number, who, facility, since, until"


def order_form(cast, **changed):
    today = datetime.now(VIETNAM)
    form = {
        "number": "15/QĐ-TTr",
        "account": "thanhtra",
        "facilities": cast.facility,
        "first": today.strftime("%Y-%m-%d"),
        "last": (today + timedelta(days=9)).strftime("%Y-%m-%d"),
        "reason": "Kế hoạch thanh tra năm",
    }
    return {**form, **changed}


@pytest.fixture
def unordered(cast):
    """An inspector without an order; the one the other tests look with is there again afterwards."""
    with cast.services.database.connection() as conn:
        before = conn.execute(f"SELECT {ORDERED} FROM store.inspection").fetchall()
        conn.execute("DELETE FROM store.inspection")
    yield cast
    with cast.services.database.connection() as conn:
        conn.execute("DELETE FROM store.inspection")
        for row in before:
            conn.execute(f"INSERT INTO store.inspection ({ORDERED}) VALUES (%s, %s, %s, %s, %s)", row)


def test_an_inspector_sees_patients_from_the_order_to_its_end(unordered):
    officer, inspector = unordered.client("baovedulieu"), unordered.client("thanhtra")
    place = f"/record/{unordered.patient}"
    assert "Chưa có lệnh nào" in inspector.get("/record/").content.decode()
    assert inspector.get(place).status_code == 404
    page = officer.post("/privacy/inspections/give", order_form(unordered), follow=True).content.decode()
    assert "Đã ghi lệnh thanh tra" in page
    assert "Đang hiệu lực" in page
    assert "15/QĐ-TTr" in inspector.get("/record/").content.decode()
    assert inspector.get(place).status_code == 200
    end = re.search(r'action="(/privacy/inspections/[^"]+/end)"', page)[1]
    assert "Đã hết" in officer.post(end, follow=True).content.decode()
    assert inspector.get(place).status_code == 404
    assert "DPO-0003" in officer.post(end, follow=True).content.decode()
    with unordered.services.database.connection() as conn:
        said = conn.execute("SELECT detail FROM store.audit WHERE what = 'inspection/thanhtra' ORDER BY ts").fetchall()
    assert [text.partition(" of ")[0] for (text,) in said] == ["inspection order 15/QĐ-TTr"] * 2


def test_an_order_of_tomorrow_opens_nothing_today_and_can_be_dropped(unordered):
    officer, inspector = unordered.client("baovedulieu"), unordered.client("thanhtra")
    tomorrow = (datetime.now(VIETNAM) + timedelta(days=1)).strftime("%Y-%m-%d")
    later = order_form(unordered, first=tomorrow)
    page = officer.post("/privacy/inspections/give", later, follow=True).content.decode()
    assert "Chưa bắt đầu" in page
    assert inspector.get(f"/record/{unordered.patient}").status_code == 404
    end = re.search(r'action="(/privacy/inspections/[^"]+/end)"', page)[1]
    assert "15/QĐ-TTr" not in officer.post(end, follow=True).content.decode()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": ""}, "DPO-0601"),
        ({"number": "<b>1</b>"}, "DPO-0601"),
        ({"last": "2020-01-01", "first": "2020-01-01"}, "DPO-0602"),
        ({"first": "9999-12-31", "last": "2026-01-01"}, "DPO-0602"),
        ({"last": "9999-12-31"}, "DPO-0602"),
        ({"first": "x"}, "DPO-0602"),
        ({"facilities": ""}, "DPO-0603"),
        ({"facilities": "00000"}, "DPO-0603"),
        ({"facilities": "a|b, '; --"}, "DPO-0603"),
        ({"facilities": " ".join(f"{n:05}" for n in range(60))}, "DPO-0603"),
        ({"account": "bacsi"}, "DPO-0604"),
        ({"account": ""}, "DPO-0604"),
        ({"reason": "x"}, "DPO-0002"),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_its_number_and_gives_nothing(unordered, changed, code):
    officer = unordered.client("baovedulieu")
    page = officer.post("/privacy/inspections/give", order_form(unordered, **changed), follow=True).content.decode()
    assert code in page
    assert "Chưa có lệnh thanh tra nào" in page


def test_an_order_is_entered_once_and_whole(unordered):
    officer = unordered.client("baovedulieu")
    assert "Đã ghi" in officer.post("/privacy/inspections/give", order_form(unordered), follow=True).content.decode()
    again = officer.post("/privacy/inspections/give", order_form(unordered), follow=True).content.decode()
    assert "DPO-0605" in again
    both = order_form(unordered, number="16/QĐ-TTr", facilities=f"{unordered.facility},00000")
    assert "16/QĐ-TTr" not in officer.post("/privacy/inspections/give", both, follow=True).content.decode()


def test_a_suspect_has_an_account_or_has_done_something_then(cast):
    officer = cast.client("baovedulieu")
    page = officer.post("/privacy/breaches/open", breach_form(account="bs-bi-ngi"), follow=True).content.decode()
    assert "DPO-0204" in page
    long_ago = {"since": "2020-01-01T00:00", "until": "2020-01-02T00:00"}
    for account, opened in (("bs-bi-nghi", False), ("bacsi", True)):
        answer = officer.post("/privacy/breaches/open", breach_form(account=account, **long_ago))
        assert (answer.headers["Location"] != "/privacy/breaches") == opened


def test_the_register_is_edited_by_versions_and_exported(cast):
    officer = cast.client("baovedulieu")
    page = officer.get("/privacy/register/ho-so").content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    fields = ("purpose", "basis", "data", "people", "recipients", "retention", "measures", "responsible")
    texts = {name: f"Nội dung {name} lần {seen}" for name in fields}
    saved = officer.post("/privacy/register/ho-so", {"seen": seen, **texts}, follow=True).content.decode()
    assert texts["purpose"] in saved
    assert f"Phiên bản {int(seen) + 1}" in saved
    again = officer.post("/privacy/register/ho-so", {"seen": seen, **texts}, follow=True).content.decode()
    assert "DPO-0502" in again
    assert "Điều dưỡng" in officer.get("/privacy/register/ho-so").content.decode()
    assert texts["purpose"] in officer.get("/privacy/register.csv").content.decode()
    assert officer.get("/privacy/register?new=camera").headers["Location"] == "/privacy/register/camera"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_accessible_and_fit(cast, browser, address, width):
    cast.client("nguoiyeucau").post("/privacy/requests/mine", {"kind": "copy", "words": WORDS})
    officer = cast.client("baovedulieu")
    place = officer.post("/privacy/breaches/open", breach_form()).headers["Location"]
    told = officer.post("/privacy/breaches/open", breach_form()).headers["Location"]
    officer.post(f"{told}/inbox", {"notice": f"{WHAT}. Đầu mối: cán bộ bảo vệ dữ liệu của tỉnh."})
    everybody = Teller(cast.services.database, cast.services.store, set, cast.services.clock)
    everybody.work(lambda: False, told.rpartition("/")[2])
    desk = ["breaches", "requests", "exports", "register", "register/ho-so"]
    looked = {
        "baovedulieu": [place, told, f"{told}/affected", *(f"/privacy/{one}" for one in desk)],
        "nguoiyeucau": ["/privacy/requests/mine", "/healthbook/inbox"],
    }
    for name, pages in looked.items():
        page = browser.new_context(base_url=address, viewport={"width": width, "height": 800}).new_page()
        page.goto("/login")
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        for path in pages:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert not (found := faults(page)), found


@pytest.mark.browser
@pytest.mark.slow
def test_a_request_is_filed_by_keyboard(cast, browser, address):
    page = browser.new_context(base_url=address).new_page()
    page.goto("/login")
    page.fill("#id_username", "nguoiyeucau")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/privacy/requests/mine")
    page.get_by_label("Bạn yêu cầu").select_option("erasure")
    page.get_by_label("Bạn muốn gì").fill(WORDS)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert WORDS in page.locator("main").inner_text()
