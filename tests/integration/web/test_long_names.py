"""Names as long and as odd as they come: no page of the desk, of accounts or of a citizen is wider than the screen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.integration.web.test_browser import PASSWORD, signed_in

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import VIETNAM
from yteso.client.breaches import Suspicion
from yteso.web.services import service

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAMES = {
    "dai": "Công Tằng Tôn Nữ Nguyễn Phước Thị Hoàng Thùy Trang Thanh Mẫu",
    "lien": "Mẫu" + "x" * 117,
    "nguoc": "\u202eMẫu \u200f\u2067Thử",
    "hinh": "Mẫu 👩🏽‍⚕️🏥" * 6,
    "rong": "M\u200bẫ\u200du\ufeff Th\u2060ử",
}
OFFICER = Principal("baovedulieu", Role.DATA_OFFICER)


@pytest.fixture
def cast(site):
    """Doctors of those names, who looked at a record whose person has such a name too; cases about them."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    for at, name in NAMES.items():
        people.create_user(f"ten.{at}", PASSWORD, Role.DOCTOR, display_name=name, facility=site.facility, demo=True)
        with site.services.database.connection() as conn:
            doctor = Principal(f"ten.{at}", Role.DOCTOR, site.facility)
            site.services.store.read(conn, doctor, EVERYTHING, "Patient", site.patient)
    people.create_user("ten.dan", PASSWORD, Role.CITIZEN, display_name=NAMES["lien"], person=site.patient, demo=True)
    now = datetime.now(VIETNAM)
    for at, name in NAMES.items():
        suspicion = Suspicion(f"ten.{at}", "", now - timedelta(1), now)
        service("breaches").open(OFFICER, f"{name} {'y' * 200}", now - timedelta(hours=1), suspicion)
    yield site
    with site.services.database.connection() as conn:
        conn.execute("DELETE FROM store.breach WHERE account LIKE 'ten.%'")
    User.objects.filter(username__startswith="ten.").delete()


WALK = {
    "baovedulieu": ("/privacy/breaches", "/privacy/budgets/seen?for=ten.lien&hour=2026-11-26T08:00"),
    "quantri": ("/accounts/", "/accounts/ten.lien", "/accounts/ten.nguoc"),
    "ten.dan": ("/healthbook/record", "/healthbook/who", "/consent/", "/account"),
    "ten.lien": ("/record/", "/account", "/consent/open"),
}


@pytest.mark.parametrize("width", [360, 1280])
def test_no_name_makes_a_page_wider_than_the_screen(cast, browser, address, width):
    wide = {}
    for username, places in WALK.items():
        context, page = signed_in(browser, address, username, viewport={"width": width, "height": 800})
        for place in places:
            page.goto(place)
            note(page, wide)
            case = page.locator("main a[href*='/privacy/breaches/']")
            if case.count():
                case.first.click()
                page.wait_for_url("**/privacy/breaches/*-*")
                note(page, wide)
        context.close()
    assert not wide


def note(page, wide) -> None:
    extent = page.evaluate("document.documentElement.scrollWidth")
    if extent > page.viewport_size["width"]:
        wide[page.url] = extent
