"""A citizen's pages: the own record in plain words, who looked at it, a question about that; nobody else's."""

from __future__ import annotations

import html
import io
import re

import pytest
from pypdf import PdfReader
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.errors import Refused
from yteso.client.accesses import Asked
from yteso.fhir import json as fhir_json
from yteso.store import audit
from yteso.store.protocol import AuditNote, Put, Remove
from yteso.web.services import service

PASSWORD = "mat khau mau cho kiem thu"
OFFICER = Principal("can-bo", Role.DATA_OFFICER)


@pytest.fixture(scope="module")
def citizen(site):
    from yteso.web.accounts import people

    people.create_user("nguoidan", PASSWORD, Role.CITIZEN, display_name="Người dân Mẫu", person=site.patient, demo=True)
    return Principal("nguoidan", Role.CITIZEN, person=site.patient)


@pytest.fixture
def looked(site):
    """A doctor of the facility looked at the record a moment ago."""
    who = Principal("bs-minh-hoa", Role.DOCTOR, site.facility)
    with site.services.database.connection() as conn:
        site.services.store.read(conn, who, EVERYTHING, "Patient", site.patient)
    return who


def test_who_looked_is_told_at_once_with_facility_purpose_and_kind(site, citizen, looked):
    page = site.client("nguoidan").get("/healthbook/who?days=7").content.decode()
    first = page.partition("<article")[2].partition("</article>")[0]
    assert "bs-minh-hoa" in first
    assert "Khám, chữa bệnh cho bạn" in page or "To treat you" in page
    names = service("accesses").facilities()
    assert names[site.facility] in first


def test_the_list_can_be_narrowed_to_a_facility_and_leaves_the_own_looks_out(site, citizen, looked):
    client = site.client("nguoidan")
    assert "bs-minh-hoa" not in client.get("/healthbook/who?facility=00000").content.decode()
    with site.services.database.connection() as conn:
        site.services.store.read(conn, citizen, EVERYTHING, "Patient", site.patient)
    accesses = service("accesses")
    assert citizen.name in {one.who for one in accesses.mine(citizen, Asked())}
    assert citizen.name not in {one.who for one in accesses.mine(citizen, Asked(others=True))}


def test_pages_of_the_list_follow_each_other_without_gap(site, citizen):
    with site.services.database.connection() as conn:
        for n in range(60):
            audit.add_note(conn, OFFICER, AuditNote("R", f"{n}", (site.patient,)), "Patient/x")
    accesses = service("accesses")
    whole = [one.id for one in accesses.mine(citizen, Asked(count=1000))]
    first = [one.id for one in accesses.mine(citizen, Asked(count=50))]
    rest = [one.id for one in accesses.mine(citizen, accesses.after(citizen, Asked(count=1000), first[-1]))]
    assert first + rest == whole
    assert len(set(whole)) == len(whole)


def test_an_access_is_questioned_once_and_the_officer_answers(site, citizen, looked):
    client = site.client("nguoidan")
    page = client.get("/healthbook/who?days=7").content.decode()
    address = re.search(r'href="(/healthbook/who/\d+-\d+)"', page)[1]
    assert client.post(address, {"question": "ngắn"}).status_code == 400
    text = "Tôi không khám ở cơ sở này, vì sao lại xem?"
    assert client.post(address, {"question": text}).status_code == 302
    client.post(address, {"question": text})
    accesses = service("accesses")
    (case,) = [one for one in accesses.open_cases(OFFICER) if one.case.access == address.rpartition("/")[2]]
    assert case.case.question == text
    assert case.access.who == "bs-minh-hoa"
    accesses.answer(OFFICER, case.case.id, "Đã kiểm tra: người xem có lượt khám của bạn.")
    assert "Đã kiểm tra: người xem" in client.get("/healthbook/who?days=7").content.decode()
    with pytest.raises(Refused):
        accesses.answer(OFFICER, case.case.id, "Trả lời thêm một lần nữa.")
    with site.services.database.connection() as conn:
        acts = conn.execute(
            "SELECT action::text FROM store.audit WHERE what = %s ORDER BY ts", [f"case/{case.case.id}"]
        )
        assert [row[0] for row in acts] == ["C", "U"]


def test_nobody_sees_or_questions_accesses_to_another_record(site, citizen, looked):
    accesses = service("accesses")
    mine = accesses.mine(citizen, Asked(count=1))[0]
    stranger = Principal("nguoi-la", Role.CITIZEN, person="khong-phai")
    assert accesses.mine(stranger, Asked()) == []
    for ask in (lambda: accesses.one(stranger, mine.id), lambda: accesses.question(stranger, mine.id, "a" * 20)):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.status == 404
    for other in (Principal("a", Role.CITIZEN), Principal("b", Role.DOCTOR, site.facility), OFFICER):
        with pytest.raises(Refused) as refused:
            accesses.mine(other, Asked())
        assert refused.value.status == 403
    for other in (citizen, Principal("c", Role.ADMINISTRATOR)):
        with pytest.raises(Refused) as refused:
            accesses.open_cases(other)
        assert refused.value.status == 403


