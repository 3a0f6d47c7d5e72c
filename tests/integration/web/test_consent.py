"""Opening and closing records by the pages: who may, what is asked anew, what person and officer see at once."""

from __future__ import annotations

import re

import pytest
from codes import session_of
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.store.audit import Asked, find
from yteso.store.protocol import Put
from yteso.web.guard import PROVED_AT

PASSWORD = "mat khau mau cho kiem thu"
CCCD = "001180009999"
WORDS = "Cấp cứu, bất tỉnh, cần biết tiền sử dị ứng"


@pytest.fixture(scope="module")
def cast(site):
    """A person of another facility, with an account of their own; a doctor and a nurse here; a data officer."""
    from yteso.web.accounts import people

    identifier = {"system": "http://fhir.hl7.org.vn/core/sid/cccd", "value": CCCD}
    patient = {
        "resourceType": "Patient",
        "id": "kin",
        "identifier": [identifier],
        "name": [{"text": "Lê Thị Thử"}],
        "birthDate": "1980-01-01",
    }
    with site.services.database.connection() as conn:
        site.services.store.write(conn, Principal("system", Role.SYSTEM), [Put(patient)])
    for name, role, bound in (
        ("dieuduong", Role.NURSE, {"facility": site.facility}),
        ("baovedulieu", Role.DATA_OFFICER, {}),
        ("nguoibenh", Role.CITIZEN, {"person": "kin"}),
    ):
        people.create_user(name, PASSWORD, role, display_name=f"{name} Mẫu", demo=True, **bound)
    return site


@pytest.fixture(autouse=True)
def closed_afterwards(cast):
    yield
    with cast.services.database.connection() as conn:
        conn.execute("DELETE FROM store.opening")
        conn.execute("DELETE FROM store.consent_rule")


def break_glass(client, **more):
    form = {"identifier": CCCD, "reason": "ETREAT", "words": WORDS}
    client.post("/account/confirm", {"password": PASSWORD})
    return client.post("/consent/open/glass", form | more, follow=True)


def test_broken_glass_opens_the_record_and_everybody_concerned_sees_it_at_once(cast):
    doctor = cast.client("bacsi")
    assert doctor.get("/record/kin").status_code == 404
    page = break_glass(doctor)
    assert page.request["PATH_INFO"] == "/record/kin"
    assert page.status_code == 200
    assert cast.client("dieuduong").get("/record/kin").status_code == 404
    for who, address in (("nguoibenh", "/consent/"), ("baovedulieu", "/consent/review")):
        told = cast.client(who).get(address).content.decode()
        assert WORDS in told
        assert "bacsi" in told
        opened = r"Những gì đã mở</summary><ul[^>]*><li[^>]*><span[^>]*>\d\d:\d\d</span> [^<]+<span[^>]*>Mở khẩn cấp<"
        assert who == "nguoibenh" or re.search(opened, told)
    own = cast.client("nguoibenh").get("/healthbook/who?days=7").content.decode()
    told = [article for article in own.split("<article")[1:] if "bacsi" in article and "Bị từ chối" not in article]
    assert len(told) == 1  # one sitting, in which each access can be seen and asked about
    assert len(re.findall(r'href="/healthbook/who/\d+-\d+', told[0])) > 1
    assert "<dd>Mở khẩn cấp</dd>" in told[0]
    held = doctor.get("/consent/open").content.decode()
    assert re.search(r'<a href="/record/kin">[^<]*(Thử|Giả|Mẫu)[^<]*</a>', held)
    (opening,) = re.findall(r"/consent/open/([0-9a-f-]{36})/end", held)
    doctor.post(f"/consent/open/{opening}/end")
    assert doctor.get("/record/kin").status_code == 404
    officer = cast.client("baovedulieu")
    officer.post(f"/consent/review/{opening}", {"verdict": "justified"})
    assert WORDS not in officer.get("/consent/review").content.decode()


