"""Budgets on the pages: an account near its own is on the desk, one beyond it reads a calm 429, a grant lets it on."""

from __future__ import annotations

import re

import pytest
from psycopg.sql import SQL, Identifier
from tests.accessibility import faults

from yteso.access.budget import budgets as budgets_of
from yteso.access.principal import Role
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import budgets

PASSWORD = "mat khau mau cho kiem thu"
REASON = "Rà soát hồ sơ theo lịch của cơ sở"


@pytest.fixture
def tight(site):
    """Staff may see one person an hour; the only such hour is this test's."""
    _forget(site)
    with site.services.database.connection() as conn:
        budgets.configure(conn, budgets_of([("staff", 1)]))
    yield site
    with site.services.database.connection() as conn:
        conn.execute("DELETE FROM store.budget")
    _forget(site)


def _forget(site):
    with site.services.database.connection() as conn:
        for table in ("seen", "spent", "budget_grant"):
            conn.execute(SQL("DELETE FROM store.{}").format(Identifier(table)))


def look_around(site, client):
    """Open one record after the other, until one is refused for the budget; the last answer."""
    with site.services.database.connection() as conn:
        patients = "SELECT id FROM store.resource WHERE type = %s LIMIT 60"
        people = conn.execute(patients, [TYPE_NUMBER["Patient"]]).fetchall()
    for (person,) in people:
        answer = client.get(f"/record/{person}")
        if answer.status_code == 429:
            break
    return answer


def test_a_stopped_account_reads_why_and_goes_on_when_more_is_granted(tight):
    staff, officer = tight.client("nhanvien"), tight.client("baovedulieu")
    stopped = look_around(tight, staff)
    assert stopped.status_code == 429
    assert "EGR-0001" in stopped.content.decode()
    assert 0 < int(stopped.headers["Retry-After"]) <= 3601
    desk = officer.get("/privacy/budgets").content.decode()
    assert 'nhanvien Mẫu<span class="table__sub">nhanvien</span>' in desk
    assert "Bị chặn 1 lần" in desk
    form = {"account": "nhanvien", "people": "500", "hours": "1", "reason": REASON}
    granted = officer.post("/privacy/budgets/grant", form, follow=True).content.decode()
    assert f"{REASON} · baovedulieu Mẫu" in granted
    assert look_around(tight, staff).status_code in (200, 404)


def test_a_grant_to_nobody_is_refused(tight):
    form = {"account": "nhanvine", "people": "500", "hours": "1", "reason": REASON}
    page = tight.client("baovedulieu").post("/privacy/budgets/grant", form, follow=True)
    assert "DPO-0102" in page.content.decode()


def test_a_grant_without_reason_or_number_is_refused_by_its_number(tight):
    officer = tight.client("baovedulieu")
    for form, code in (({"people": "x", "reason": REASON}, "DPO-0101"), ({"people": "5", "reason": "a"}, "DPO-0002")):
        page = officer.post("/privacy/budgets/grant", {"account": "nhanvien", "hours": "1", **form}, follow=True)
        assert code in page.content.decode()
    with tight.services.database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM store.budget_grant").fetchone() == (0,)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_budgets_are_accessible_and_fit(tight, browser, address, width):
    look_around(tight, tight.client("nhanvien"))
    page = browser.new_context(base_url=address, viewport={"width": width, "height": 800}).new_page()
    page.goto("/login")
    page.fill("#id_username", "baovedulieu")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/privacy/budgets?for=nhanvien")
    page.get_by_label("Số người một giờ").fill("50")
    page.get_by_label("Trong bao nhiêu giờ").fill("2")
    page.get_by_label("Lý do").fill(REASON)
    with page.expect_navigation():
        page.locator("main form button", has_text="Cho thêm").click()
    assert REASON in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not (found := faults(page)), found


@pytest.fixture
def newcomer(tight):
    """Staff of this test alone: whom the others saw in this hour is counted once."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    people.create_user("nhanvien.dem", PASSWORD, Role.STAFF, facility=tight.facility, demo=True)
    with tight.services.database.connection() as conn:
        budgets.configure(conn, budgets_of([("staff", 3)]))
    yield "nhanvien.dem"
    User.objects.filter(username="nhanvien.dem").delete()


def test_how_many_an_account_saw_leads_to_when_it_saw_them_and_names_nobody(tight, newcomer):
    stopped = look_around(tight, tight.client(newcomer))
    assert stopped.status_code == 429
    officer = tight.client("baovedulieu")
    desk = officer.get("/privacy/budgets").content.decode()
    there = re.search(rf'href="(/privacy/budgets/seen\?for={newcomer}&amp;hour=[^"]+)"[^>]*>(\d) ?/3 ', desk)
    page = officer.get(there[1].replace("&amp;", "&")).content.decode()
    assert re.search(rf">{there[2]} (người|people), ", page)
    assert len(re.findall(r'<th scope="row">', page)) == int(there[2])
    with tight.services.database.connection() as conn:
        text = "SELECT id FROM store.resource WHERE type = %s"
        people = [person for (person,) in conn.execute(text, [TYPE_NUMBER["Patient"]])]
    assert not any(person in page for person in people)
    case = re.search(r'href="(/privacy/breaches[^"#]+)#new"', page)[1].replace("&amp;", "&")
    form = officer.get(case).content.decode()
    assert f'name="account" type="text" value="{newcomer}"' in form
    assert re.search(r'name="since" type="datetime-local" value="\d{4}-\d\d-\d\dT\d\d:00"', form)


def test_an_hour_that_is_none_is_not_found(site):
    officer = site.client("baovedulieu")
    for query in ("", "?for=nhanvien", "?for=nhanvien&hour=hom-qua", "?hour=2026-11-26T08:00"):
        assert officer.get(f"/privacy/budgets/seen{query}").status_code == 404