def test_other_roles_have_no_health_book(site):
    for username in ("bacsi", "nhanvien"):
        assert site.client(username).get("/healthbook/who").status_code == 403
    assert site.client().get("/healthbook/who").status_code == 302


def test_the_own_record_is_read_and_taken_home(site, citizen):
    client = site.client("nguoidan")
    page = client.get("/healthbook/record").content.decode()
    assert 'id="h-medicines"' in page
    for name in ("visits", "diagnoses", "medicines", "tests", "documents", "allergies"):
        assert client.get(f"/healthbook/record/{name}").status_code == 200
    answer = client.get("/healthbook/record/download")
    bundle = fhir_json.loads(answer.content)
    assert answer["Content-Type"] == "application/fhir+json"
    assert bundle["entry"][0]["resource"]["id"] == site.patient
    assert len(bundle["entry"]) > 3


def test_the_own_record_is_printed_in_the_language_of_the_page_and_that_is_told(site, citizen):
    client = site.client("nguoidan")
    name = service("records").banner(citizen, site.patient).name
    texts = {}
    for language, title in (("vi", "Sổ sức khỏe"), ("en", "Health book")):
        client.post("/language", {"language": language, "next": "/"})
        answer = client.get("/healthbook/record/pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert "no-store" in answer["Cache-Control"]
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
        texts[language] = "\n".join(pages)
        assert title in texts[language]
        assert all(name in page for page in pages)
        assert ("Tính đến" if language == "vi" else "As of") in pages[-1]
    for section in ("Lượt khám, điều trị", "Chẩn đoán", "Thuốc", "Kết quả xét nghiệm", "Giấy tờ"):
        assert section in texts["vi"]
    medicines = service("records").section(citizen, site.patient, "medicines").facts
    assert medicines
    for fact in medicines:
        assert fact.resource["medicationCodeableConcept"]["text"] in " ".join(texts["vi"].split())
    told = [one for one in service("accesses").mine(citizen, Asked()) if one.what.endswith("/$download")]
    assert {one.detail for one in told} >= {"download pdf"}


def test_a_visit_is_read_with_what_belongs_to_it_and_taken_home(site, citizen):
    client = site.client("nguoidan")
    assert f'href="/healthbook/record/visit/{site.visit}"' in client.get("/healthbook/record/visits").content.decode()
    page = client.get(f"/healthbook/record/visit/{site.visit}").content.decode()
    found = service("records").visit(citizen, site.visit, ("diagnoses", "medicines", "tests"))
    told = [fact.resource for section in found.values() for fact in section.facts]
    assert told
    for one in told:
        code = one.get("code") or one.get("medicationCodeableConcept")
        assert html.escape(code.get("text") or code["coding"][0]["display"]) in page
    answer = client.get(f"/healthbook/record/visit/{site.visit}/pdf")
    assert answer["Content-Type"] == "application/pdf"
    printed = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages)
    name = service("records").banner(citizen, site.patient).name
    assert name in printed
    downloads = [one.what for one in service("accesses").mine(citizen, Asked()) if one.what.endswith("/$download")]
    assert f"Encounter/{site.visit}/$download" in downloads


def test_the_head_of_a_facility_who_only_signed_is_no_doctor_of_the_visit(site, citizen):
    visit = service("records").resource(citizen, "Encounter", site.visit)
    signers = {one["individual"]["display"] for one in visit["participant"] if "coding" not in one["type"][0]}
    assert signers
    page = site.client("nguoidan").get(f"/healthbook/record/visit/{site.visit}").content.decode()
    summary = page.partition("<dl")[2].partition("</dl>")[0]
    makers = {one.get("requester", {}).get("display") for one in _medicines(citizen, site.visit)}
    assert all(one not in summary for one in signers - makers)
    assert all(one in summary for one in makers if one)


def _medicines(citizen, visit):
    return [fact.resource for fact in service("records").visit(citizen, visit, ("medicines",))["medicines"].facts]


def test_another_persons_visit_or_result_does_not_exist(site, citizen):
    client, records = site.client("nguoidan"), service("records")
    with site.services.database.connection() as conn:
        rows = conn.execute(
            "SELECT patient FROM exchange.visit WHERE patient IS NOT NULL AND patient <> %s LIMIT 1", [site.patient]
        )
        other = rows.fetchone()[0]
    system = Principal("system", Role.SYSTEM)
    visit = records.section(system, other, "visits", 1).facts[0].resource["id"]
    result = records.section(system, other, "tests", 1).facts[0].resource["id"]
    paper = records.section(system, other, "documents", 1).facts[0].resource["id"]
    mine = (f"visit/{visit}", f"visit/{visit}/pdf", f"trend/{result}", f"document/{paper}")
    for path in (*mine, "visit/x", "trend/x", "document/x"):
        assert client.get(f"/healthbook/record/{path}").status_code == 404, path
    assert site.client("bacsi").get(f"/record/{site.patient}/trend/{result}").status_code == 404