def test_the_record_page_shows_how_long_the_glass_stays_broken_and_what_was_opened(cast):
    doctor = cast.client("bacsi")
    assert "data-until" not in doctor.get(f"/record/{cast.patient}").content.decode()
    break_glass(doctor)
    doctor.get("/record/kin/tests")
    page = doctor.get("/record/kin").content.decode()
    assert re.search(r'role="timer" data-until="[^"]+">(4:00|3:59)<', page)
    assert "Đang mở khẩn cấp" in page
    assert len(re.findall(r'<li class="small"><span class="num">\d\d:\d\d</span>', page)) > 1
    assert "/end" in page


def test_a_late_review_is_an_alarm_to_the_officer_and_stops_the_account(cast):
    doctor, officer = cast.client("bacsi"), cast.client("baovedulieu")
    break_glass(doctor)
    assert "quá hạn xét" not in officer.get("/consent/review").content.decode()
    with cast.services.database.connection() as conn:
        conn.execute(
            "UPDATE store.opening SET since = since - interval '80 hours', until = until - interval '80 hours'"
        )
    assert "1 lần mở khẩn cấp đã quá hạn xét 72 giờ" in officer.get("/consent/review").content.decode()
    assert "1 lần mở khẩn cấp quá hạn xét" in officer.get("/privacy/").content.decode()
    assert "CONS-0008" in break_glass(cast.client("bacsi")).content.decode()
    assert doctor.get("/record/kin").status_code == 404


def test_broken_glass_too_often_is_an_alarm_on_the_desk_and_in_the_log_at_once(cast, caplog):
    doctor, officer = cast.client("bacsi"), cast.client("baovedulieu")
    alarm = "1 tài khoản mở khẩn cấp quá nhiều lần trong 7 ngày"
    for _ in range(3):
        break_glass(doctor)
    assert alarm not in officer.get("/privacy/").content.decode()
    assert "emergency access" not in caplog.text
    break_glass(doctor)
    assert alarm in officer.get("/privacy/").content.decode()
    assert "emergency access 4 times within a week by the account bacsi" in caplog.text
    assert CCCD not in caplog.text


def test_the_log_in_is_no_proof_for_it_and_what_was_typed_waits_for_one(cast):
    client, form = cast.client("bacsi"), {"identifier": CCCD, "reason": "ETREAT", "words": WORDS, "very": "1"}
    answer = client.post("/consent/open/glass", form, headers={"referer": "http://localhost/consent/open"})
    assert answer.url == "/account/confirm?next=%2Fconsent%2Fopen"
    assert client.get("/record/kin").status_code == 404
    page = client.post("/account/confirm", {"password": PASSWORD, "next": "/consent/open"}, follow=True)
    text = page.content.decode()
    assert f'value="{CCCD}"' in text
    assert f">{WORDS}</textarea>" in text
    assert 'name="very" value="1" checked' in text
    assert CCCD not in client.get("/consent/open").content.decode()
    assert client.post("/consent/open/glass", form).url == "/record/kin"
    assert client.get("/record/kin").status_code == 200


def test_a_proof_opens_one_record_and_no_second(cast):
    """Emergency access is to one patient: the next needs its own proof of who one is."""
    doctor = cast.client("bacsi")
    assert break_glass(doctor).status_code == 200
    first, there = "/account/confirm?next=/consent/open", "http://localhost/consent/open/glass"
    assert first in doctor.get("/consent/open").content.decode()
    form = {"identifier": CCCD, "reason": "ETREAT", "words": WORDS}
    again = doctor.post("/consent/open/glass", form, headers={"referer": there})
    assert again.url == "/account/confirm?next=%2Fconsent%2Fopen%2Fglass"
    proved = doctor.post("/account/confirm", {"password": PASSWORD, "next": "/consent/open/glass"}, follow=True)
    assert proved.request["PATH_INFO"] == "/consent/open"
    assert first not in proved.content.decode()
    assert break_glass(doctor).request["PATH_INFO"] == "/record/kin"


