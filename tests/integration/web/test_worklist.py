"""The first pages of laboratory, pharmacy and cash desk, nurse and facility administrator: their work, and no more."""

from __future__ import annotations

import re

import pytest
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.apps.worklist import words
from yteso.base.errors import Refused
from yteso.fhir import json as fhir_json
from yteso.store import audit
from yteso.web.services import service

PASSWORD = "mat khau mau cho kiem thu"
WORKERS = {
    "xetnghiem": (Role.LAB, "ServiceRequest"),
    "duocsi": (Role.PHARMACIST, "MedicationRequest"),
    "thungan": (Role.CASHIER, "ChargeItem"),
}
STARTS = {
    "xetnghiem": "/worklist/",
    "duocsi": "/worklist/",
    "thungan": "/worklist/",
    "dieuduong": "/record/",
    "quantricoso": "/accounts/",
}


@pytest.fixture(scope="module")
def day(site) -> str:
    """A day with a visit at the facility."""
    with site.services.database.connection() as conn:
        found = site.services.store.read(conn, Principal("m", Role.SYSTEM), EVERYTHING, "Encounter", site.visit)
    return fhir_json.loads(found.body)["period"]["start"][:10]


def visits(site, role: Role, day: str):
    """All of a day, page after page."""
    who, cursor, found = Principal("x", role, site.facility), "", []
    while True:
        page = service("worklists").day(who, day, cursor)
        found += page.visits
        cursor = page.next
        if not cursor:
            return found


@pytest.mark.parametrize("username", STARTS)
def test_each_role_lands_on_a_page_with_work(site, username):
    client = site.client(username)
    assert client.get("/").url == STARTS[username]
    assert client.get(STARTS[username]).status_code == 200


@pytest.mark.parametrize("username", WORKERS)
def test_the_day_shows_the_orders_of_the_own_facilitys_visits(site, day, username):
    role, kind = WORKERS[username]
    found = visits(site, role, day)
    page = site.client(username).get(f"/worklist/?day={day}").content.decode()
    for visit in found:
        assert visit.fact.source.facility == site.facility
        assert {one.fact.resource["resourceType"] for one in visit.orders} == {kind}
        assert visit.person.name in page
    assert "Tính đến" in page
    assert "/record/" not in page


def test_what_is_done_is_told_from_what_waits(site, day):
    medicines = [one for visit in visits(site, Role.PHARMACIST, day) for one in visit.orders]
    assert medicines
    for one in medicines:
        request = f"MedicationRequest/{one.fact.resource['id']}"
        assert one.answer is None or one.answer["authorizingPrescription"] == [{"reference": request}]
    assert any(one.answer for one in medicines)
    assert all(visit.claims for visit in visits(site, Role.CASHIER, day))


def test_the_lines_of_a_bill_come_to_the_bill(site, day):
    """Each line shows what it comes to, not the price of one piece."""
    for visit in visits(site, Role.CASHIER, day):
        told = words.told(visit)
        lines = sum(int(re.sub(r"\D", "", one.value)) for one in told.lines if one.value)
        assert abs(lines - int(re.sub(r"\D", "", told.sum))) <= len(told.lines)


def test_another_facilitys_visits_are_not_in_the_list(site, day):
    stranger = Principal("x", Role.LAB, "00000")
    assert service("worklists").day(stranger, day).visits == ()


def test_no_day_is_today_and_an_empty_day_says_so(site):
    client = site.client("xetnghiem")
    for asked in ("", "x", "0001-01-01", "2026-13-40", "9999-99-99"):
        assert client.get("/worklist/", {"day": asked}).status_code == 200, asked
    assert "Chưa có chỉ định nào" in client.get("/worklist/?day=2001-01-01").content.decode()


def test_a_cash_desk_reads_no_finding_and_each_look_is_in_the_audit(site, day):
    page = site.client("thungan").get(f"/worklist/?day={day}").content.decode()
    assert not re.search(r"ICD|Chẩn đoán", page)
    with site.services.database.connection() as conn:
        rows = [one for one in audit.find(conn, audit.Asked(who="thungan")) if one.outcome is None]
    assert {one.what.partition("?")[0] for one in rows} >= {"Encounter", "ChargeItem", "Claim", "Patient"}
    assert not {one.what.partition("?")[0] for one in rows} & {"Condition", "Observation", "DiagnosticReport"}


def test_other_roles_have_no_such_work(site, day):
    for role in (Role.OPERATOR, Role.ADMINISTRATOR, Role.CITIZEN):
        with pytest.raises(Refused):
            service("worklists").day(Principal("x", role, site.facility), day)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("username", WORKERS)
def test_the_page_is_accessible_and_fits(site, browser, address, day, username, width):
    page = browser.new_context(base_url=address, viewport={"width": width, "height": 800}).new_page()
    page.goto("/login")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("form button.btn--primary")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"/worklist/?day={day}")
    assert not (found := faults(page)), found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
