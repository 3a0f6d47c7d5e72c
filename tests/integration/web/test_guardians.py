"""The records desk writes down who represents a patient, with papers, and ends it; rights follow at once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from tests.accessibility import faults
from tests.clamd import EICAR, FOUND, running

from yteso.access.principal import Principal, Role
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.base.ids import random_id
from yteso.base.scanner import Scanner
from yteso.client.accesses import Asked
from yteso.store.protocol import Put
from yteso.web.services import service

PASSWORD = "mat khau mau cho kiem thu"
SYSTEM = Principal("system", Role.SYSTEM)
CCCD = "http://fhir.hl7.org.vn/core/sid/cccd"
MOTHER, YOUNG, ELDER = "001188000101", "001210000102", "001140000103"
TODAY = day_in_vietnam(system_clock())


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def person(name: str, birth: str, number: str = "") -> dict:
    numbers = {"identifier": [{"system": CCCD, "value": number}]} if number else {}
    return {"resourceType": "Patient", "id": random_id(), "name": [{"text": name}], "birthDate": birth, **numbers}


def visit(patient: dict, facility: str) -> dict:
    return {
        "resourceType": "Encounter",
        "id": random_id(),
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{patient['id']}"},
        "meta": {"source": f"urn:yteso:bhyt:{facility}:X"},
    }


class Cast:
    def __init__(self, site):
        self.site = site
        self.mother = person("Lê Thị Mẹ Thử", "1988-01-02", MOTHER)
        self.young = person("Lê Văn Trẻ Thử", day(-365 * 12), YOUNG)
        self.child = person("Lê Văn Con Thử", day(-365 * 8))
        self.elder = person("Lê Văn Già Thử", "1940-05-06", ELDER)
        self.far = person("Lê Văn Xa Thử", day(-365 * 8))
        self.write(self.mother, self.young, self.child, self.elder, self.far)
        self.write(visit(self.child, site.facility), visit(self.elder, site.facility), visit(self.far, "79999"))

    def write(self, *resources):
        with self.site.services.database.connection() as conn:
            self.site.services.store.write(conn, SYSTEM, [Put(one) for one in resources])

    def record(self, ward: dict, by: str = "nhanvien", **form):
        papers = {
            "number": MOTHER,
            "birth_date": "1988-01-02",
            "relationship": "MTH",
            "evidence": "Giấy khai sinh số 12 Mẫu",
            **form,
        }
        return self.site.client(by).post(f"/record/{ward['id']}/representatives/new", papers)


@pytest.fixture(scope="module")
def cast(site):
    from yteso.web.accounts import people

    cast = Cast(site)
    for name, one in (("meghi", cast.mother), ("conghi", cast.child), ("giaghi", cast.elder)):
        people.create_user(name, PASSWORD, Role.CITIZEN, display_name=f"{name} Mẫu", person=one["id"], demo=True)
    return cast


def test_a_mother_is_recorded_with_a_scan_and_both_see_it_until_the_desk_ends_it(cast):
    mother, of = cast.site.client("meghi"), f"?of={cast.child['id']}"
    assert mother.get(f"/healthbook/record{of}").status_code == 404
    scan = BytesIO(b"%PDF-1.7 giay khai sinh mau")
    scan.name = "giay.pdf"
    answer = cast.record(cast.child, "tram", scan=scan)
    assert answer.url == f"/record/{cast.child['id']}/representatives"
    assert mother.get(f"/healthbook/record{of}").status_code == 200
    for page in (mother, cast.site.client("conghi")):
        assert "Giấy khai sinh số 12 Mẫu" in page.get("/healthbook/representatives").content.decode()
    desk = cast.site.client("nhanvien")
    page = desk.get(answer.url).content.decode()
    assert "Lê Thị Mẹ Thử" in page
    paper = re.search(r'href="(/record/[^"]+/document/DocumentReference/[^"]+)"', page)[1]
    assert desk.get(paper).status_code == 200
    assert "REPR-0016" in cast.record(cast.child).content.decode()
    end = re.search(r'action="(/record/[^"]+/end)"', page)[1]
    assert "REPR-0015" in desk.post(end, {"reason": "x"}).content.decode()
    assert mother.get(f"/healthbook/record{of}").status_code == 200
    desk.post(end, {"reason": "Quyết định của tòa án Mẫu"})
    assert mother.get(f"/healthbook/record{of}").status_code == 404
    for page in (cast.site.client("conghi").get("/healthbook/representatives"), desk.get(answer.url)):
        assert "Quyết định của tòa án Mẫu" in page.content.decode()
    assert desk.post(end, {"reason": "Quyết định của tòa án Mẫu"}, follow=True).status_code == 200


def test_who_was_named_can_read_that_it_happened(cast):
    cast.record(cast.elder, relationship="GUARD")
    found = service("accesses").mine(Principal("x", Role.CITIZEN, person=cast.mother["id"]), Asked(who="nhanvien"))
    assert found[0].detail == "named as representative"


def test_a_guardian_given_by_a_court_has_an_end_and_is_ended_by_papers_only(cast):
    assert cast.record(cast.elder, relationship="RESPRSN", until=day(300)).status_code == 302
    me = Principal("x", Role.CITIZEN, person=cast.mother["id"])
    (one,) = [one.by for one in service("representations").by_me(me) if one.person.id == cast.elder["id"]]
    assert (one.until, one.minor, one.may_end) == (day(300), False, False)
    assert service("guardians").end(
        Principal("nhanvien", Role.STAFF, cast.site.facility), cast.elder["id"], one.id, "Hết thời hạn giám hộ"
    )
    assert service("representations").by_me(me) == ()


@pytest.mark.parametrize(
    ("ward", "form", "number"),
    [
        ("child", {"number": "001188999999"}, "REPR-0010"),
        ("child", {"birth_date": "1988-01-03"}, "REPR-0010"),
        ("child", {"birth_date": ""}, "REPR-0010"),
        ("elder", {"number": ELDER, "birth_date": "1940-05-06"}, "REPR-0002"),
        ("child", {"number": YOUNG, "birth_date": day(-365 * 12)}, "REPR-0011"),
        ("child", {"relationship": "HPOWATT", "until": day(30)}, "REPR-0012"),
        ("elder", {"relationship": "MTH"}, "REPR-0012"),
        ("child", {"evidence": "giấy"}, "REPR-0013"),
        ("elder", {"relationship": "POWATT"}, "REPR-0003"),
        ("elder", {"relationship": "POWATT", "until": day(366 * 4)}, "REPR-0003"),
        ("child", {"until": day(-1)}, "REPR-0003"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_number_and_keeps_the_form(cast, ward, form, number):
    answer = cast.record(getattr(cast, ward), **form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert number in page
    assert form.get("evidence", "Giấy khai sinh số 12 Mẫu") in page
    desk = Principal("nhanvien", Role.STAFF, cast.site.facility)
    assert not any(one.in_force for one in service("guardians").of(desk, getattr(cast, ward)["id"]))


@pytest.mark.parametrize("content", [b"MZ program", b"%PDF-" + b"x" * (4 * 1024 * 1024)])
def test_a_scan_is_a_paper_of_a_bounded_size(cast, content):
    scan = BytesIO(content)
    scan.name = "giay.pdf"
    assert "REPR-0014" in cast.record(cast.child, scan=scan).content.decode()


def test_only_for_own_patients_and_by_whom_the_table_lets(cast):
    assert cast.record(cast.far).status_code == 404
    assert cast.site.client("nhanvien").get(f"/record/{cast.far['id']}/representatives").status_code == 404
    for name in ("bacsi", "dieuduong", "quantricoso", "quantri"):
        assert cast.record(cast.child, name).status_code == 403


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_is_accessible_and_fits_a_phone(cast, browser, address):
    page = browser.new_context(base_url=address, viewport={"width": 360, "height": 800}).new_page()
    page.goto("/login")
    page.fill("#id_username", "nhanvien")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"/record/{cast.child['id']}/representatives")
    page.fill("#f-number", "001188999999")
    page.fill("#f-birth_date", "1988-01-02")
    page.fill("#f-evidence", "Giấy khai sinh số 12 Mẫu")
    page.locator("form[action$='/new'] button").click()
    page.get_by_text("REPR-0010").wait_for()
    assert not (found := faults(page)), found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_a_scan_with_a_virus_or_without_a_verdict_is_not_kept(cast, monkeypatch, tmp_path):
    def record():
        scan = BytesIO(b"%PDF-1.7 " + EICAR)
        scan.name = "giay.pdf"
        return cast.record(cast.child, scan=scan)

    before = len(service("guardians").of(desk_of(cast), cast.child["id"]))
    with running(tmp_path / "clamd.ctl") as clamd:
        monkeypatch.setattr(service("guardians"), "_scanner", Scanner(clamd.place, 10.0))
        answer = record()
    assert answer.status_code == 422
    assert FOUND in answer.content.decode()
    assert "SCAN-0001" in answer.content.decode()
    answer = record()
    assert answer.status_code == 503
    assert "SCAN-0002" in answer.content.decode()
    assert len(service("guardians").of(desk_of(cast), cast.child["id"])) == before


def desk_of(cast):
    return Principal("nhanvien", Role.STAFF, cast.site.facility)