def test_a_result_leads_to_the_earlier_ones_of_the_same_test(site, citizen):
    records = service("records")
    test = records.resource(citizen, "Observation", site.result)
    words = test["code"].get("text")
    known = [fact.resource for fact in records.section(citizen, site.patient, "tests", 500).facts]
    same = {one["id"] for one in known if one["code"].get("text") == words}
    found = {fact.resource["id"] for fact in records.series(citizen, site.patient, test).facts}
    assert same <= found
    page = site.client("nguoidan").get(f"/healthbook/record/trend/{site.result}").content.decode()
    assert page.count('<tr><th scope="row"') == len(same)


def in_vietnamese(site):
    client = site.client("nguoidan")
    client.post("/language", {"language": "vi"})
    return client


def papers(citizen, table):
    found = service("records").section(citizen, citizen.person, "documents", 100).facts
    return [fact for fact in found if fact.source.table == table]


def test_a_paper_is_read_with_the_day_on_which_to_come_again(site, citizen):
    client, records = in_vietnamese(site), service("records")
    days = {
        fact.source: fact.resource["requestedPeriod"][0]["start"]
        for fact in records.section(citizen, site.patient, "appointments", 100).facts
    }
    asked = papers(citizen, "XML14")
    assert asked
    for fact in asked:
        link = f"/healthbook/record/document/{fact.resource['id']}"
        assert f'href="{link}"' in client.get("/healthbook/record/documents").content.decode()
        page = client.get(link).content.decode()
        year, month, day = days[fact.source].split("-")
        assert re.search(rf"Ngày hẹn khám lại</h2>.*>{day}/{month}/{year}<", page)


def test_a_paper_without_words_says_so_and_a_note_is_read_without_its_markup(site, citizen):
    source, visit = {"source": "urn:yteso:bhyt:79901:mau#XML7/1"}, {"reference": f"Encounter/{site.visit}"}
    shared = {"meta": source, "subject": {"reference": f"Patient/{site.patient}"}, "type": {"text": "Giấy ra viện"}}
    note = {
        **shared,
        "resourceType": "Composition",
        "id": "giay-mau-loi",
        "status": "final",
        "encounter": visit,
        "date": "2026-11-20",
        "title": "Giấy ra viện",
        "section": [{"title": "Lời dặn", "text": {"div": "<div>Uống <b>đủ</b> nước &lt;mỗi ngày&gt;</div>"}}],
    }
    told = {**shared, "resourceType": "DocumentReference", "id": "giay-mau", "status": "current"}
    told |= {"content": [{"attachment": {"title": "x"}}], "context": {"encounter": [visit]}}
    bare = {**told, "id": "giay-mau-trong", "meta": {}}
    made, system = (note, told, bare), Principal("thu", Role.SYSTEM)
    with site.services.database.connection() as conn:
        site.services.store.write(conn, system, [Put(one) for one in made])
    client = in_vietnamese(site)
    try:
        page = client.get("/healthbook/record/document/giay-mau").content.decode()
        assert 'Lời dặn</h2><p class="lines">Uống đủ nước &lt;mỗi ngày&gt;</p>' in page
        assert "chưa gửi nội dung" in client.get("/healthbook/record/document/giay-mau-trong").content.decode()
    finally:
        with site.services.database.connection() as conn:
            site.services.store.write(conn, system, [Remove(one["resourceType"], one["id"]) for one in made])


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_accessible_and_fit(site, browser, address, citizen, looked, width):
    page = browser.new_context(
        base_url=address, viewport={"width": width, "height": 800}, java_script_enabled=False
    ).new_page()
    page.goto("/login")
    page.fill("#id_username", "nguoidan")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit], form button.btn--primary")
    page.wait_for_url(lambda url: "/login" not in url)
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 800}, storage_state=page.context.storage_state()
    )
    seen = context.new_page()
    paths = ["/healthbook/who?days=7", "/healthbook/record", "/healthbook/record/tests"]
    paths += [f"/healthbook/record/document/{one.resource['id']}" for one in papers(citizen, "XML14")[:1]]
    paths += [f"/healthbook/record/visit/{site.visit}", f"/healthbook/record/trend/{site.result}"]
    seen.goto(paths[0])
    paths.append(seen.locator("a[href*='/healthbook/who/']").first.get_attribute("href"))
    for path in paths:
        seen.goto(path)
        assert not (found := faults(seen)), found
        assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()
    page.context.close()
