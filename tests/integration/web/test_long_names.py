"""Names as long and as odd as they come: no page of the desk, of accounts or of a citizen is wider than the screen,
and none of them turns more of its line than itself."""

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
        people.create_user(f"ten.{at}", PASSWORD, Role.DOCTOR, facility=site.facility, demo=True)
        User.objects.filter(username=f"ten.{at}").update(display_name=name)  # as a provider of log-ins may tell it
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


LOOSE = """() => {
  const loose = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement.closest("textarea") || !node.data.includes("\u202e")) continue;
    let depth = 0, last = null;
    for (let at = 0; at < node.length; at += 1) {
      const sign = node.data[at], range = document.createRange();
      if (sign === "\u2069") depth -= 1;
      if (sign === "\u2066" || sign === "\u2067" || sign === "\u2068") depth += 1;
      range.setStart(node, at); range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      if (depth || !box.width) continue;
      if (last && Math.abs(box.top - last.top) < 2 && box.left < last.left) loose.push(node.data);
      last = box;
    }
    if (depth) loose.push(node.data);
  }
  return loose;
}"""


def test_a_name_that_turns_its_line_turns_only_itself(cast, browser, address):
    found, seen = [], 0
    for username, places in WALK.items():
        context, page = signed_in(browser, address, username)
        for place in places:
            page.goto(place)
            seen += "\u202e" in page.locator("body").inner_text()
            found += page.evaluate(LOOSE)
        context.close()
    assert seen >= 3
    assert found == []
    context, page = signed_in(browser, address, "quantri")
    page.goto("/accounts/ten.nguoc")
    assert page.locator("#id_display_name").input_value() == NAMES["nguoc"]
    context.close()
