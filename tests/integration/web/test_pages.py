"""What the pages show of a real province, and that what names a patient stays where it belongs."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yteso.access.principal import Principal, Role

SYSTEM = Principal("system", Role.SYSTEM)


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def banner(site):
    records = site.services
    from yteso.client.record import Records

    return Records(records.database, records.store, records.clock).banner(SYSTEM, site.patient)


def test_every_tile_of_the_board_says_as_of_and_coverage(site):
    page = text(site.client("dieuhanh").get("/ioc/"))
    assert page.count('class="tile ') == 8
    assert page.count("Tính đến ") == 8
    assert page.count("/3 cơ sở có lượt khám hoặc tệp</span>") == 6
    assert page.count("/3 cơ sở gửi tệp</span>") == 2
    assert page.count('hx-trigger="live:marts from:body"') == 8


@pytest.mark.parametrize("name", ["today", "week", "files", "silent", "course", "diagnoses", "money", "facilities"])
def test_a_tile_can_be_asked_for_by_itself(site, name):
    page = text(site.client("dieuhanh").get(f"/ioc/tiles/{name}", headers={"hx-request": "true"}))
    assert page.count("<section") == 1
    assert f'id="tile-{name}"' in page


def test_the_rows_behind_a_tile_add_up_and_leave_as_a_spreadsheet(site):
    client = site.client("dieuhanh")
    page = text(client.get("/ioc/files?span=30d"))
    files = site.services.database
    with files.connection() as conn:
        count = conn.execute("SELECT count(*) FROM exchange.intake WHERE door = 'plain'").fetchone()[0]
    assert f'<td data-label="Tệp" class="num">{count}</td>' in page
    sheet = client.get("/ioc/visits?span=30d&format=csv")
    assert sheet.content.startswith("\ufeff".encode())
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert len(lines) > 2
    assert lines[0].endswith(",Tính đến")
    assert all(re.search(r",20\d\d-\d\d-\d\dT\S+\+07:00$", line) for line in lines[1:])
    assert "Khám bệnh" in sheet.content.decode() or "Examination" in sheet.content.decode()


def test_a_note_opens_as_a_page_and_only_under_its_own_person(site):
    client = site.client("bacsi")
    page = text(client.get(f"/record/{site.patient}/document/{site.document}"))
    assert "Người ghi" in page
    assert 'class="origin"' in page
    assert client.get(f"/record/{'0' * 36}/document/{site.document}").status_code == 404
    assert client.get(f"/record/{site.patient}/document/Patient/{site.patient}").status_code == 404


def test_the_print_of_a_record_has_all_of_every_list(site):
    client = site.client("bacsi")
    whole = text(client.get(f"/record/{site.patient}/print"))
    for name in ("diagnoses", "medicines", "services"):
        facts = text(client.get(f"/record/{site.patient}/{name}")).count('class="fact"')
        section = whole.partition(f'aria-labelledby="p-{name}"')[2].partition("</section>")[0]
        assert section.count('class="fact"') >= facts


def test_a_receipt_is_downloaded_with_its_signature(site):
    answer = site.client("nhanvien").get(f"/intake/file/{site.file}/receipt")
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.content)["signature"]


def test_a_row_of_visits_leads_who_sees_no_record_to_the_files_only(site):
    for name in ("quantri", "dieuhanh"):
        shown = text(site.client(name).get(f"/ioc/visits?span=30d&facility={site.facility}"))
        assert "/record/" not in shown
        assert f'href="/intake/?facility={site.facility}"' in shown


def test_the_visits_of_a_day_are_the_same_for_staff_and_doctors_of_the_facility(site):
    visit = json.loads(
        site.client("bacsi").get(f"/record/{site.patient}/raw/Encounter/{site.visit}?download=1").content
    )
    address = f"/record/visits/{site.facility}/{visit['period']['start'][:10]}"
    visits = text(site.client("nhanvien").get(address))
    assert re.search(r'href="/record/[0-9a-f-]{36}/visit/[0-9a-f-]{36}"', visits)
    assert text(site.client("bacsi").get(address)).count("/visit/") == visits.count("/visit/")


def test_the_page_of_diagnoses_says_what_small_numbers_hide(site):
    from yteso.warehouse.read import Marts

    (folded,) = Marts(site.services.settings.home).table("diagnoses", span="30d", facility="", code="*")
    client = site.client("dieuhanh")
    page = text(client.get("/ioc/diagnoses?span=30d"))
    assert f"{folded['visits']} lượt thuộc các mã hiếm hoặc nhạy cảm" in page
    client.post("/language", {"language": "en", "next": "/"})
    assert "rare or sensitive codes; such codes are not shown" in text(client.get("/ioc/diagnoses?span=30d"))
    client.post("/language", {"language": "vi", "next": "/"})


def test_no_patients_name_reaches_the_operations_centre(site):
    client = site.client("dieuhanh")
    for path in ("/ioc/", "/ioc/visits?span=30d", "/ioc/diagnoses", "/ioc/money", "/ioc/files", "/ioc/facilities"):
        page = text(client.get(path)).replace("dieuhanh Mẫu", "").replace("Tỉnh mẫu", "")
        assert not any(marker in page for marker in (" Thử", " Giả ", " Mẫu", " THỬ", " GIẢ ", " MẪU")), path


@pytest.mark.parametrize(
    "how", ["as written", "without diacritics", "citizen number", "insurance number", "birth date"]
)
def test_a_person_is_found_by_what_one_knows(site, how):
    from yteso.base.text import fold

    person = banner(site)
    numbers = {system.rsplit("/", 1)[-1]: value for system, value in person.identifiers}
    birth = "/".join(reversed(person.birth_date.split("-")))
    asked = {
        "as written": person.name,
        "without diacritics": fold(person.name),
        "citizen number": numbers.get("cccd", person.name),
        "insurance number": numbers.get("bhyt", person.name),
        "birth date": f"{fold(person.name).split()[-1]} {birth}" if len(person.birth_date) == 10 else person.name,
    }[how]
    page = text(site.client("bacsi").post("/record/", {"q": asked}))
    assert f'href="/record/{site.patient}"' in page


def test_what_is_searched_never_stands_in_an_address(site):
    page = text(site.client("bacsi").post("/record/", {"q": "nguyen"}))
    assert "q=nguyen" not in page
    assert 'method="post" action="/record/"' in page


def test_every_fact_of_a_visit_tells_facility_file_row_and_its_fhir_json(site):
    page = text(site.client("nhanvien").get(f"/record/{site.patient}/visit/{site.visit}"))
    assert site.facility in page
    assert f"/intake/file/{site.file}" in page
    assert "XML1 / 1" in page
    assert page.count('class="origin"') == page.count('class="fact"')
    raw = site.client("nhanvien").get(f"/record/{site.patient}/raw/Encounter/{site.visit}?download=1")
    assert raw["Content-Type"] == "application/fhir+json"
    assert json.loads(raw.content)["id"] == site.visit


def test_opening_a_record_is_in_the_audit_chain(site):
    with site.services.database.connection() as conn:
        before = conn.execute("SELECT count(*) FROM store.audit").fetchone()[0]
    text(site.client("bacsi").get(f"/record/{site.patient}"))
    with site.services.database.connection() as conn:
        after = conn.execute("SELECT count(*) FROM store.audit").fetchone()[0]
    assert after > before


def test_a_visit_of_another_person_is_not_shown_under_this_one(site):
    client = site.client("nhanvien")
    assert client.get(f"/record/00000000-0000-8000-8000-000000000000/visit/{site.visit}").status_code == 404
    assert client.get(f"/record/{site.patient}/raw/Binary/x").status_code == 404
    assert client.get(f"/record/{site.patient}/nonsense").status_code == 404


def test_a_resource_of_another_person_is_not_shown_under_this_one(site):
    client = site.client("nhanvien")
    found = client.post("/record/", {"q": "thử"}).content.decode()
    other = next(one for one in re.findall(r'href="/record/([0-9a-f-]{36})"', found) if one != site.patient)
    assert client.get(f"/record/{site.patient}/raw/Patient/{site.patient}").status_code == 200
    assert client.get(f"/record/{other}/raw/Patient/{site.patient}").status_code == 404
    assert client.get(f"/record/{other}/raw/Encounter/{site.visit}").status_code == 404
    own = client.get(f"/record/{site.patient}/diagnoses").content.decode()
    condition = re.search(rf"/record/{site.patient}/raw/Condition/([^\"]+)", own)[1]
    assert client.get(f"/record/{site.patient}/raw/Condition/{condition}").status_code == 200
    assert client.get(f"/record/{other}/raw/Condition/{condition}").status_code == 404
    assert client.get(f"/record/{other}/raw/Condition/{condition}?download=1").status_code == 404


@pytest.mark.parametrize("written", ["as the page shows it", "with dots", "with hyphens", "year of birth"])
def test_a_person_is_found_by_what_the_page_shows(site, written):
    from yteso.apps.record.describe import spaced

    person = banner(site)
    numbers = {system.rsplit("/", 1)[-1]: value for system, value in person.identifiers}
    shown = spaced(numbers.get("cccd") or numbers["bhyt"])
    asked = {
        "as the page shows it": shown,
        "with dots": shown.replace(" ", "."),
        "with hyphens": shown.replace(" ", "-"),
        "year of birth": f"{person.name} {person.birth_date[:4]}",
    }[written]
    assert f'href="/record/{site.patient}"' in text(site.client("bacsi").post("/record/", {"q": asked}))


def test_a_file_sent_on_the_page_is_kept_byte_for_byte_and_only_once(site):
    client = site.client("nhanvien")
    body = b"<GIAMDINHHS><THONGTINDONVI><MACSKCB>%s</MACSKCB></THONGTINDONVI><THONGTINHOSO/></GIAMDINHHS>"
    body %= site.facility.encode()
    first = client.post("/intake/upload", {"file": SimpleUploadedFile("thu.xml", body)})
    assert first.status_code == 302
    assert first.url.endswith("?new=1")
    again = client.post("/intake/upload", {"file": SimpleUploadedFile("khac.xml", body)})
    assert again.url == first.url.replace("?new=1", "?again=1")
    address = first.url.partition("?")[0]
    raw = client.get(f"{address}/raw")
    assert b"".join(raw.streaming_content) == body
    raw.close()
    assert raw["X-Content-SHA256"] == hashlib.sha256(body).hexdigest()
    assert "Chờ đọc" in text(client.get(first.url))


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"not xml", 422), (b"<!DOCTYPE x [<!ENTITY e 'x'>]><GIAMDINHHS/>", 422), (b"<other/>", 422)],
)
def test_a_file_that_is_none_is_refused_with_its_number(site, body, status):
    answer = site.client("nhanvien").post("/intake/upload", {"file": SimpleUploadedFile("x.xml", body)})
    assert answer.status_code == status
    assert "Tệp không được nhận" in answer.content.decode()


def test_no_file_at_all_is_said_too(site):
    assert site.client("nhanvien").post("/intake/upload", {}).status_code == 422


def test_staff_cannot_send_for_another_facility(site):
    body = b"<GIAMDINHHS><THONGTINDONVI><MACSKCB>00001</MACSKCB></THONGTINDONVI></GIAMDINHHS>"
    answer = site.client("nhanvien").post("/intake/upload", {"file": SimpleUploadedFile("x.xml", body)})
    assert answer.status_code == 403
    assert "EXC-" in answer.content.decode()


def test_findings_name_rule_table_field_and_what_to_do_in_both_languages(site):
    client = site.client("nhanvien")
    page = text(client.get("/intake/?severity=error"))
    file = page.partition('href="/intake/file/')[2].partition('"')[0]
    vietnamese = text(client.get(f"/intake/file/{file}"))
    assert "BHYT-" in vietnamese
    client.post("/language", {"language": "en", "next": "/"})
    english = text(client.get(f"/intake/file/{file}"))
    client.post("/language", {"language": "vi", "next": "/"})
    assert english != vietnamese
    assert "What to correct" in english


def test_filters_that_make_no_sense_ask_nothing(site):
    client = site.client("nhanvien")
    assert client.get("/intake/?state=x&severity=y&since=z&until=2026-99-99&cursor=%01").status_code == 200
    assert client.get("/intake/?since=0001-01-01&until=9999-12-31").status_code == 200
    assert site.client("quantri").get("/ioc/visits?span=x&facility=%27").status_code == 200


def test_an_unknown_place_is_a_calm_page(site):
    answer = site.client("nhanvien").get("/khong/co")
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_form_with_too_much_in_it_is_told_so_and_how_much_one_takes(site):
    answer = site.client("bacsi").post("/consent/open/glass", {"words": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "1 MB" in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "quá lớn" in answer.content.decode()


def test_a_failure_of_ours_is_a_calm_page_and_its_message_stays_out_of_the_log(site, monkeypatch, capfd):
    from yteso.apps.ioc import views

    def fail(*_):
        raise RuntimeError("Nguyễn Văn Thử 079184000123")

    monkeypatch.setattr(views.figures, "facilities", fail)
    client = site.client("dieuhanh")
    client.raise_request_exception = False
    answer = client.get("/ioc/facilities")
    assert answer.status_code == 500
    assert "Hệ thống gặp lỗi" in answer.content.decode()
    said = capfd.readouterr().err + answer.content.decode()
    assert "079184000123" not in said


@pytest.mark.parametrize(("username", "linked"), [("nhanvien", True), ("bacsi", False), ("thanhtra", False)])
def test_a_file_is_a_link_only_for_who_may_open_its_page(site, username, linked):
    client = site.client(username)
    page = text(client.get(f"/record/{site.patient}/visit/{site.visit}"))
    found = set(re.findall(r'href="(/intake/file/[^"]+)"', page))
    assert bool(found) == linked
    assert all(client.get(path).status_code == 200 for path in found)


def test_a_link_that_is_over_says_so_in_its_title(site):
    answer = site.client().get("/recover/khong-co")
    assert answer.status_code == 410
    assert "<h1>Liên kết không còn dùng được</h1>" in answer.content.decode()


def test_a_phone_that_cannot_scan_itself_opens_its_authenticator_app(site):
    page = text(site.client("bacsi").get("/account/factors/app"))
    assert re.search(r'<a href="otpauth://totp/[^"]+secret=[A-Z2-7]+', page)
