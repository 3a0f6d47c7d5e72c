"""A guardian opens the child's book, an attorney the principal's; nobody else, and nothing after the end."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

import pytest
from django.core import signing
from pypdf import PdfReader
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.apps.healthbook import views
from yteso.base.clock import day_in_vietnam, system_clock
from yteso.base.ids import random_id
from yteso.client.accesses import Asked
from yteso.fhir import json as fhir_json
from yteso.store.protocol import Put
from yteso.store.relations import EVIDENCE, REPRESENTATIVE
from yteso.web.services import service

PASSWORD = "mat khau mau cho kiem thu"
SYSTEM = Principal("system", Role.SYSTEM)
TODAY = day_in_vietnam(system_clock())


def day(**ahead) -> str:
    return (TODAY + timedelta(**ahead)).isoformat()


def person(name: str, birth: str) -> dict:
    return {"resourceType": "Patient", "id": random_id(), "name": [{"text": name}], "birthDate": birth}


def representation(holder: str, patient: str, code: str, **period) -> dict:
    system = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
    return {
        "resourceType": "RelatedPerson",
        "id": random_id(),
        "patient": {"reference": f"Patient/{patient}"},
        "identifier": [{"system": REPRESENTATIVE, "value": holder}],
        "relationship": [{"coding": [{"system": system, "code": code}]}],
        "extension": [{"url": EVIDENCE, "valueString": "Giấy khai sinh số 12 Mẫu"}],
        "name": [{"text": "Người đại diện Mẫu"}],
        **({"period": period} if period else {}),
    }


class Cast:
    def __init__(self, site):
        self.site = site
        self.mother = person("Nguyễn Thị Mẹ Thử", "1988-01-02")
        self.child = person("Nguyễn Văn Con Thử", day(days=-365 * 8))
        self.grown = person("Nguyễn Văn Lớn Thử", day(days=-365 * 20))
        self.elder = person("Nguyễn Văn Già Thử", "1940-05-06")
        self.former = person("Nguyễn Thị Cũ Thử", "1950-05-06")
        self.stranger = person("Trần Văn Lạ Thử", "1990-05-06")
        me = self.mother["id"]
        self.of_child = representation(me, self.child["id"], "MTH")
        self.of_grown = representation(me, self.grown["id"], "MTH")
        self.of_elder = representation(me, self.elder["id"], "POWATT", start=day(days=-9), end=day(days=30))
        self.of_former = representation(me, self.former["id"], "POWATT", start=day(days=-90), end=day(days=-2))
        result = {
            "resourceType": "Observation",
            "id": random_id(),
            "status": "final",
            "code": {"text": "Xét nghiệm của con Thử"},
            "subject": {"reference": f"Patient/{self.child['id']}"},
            "effectiveDateTime": day(days=-3),
            "valueString": "Âm tính",
        }
        people = (self.mother, self.child, self.grown, self.elder, self.former, self.stranger)
        kin = (self.of_child, self.of_grown, self.of_elder, self.of_former)
        self.write(*people, *kin, result)

    def write(self, *resources):
        with self.site.services.database.connection() as conn:
            self.site.services.store.write(conn, SYSTEM, [Put(one) for one in resources])

    def read(self, type, id):
        with self.site.services.database.connection() as conn:
            return fhir_json.loads(self.site.services.store.read(conn, SYSTEM, EVERYTHING, type, id).body)


@pytest.fixture(scope="module")
def cast(site):
    from yteso.web.accounts import people

    cast = Cast(site)
    for name, one in (("me", cast.mother), ("ongia", cast.elder), ("nguoila", cast.stranger), ("contre", cast.child)):
        people.create_user(name, PASSWORD, Role.CITIZEN, display_name=f"{name} Mẫu", person=one["id"], demo=True)
    return cast


def principal(one) -> Principal:
    return Principal("x", Role.CITIZEN, person=one["id"])


def test_whom_one_represents_is_what_the_rights_reach_now(cast):
    found = service("representations").by_me(principal(cast.mother))
    assert {one.person.id for one in found} == {cast.child["id"], cast.elder["id"]}
    by = {one.person.id: one.by for one in found}
    assert by[cast.child["id"]].evidence == "Giấy khai sinh số 12 Mẫu"
    assert by[cast.child["id"]].until == f"{int(cast.child['birthDate'][:4]) + 18}{cast.child['birthDate'][4:]}"
    assert by[cast.elder["id"]].until == day(days=30)
    assert (by[cast.child["id"]].may_end, by[cast.elder["id"]].may_end) == (False, True)
    assert service("representations").by_me(principal(cast.stranger)) == ()
    assert service("representations").by_me(Principal("bs", Role.DOCTOR, "79001")) == ()


def test_who_represents_me_is_told_with_evidence_and_end(cast):
    (one,) = service("representations").of_me(principal(cast.elder))
    assert (one.name, one.relationship, one.in_force, one.until) == (
        "Người đại diện Mẫu",
        "POWATT",
        True,
        day(days=30),
    )
    (past,) = service("representations").of_me(principal(cast.former))
    assert not past.in_force
    page = cast.site.client("ongia").get("/healthbook/representatives").content.decode()
    assert "Giấy khai sinh số 12 Mẫu" in page


def test_a_guardian_opens_the_childs_book_in_every_form_and_the_page_says_whose_it_is(cast):
    client, of = cast.site.client("me"), f"?of={cast.child['id']}"
    start = client.get("/healthbook/record").content.decode()
    assert f'href="/healthbook/record{of}"' in start
    page = client.get(f"/healthbook/record{of}").content.decode()
    assert "Xét nghiệm của con Thử" in page
    assert "Nguyễn Văn Con Thử" in page
    assert "Xét nghiệm của con Thử" in client.get(f"/healthbook/record/tests{of}").content.decode()
    bundle = fhir_json.loads(client.get(f"/healthbook/record/download{of}").content)
    assert bundle["entry"][0]["resource"]["id"] == cast.child["id"]
    printed = PdfReader(io.BytesIO(client.get(f"/healthbook/record/pdf{of}").content))
    found = "\n".join(one.extract_text() for one in printed.pages)
    assert "Nguyễn Văn Con Thử" in found
    assert "Xét nghiệm của con Thử – Âm tính" in found
    assert client.get(f"/healthbook/who{of}&days=7&own=1").status_code == 200


def test_what_a_guardian_does_is_seen_in_the_childs_own_list(cast):
    cast.site.client("me").get(f"/healthbook/record/pdf?of={cast.child['id']}")
    found = service("accesses").mine(principal(cast.child), Asked())
    taken = next(one for one in found if one.what.endswith("/$download"))
    assert (taken.who, taken.behalf, taken.detail) == ("me", cast.mother["id"], "download pdf")
    page = cast.site.client("contre").get("/healthbook/who?days=7").content.decode()
    assert "Tải về" in page
    assert "Người đại diện của bạn" in page


@pytest.mark.parametrize("whose", ["grown", "former", "stranger"])
def test_nothing_of_a_grown_child_an_ended_representation_or_a_stranger(cast, whose):
    client, of = cast.site.client("me"), getattr(cast, whose)["id"]
    visit, result = cast.site.visit, cast.site.result
    paths = (
        "record",
        "record/tests",
        "record/pdf",
        "record/download",
        "who",
        f"record/visit/{visit}",
        f"record/trend/{result}",
    )
    for path in paths:
        assert client.get(f"/healthbook/{path}?of={of}").status_code == 404, path
    for of in ("nobody", "../x", "%00"):
        assert client.get(f"/healthbook/record?of={of}").status_code in (400, 404)


def test_an_ended_representation_gives_nothing_at_once_and_stays_in_sight_as_ended(cast):
    uncle = person("Nguyễn Văn Chú Thử", "1970-05-06")
    kin = representation(cast.mother["id"], uncle["id"], "HPOWATT", end=day(days=3))
    cast.write(uncle, kin)
    book = service("representations")
    assert uncle["id"] in {one.person.id for one in book.by_me(principal(cast.mother))}
    assert not book.end(principal(cast.stranger), kin["id"])
    assert book.end(principal(uncle), kin["id"])
    assert uncle["id"] not in {one.person.id for one in book.by_me(principal(cast.mother))}
    assert cast.site.client("me").get(f"/healthbook/record?of={uncle['id']}").status_code == 404
    (past,) = book.of_me(principal(uncle))
    assert (past.in_force, past.may_end) == (False, False)
    assert not book.end(principal(uncle), kin["id"])
    assert cast.read("RelatedPerson", kin["id"])["active"] is False


def test_a_representation_by_law_is_not_ended_by_a_click(cast):
    client = cast.site.client("me")
    client.post(f"/healthbook/representatives/{cast.of_child['id']}/end")
    assert not service("representations").end(principal(cast.child), cast.of_child["id"])
    assert "active" not in cast.read("RelatedPerson", cast.of_child["id"])


def test_the_representative_lays_it_down_on_the_page(cast):
    aunt = person("Nguyễn Thị Cô Thử", "1960-05-06")
    kin = representation(cast.mother["id"], aunt["id"], "POWATT", end=day(days=3))
    cast.write(aunt, kin)
    client = cast.site.client("me")
    assert kin["id"] in client.get("/healthbook/representatives").content.decode()
    assert client.post(f"/healthbook/representatives/{kin['id']}/end").url == "/healthbook/representatives"
    ended = datetime.fromisoformat(cast.read("RelatedPerson", kin["id"])["period"]["end"])
    assert timedelta() <= system_clock() - ended < timedelta(minutes=5)


CODE = "/healthbook/representatives/code"


def named(cast, holder: str, by: str, **form):
    """What the page answers when `by` names the one whose code it is."""
    shown = cast.site.client(holder).post(CODE).content.decode()
    address = re.search(r"/healthbook/representatives/name\?code=[^<\s]+", shown)[0]
    client = cast.site.client(by)
    assert client.get(address).status_code == 200
    return client.post(address, {"relationship": "HPOWATT", "until": day(days=60), **form})


def test_an_adult_names_a_representative_by_that_persons_code_and_takes_it_back(cast):
    book, of = service("representations"), f"?of={cast.elder['id']}"
    assert cast.site.client("nguoila").get(f"/healthbook/record{of}").status_code == 404
    assert named(cast, "nguoila", "ongia").status_code == 302
    assert cast.site.client("nguoila").get(f"/healthbook/record{of}").status_code == 200
    one = next(one for one in book.of_me(principal(cast.elder)) if one.holder == cast.stranger["id"])
    assert (one.name, one.relationship, one.until) == ("Trần Văn Lạ Thử", "HPOWATT", day(days=60))
    assert one.evidence.startswith("Chính người được đại diện cử (tài khoản ongia")
    again = named(cast, "nguoila", "ongia")
    assert again.status_code == 422
    assert "REPR-0005" in again.content.decode()
    assert cast.site.client("ongia").post(f"/healthbook/representatives/{one.id}/end").status_code == 302
    assert cast.site.client("nguoila").get(f"/healthbook/record{of}").status_code == 404


@pytest.mark.parametrize(
    ("by", "form", "number"),
    [
        ("ongia", {"until": day()}, "REPR-0003"),
        ("ongia", {"until": day(days=366 * 4)}, "REPR-0003"),
        ("ongia", {"until": "9999-99-99"}, "REPR-0003"),
        ("ongia", {"relationship": "GUARD"}, "REPR-0004"),
        ("nguoila", {}, "REPR-0002"),
        ("contre", {}, "REPR-0001"),
    ],
)
def test_what_nobody_can_give_by_themselves_is_refused_with_its_reason(cast, by, form, number):
    answer = named(cast, "nguoila", by, **form)
    assert answer.status_code == 422
    assert number in answer.content.decode()
    assert service("representations").by_me(principal(cast.stranger)) == ()


def test_a_code_that_is_old_changed_or_for_something_else_does_not_exist(cast, monkeypatch):
    client = cast.site.client("ongia")
    good = signing.dumps([cast.stranger["id"], "Lạ Thử"], salt=views._CODE)
    for code in ("", "x", good[:-1], signing.dumps([cast.stranger["id"], "x"], salt="khác")):
        assert client.get("/healthbook/representatives/name", {"code": code}).status_code == 404, code
    assert client.get("/healthbook/representatives/name", {"code": good}).status_code == 200
    monkeypatch.setattr(views, "_CODE_LIVES", -1)
    assert client.get("/healthbook/representatives/name", {"code": good}).status_code == 404


def test_a_child_is_nobodys_representative(cast):
    answer = cast.site.client("contre").post(CODE)
    assert answer.status_code == 302


def visited(cast):
    """The child was at the facility of the doctor, who looked."""
    visit = {
        "resourceType": "Encounter",
        "id": random_id(),
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{cast.child['id']}"},
        "meta": {"source": f"urn:yteso:bhyt:{cast.site.facility}:X"},
    }
    cast.write(visit)
    assert cast.site.client("bacsi").get(f"/record/{cast.child['id']}").status_code == 200


def test_a_parent_closes_the_childs_record_to_a_facility_and_takes_it_back(cast):
    visited(cast)
    parent, doctor, of = cast.site.client("me"), cast.site.client("bacsi"), f"?of={cast.child['id']}"
    page = parent.get(f"/consent/{of}").content.decode()
    assert "Nguyễn Văn Con Thử" in page
    assert 'value="SDV"' not in page
    assert 'value="HIV"' in page
    closed = parent.post(f"/consent/choose{of}", {"choice": "deny", "facility": cast.site.facility}, follow=True)
    assert closed.request["QUERY_STRING"] == of[1:]
    assert doctor.get(f"/record/{cast.child['id']}").status_code == 404
    page = closed.content.decode()
    assert "do người đại diện chọn" in page
    (choice,) = re.findall(r"/consent/([0-9a-f-]{36})/withdraw", page)
    assert cast.site.client("contre").get("/consent/").content.decode().count(choice) == 1
    parent.post(f"/consent/{choice}/withdraw{of}")
    assert doctor.get(f"/record/{cast.child['id']}").status_code == 200
    refused = parent.post(
        f"/consent/choose{of}", {"choice": "permit", "facility": cast.site.facility, "label": "SDV"}, follow=True
    )
    assert "REPR-0007" in refused.content.decode()


def test_a_parent_draws_the_childs_code_and_questions_who_looked(cast):
    visited(cast)
    parent, of = cast.site.client("me"), f"?of={cast.child['id']}"
    shown = parent.post(f"/consent/code{of}").content.decode()
    (code,) = re.findall(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", shown)
    opened = cast.site.client("dieuduong").post("/consent/open/code", {"code": code}, follow=True)
    assert opened.request["PATH_INFO"] == f"/record/{cast.child['id']}"
    page = parent.get(f"/healthbook/who{of}").content.decode()
    question = re.search(r'href="(/healthbook/who/[^"]+)"', page)[1]
    answer = parent.post(question, {"question": "Vì sao bác sĩ xem hồ sơ của con tôi?"}, follow=True)
    assert answer.request["QUERY_STRING"] == of[1:]
    (asked,) = service("accesses").my_cases(principal(cast.child))
    assert asked.question == "Vì sao bác sĩ xem hồ sơ của con tôi?"
    service("accesses").answer(Principal("x", Role.DATA_OFFICER), asked.id, "Đã kiểm tra, đúng việc khám.")


def test_a_parent_asks_about_the_childs_data(cast):
    parent, of = cast.site.client("me"), f"?of={cast.child['id']}"
    asked = {"kind": "correction", "words": "Ngày sinh của con tôi bị sai"}
    page = parent.post(f"/privacy/requests/mine{of}", asked, follow=True)
    assert page.request["QUERY_STRING"] == of[1:]
    assert "Nguyễn Văn Con Thử" in page.content.decode()
    assert asked["words"] in cast.site.client("contre").get("/privacy/requests/mine").content.decode()
    assert asked["words"] not in parent.get("/privacy/requests/mine").content.decode()
    with cast.site.services.database.connection() as conn:
        conn.execute("DELETE FROM store.subject_request")


def test_from_sixteen_on_the_child_alone_decides_and_sees_who_looked(cast):
    teen = person("Nguyễn Thị Tuổi Thử", f"{int(day()[:4]) - 16}-01-01")
    cast.write(teen, representation(cast.mother["id"], teen["id"], "MTH"))
    client, of = cast.site.client("me"), f"?of={teen['id']}"
    page = client.get(f"/healthbook/record{of}").content.decode()
    assert f"/consent/{of}" not in page
    for path in ("/healthbook/who", "/consent/", "/privacy/requests/mine"):
        answer = client.get(path + of)
        assert answer.status_code == 403
        assert "REPR-0006" in answer.content.decode()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_accessible_and_fit(cast, browser, address, width):
    view = {"width": width, "height": 800}
    page = browser.new_context(base_url=address, viewport=view).new_page()
    page.goto("/login")
    page.fill("#id_username", "me")
    page.fill("#id_password", PASSWORD)
    page.click("form button.btn--primary")
    page.wait_for_url(lambda url: "/login" not in url)
    of = f"?of={cast.child['id']}"
    for path in ("record", f"record{of}", f"record/tests{of}", f"../consent/{of}", "representatives", CODE):
        if path == CODE:
            page.click("form[action$='/code'] button")
            page.locator("svg.qr").wait_for()
        else:
            page.goto(f"/healthbook/{path}")
        assert not (found := faults(page)), found
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.context.close()
