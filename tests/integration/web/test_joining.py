"""The records desk joins two records of one person on the pages, and parts them again."""

from __future__ import annotations

import re

import pytest
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.base.ids import random_id
from yteso.store.protocol import Put

PASSWORD = "mat khau mau cho kiem thu"
WHY = "CCCD gắn chip và CMND cũ của cùng một người"
CCCD = "http://fhir.hl7.org.vn/core/sid/cccd"
ONE, OTHER = "001090000201", "001090000202"


@pytest.fixture(scope="module")
def pair(site):
    """Two Patients of one person, both at the desk's facility; the second one has the account."""
    from yteso.web.accounts import people

    found = []
    for number, name in ((ONE, "Hồ Văn Một Thử"), (OTHER, "Hồ Văn Hai Thử")):
        patient = {
            "resourceType": "Patient",
            "id": random_id(),
            "identifier": [{"system": CCCD, "value": number}],
            "name": [{"text": name}],
            "birthDate": "1990-05-06",
        }
        visit = {
            "resourceType": "Encounter",
            "id": random_id(),
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/{patient['id']}"},
            "meta": {"source": f"urn:yteso:bhyt:{site.facility}:X"},
        }
        with site.services.database.connection() as conn:
            site.services.store.write(conn, Principal("system", Role.SYSTEM), [Put(patient), Put(visit)])
        found.append(patient["id"])
    people.create_user("haihoso", PASSWORD, Role.CITIZEN, display_name="Hai Mẫu", person=found[1], demo=True)
    return found


def test_two_records_are_compared_joined_found_by_either_number_and_parted(site, pair):
    one, other = pair
    desk, citizen = site.client("nhanvien"), site.client("haihoso")
    assert f"/review/join/{one}" in desk.get(f"/record/{one}").content.decode()
    found = desk.post(f"/review/join/{one}", {"q": OTHER}).content.decode()
    assert f"/review/join/{one}/{other}" in found
    page = desk.get(f"/review/join/{one}/{other}").content.decode()
    assert "Hồ Văn Một Thử" in page
    assert "Hồ Văn Hai Thử" in page
    place = f"/review/join/{one}/{other}/propose"
    short = desk.post(place, {"survivor": one, "reason": "giống"})
    assert short.status_code == 422
    assert "IDEN-0004" in short.content.decode()
    assert desk.post(place, {"survivor": one, "reason": WHY}).url == "/review/joined"
    asked = desk.get("/review/joined").content.decode()
    assert "Chờ người thứ hai" in asked
    assert "/second" not in asked
    doctor = site.client("bacsi")
    second = re.search(r'action="(/review/joined/[^"]+/second)"', doctor.get("/review/joined").content.decode())[1]
    assert "IDEN-0008" in desk.post(second, follow=True).content.decode()
    assert "Hồ Văn Hai Thử" in doctor.get(f"/review/join/{one}/{other}").content.decode()
    assert doctor.post(second).url == "/review/joined"
    hits = desk.post("/record/", {"q": OTHER}).content.decode()
    assert f'href="/record/{one}"' in hits
    assert hits.count('badge">Đã gộp<') == 1
    assert f'href="/record/{one}">Mở hồ sơ đang dùng' in desk.get(f"/record/{other}").content.decode()
    assert "Hồ Văn Một Thử" in citizen.get("/healthbook/record").content.decode()
    assert "IDEN-0003" in desk.post(place, {"survivor": other, "reason": WHY}).content.decode()
    listed = desk.get("/review/joined").content.decode()
    part = re.search(r'action="(/review/joined/[^"]+/part)"', listed)[1]
    assert "IDEN-0004" in desk.post(part, {"reason": "nhầm"}, follow=True).content.decode()
    parted = desk.post(part, {"reason": "Hai anh em, giấy tờ khác nhau"}, follow=True).content.decode()
    assert "Đã tách" in parted
    assert f'href="/record/{one}"' not in desk.post("/record/", {"q": OTHER}).content.decode()
    assert "Hồ Văn Hai Thử" in citizen.get("/healthbook/record").content.decode()
    assert "IDEN-0005" in desk.post(part, {"reason": WHY}, follow=True).content.decode()


def test_a_doctor_proposes_nothing_and_a_hidden_record_is_not_found(site, pair):
    one, other = pair
    assert site.client("bacsi").post(f"/review/join/{one}/{other}/propose", {"reason": WHY}).status_code == 403
    assert "/propose" not in site.client("bacsi").get(f"/review/join/{one}/{other}").content.decode()
    assert site.client("nhanvien").get(f"/review/join/{one}/{random_id()}").status_code == 404


@pytest.mark.browser
@pytest.mark.slow
def test_the_pages_are_accessible_and_fit_a_phone(site, pair, browser, address):
    one, other = pair
    page = browser.new_context(base_url=address, viewport={"width": 360, "height": 800}).new_page()
    page.goto("/login")
    page.fill("#id_username", "nhanvien")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    for path in (f"/review/join/{one}", f"/review/join/{one}/{other}", "/review/joined"):
        page.goto(path)
        assert not (found := faults(page)), found
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.context.close()