def test_attempts_that_were_refused_are_in_the_chain(cast):
    """An unknown number and a wrong code too: who tries numbers or codes is found."""
    doctor = cast.client("bacsi")
    break_glass(doctor, identifier="001180000000")
    break_glass(doctor, words="gấp")
    doctor.post("/consent/open/code", {"code": "2222-2222-2222-2222"})
    with cast.services.database.connection() as conn:
        asked = Asked(who="bacsi", count=20)
        told = [f"{one.what} {one.detail}" for one in find(conn, asked) if "CONS-" in one.detail]
    assert [re.search(r"CONS-\d+", one)[0] for one in told[:3]] == ["CONS-0005", "CONS-0003", "CONS-0004"]
    assert all("001180000000" not in one and "2222" not in one for one in told)


@pytest.mark.parametrize("address", ["open/zz/end", "open/zz/approve", "open/%27/end"])
def test_an_address_that_names_no_opening_leads_nowhere(cast, address):
    assert cast.client("bacsi").post(f"/consent/{address}").status_code == 404
    assert cast.client("baovedulieu").post("/consent/review/zz").status_code == 404


def test_what_is_missing_is_told_with_its_number_and_opens_nothing(cast):
    client = cast.client("bacsi")
    page = break_glass(client, words="gấp").content.decode()
    assert "CONS-0003" in page
    assert CCCD not in page.replace(f'value="{CCCD}"', "")  # only where the doctor typed it
    assert client.get("/record/kin").status_code == 404


def test_the_persons_code_opens_the_record_to_the_facility_once(cast):
    shown = cast.client("nguoibenh").post("/consent/code")
    assert shown["Cache-Control"] == "no-store"
    text = shown.content.decode()
    assert 'class="qr"' in text
    (code,) = re.findall(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", text)
    nurse = cast.client("dieuduong")
    page = nurse.post("/consent/open/code", {"code": code}, follow=True)
    assert page.request["PATH_INFO"] == "/record/kin"
    again = nurse.post("/consent/open/code", {"code": code}, follow=True)
    assert "CONS-0005" in again.content.decode()
    assert cast.client("bacsi").get("/record/kin").status_code == 200


def visited(cast):
    """The person was at the facility of the doctor."""
    visit = {
        "resourceType": "Encounter",
        "id": "kin-visit",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/kin"},
        "meta": {"source": f"urn:yteso:bhyt:{cast.facility}:X"},
    }
    with cast.services.database.connection() as conn:
        cast.services.store.write(conn, Principal("system", Role.SYSTEM), [Put(visit)])


def test_a_person_closes_the_own_record_to_a_facility_and_takes_it_back(cast):
    visited(cast)
    person, doctor = cast.client("nguoibenh"), cast.client("bacsi")
    assert doctor.get("/record/kin").status_code == 200
    page = person.post("/consent/choose", {"choice": "deny", "facility": cast.facility}, follow=True)
    assert doctor.get("/record/kin").status_code == 404
    assert cast.facility in page.content.decode()
    (choice,) = re.findall(r"/consent/([0-9a-f-]{36})/withdraw", page.content.decode())
    assert cast.client("dieuduong").post(f"/consent/{choice}/withdraw").status_code == 403
    person.post(f"/consent/{choice}/withdraw")
    assert doctor.get("/record/kin").status_code == 200
    assert "CONS-0007" in person.post("/consent/choose", {"facility": "x"}, follow=True).content.decode()


def test_a_person_closes_the_own_record_to_one_who_looked_and_to_nobody_who_did_not(cast):
    visited(cast)
    person, doctor, nurse = cast.client("nguoibenh"), cast.client("bacsi"), cast.client("dieuduong")
    assert doctor.get("/record/kin").status_code == nurse.get("/record/kin").status_code == 200
    page = person.get("/consent/").content.decode()
    assert 'value="account:bacsi"' in page
    assert 'value="account:baovedulieu"' not in page
    given = {"choice": "deny", "facility": "account:khong-ai"}
    assert "CONS-0009" in person.post("/consent/choose", given, follow=True).content.decode()
    page = person.post("/consent/choose", {"choice": "deny", "facility": "account:bacsi"}, follow=True).content.decode()
    assert (doctor.get("/record/kin").status_code, nurse.get("/record/kin").status_code) == (404, 200)
    assert re.search(r"Đóng · [^<]*Bác sĩ Mẫu|Đóng · bacsi", page), page
    assert "mọi cơ sở" not in page
    (choice,) = re.findall(r"/consent/([0-9a-f-]{36})/withdraw", page)
    person.post(f"/consent/{choice}/withdraw")
    assert doctor.get("/record/kin").status_code == 200


def test_what_opens_the_record_wants_a_fresh_proof_and_what_closes_it_does_not(cast):
    """A refusal taken back opens as a permission does; a permission is taken back at once."""
    visited(cast)
    person, doctor = cast.client("nguoibenh"), cast.client("bacsi")
    found = {}
    for choice in ("deny", "permit"):
        given = {"choice": choice, "facility": cast.facility, "label": "HIV"}
        page = person.post("/consent/choose", given, follow=True).content.decode()
        (found[choice],) = set(re.findall(r"/consent/([0-9a-f-]{36})/withdraw", page)) - set(found.values())
    person.post("/consent/choose", {"choice": "deny", "facility": cast.facility})
    assert doctor.get("/record/kin").status_code == 404
    session = session_of(person)
    session[PROVED_AT] -= 3600
    session.save()
    assert person.post(f"/consent/{found['permit']}/withdraw").url == "/consent/"
    assert person.post(f"/consent/{found['deny']}/withdraw").url.startswith("/account/confirm")
    page = person.get("/consent/").content.decode()
    assert f"/consent/{found['deny']}/withdraw" in page
    assert f"/consent/{found['permit']}/withdraw" not in page


def test_what_was_typed_to_break_the_glass_is_still_there_after_a_refusal(cast):
    answer = break_glass(cast.client("bacsi"), identifier="079199999999", very="1")
    page = answer.content.decode()
    assert answer.status_code >= 400
    assert "CONS-0004" in page
    assert 'value="079199999999"' in page
    assert f">{WORDS}</textarea>" in page
    assert 'name="very" value="1" checked' in page


def test_a_facility_is_chosen_by_its_name(cast):
    visited(cast)
    person = cast.client("nguoibenh")
    page = person.get("/consent/").content.decode()
    assert re.search(
        rf'value="{cast.facility}" required checked><span>[^<]+ <span class="muted small">bạn đã khám ở đây', page
    )
    assert "Hòn Nghệ" not in page or cast.facility == "79902"
    for typed, name in (("hon nghe", "Hòn Nghệ"), ("79903", "Nhi Hoa Phượng"), ("79901", "Sông Bé")):
        found = person.post("/consent/find", {"q": typed}).content.decode()
        assert name in found, typed
        assert f'value="{cast.facility}"' in found
    assert "Không có cơ sở nào khác tên như vậy" in person.post("/consent/find", {"q": "xyz"}).content.decode()
    told = person.post("/consent/choose", {"choice": "deny", "facility": "79902"}, follow=True).content.decode()
    assert "Đóng · Bệnh viện Đa khoa khu vực Hòn Nghệ" in told


@pytest.mark.browser
@pytest.mark.slow
def test_the_pages_have_no_accessibility_violation_and_fit_a_phone(cast, browser, address):
    break_glass(cast.client("bacsi"))
    places = [("bacsi", "/consent/open"), ("bacsi", "/record/kin"), ("baovedulieu", "/consent/review")]
    for who, path in [*places, ("nguoibenh", "/consent/")]:
        context = browser.new_context(base_url=address, viewport={"width": 360, "height": 800})
        page = context.new_page()
        page.goto("/login")
        page.fill("#id_username", who)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto(path)
        if who == "nguoibenh":
            page.locator("form[action='/consent/code'] button").click()
            page.locator("svg.qr").wait_for()
            page.fill("#f-q", "bệnh viện")
            page.locator("form[action^='/consent/find'] button").click()
            page.get_by_role("radio").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not (found := faults(page)), found
        context.close()
