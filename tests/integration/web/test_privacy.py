"""The data officer's desk: a question about an access comes in with its clock, is answered once, reaches the person."""

from __future__ import annotations

import re

import pytest
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.client.accesses import Asked
from yteso.web.services import service

PASSWORD = "mat khau mau cho kiem thu"
QUESTION = "Tôi không khám ở cơ sở này, vì sao lại xem?"
ANSWER = "Đã kiểm tra: người xem chuẩn bị lượt khám của bạn."


@pytest.fixture(scope="module")
def cast(site):
    from yteso.web.accounts import people

    people.create_user("baovedulieu", PASSWORD, Role.DATA_OFFICER, display_name="baovedulieu Mẫu", demo=True)
    people.create_user("nguoihoi", PASSWORD, Role.CITIZEN, display_name="Người hỏi Mẫu", person=site.patient, demo=True)
    return site


@pytest.fixture
def asked(cast):
    """A doctor looked, the person asks about it. Gives back the id of the audit row."""
    doctor, person = (
        Principal("bs-xem", Role.DOCTOR, cast.facility),
        Principal("nguoihoi", Role.CITIZEN, person=cast.patient),
    )
    with cast.services.database.connection() as conn:
        cast.services.store.read(conn, doctor, EVERYTHING, "Patient", cast.patient)
    accesses = service("accesses")
    row = next(one for one in accesses.mine(person, Asked(count=20)) if one.who == "bs-xem")
    assert accesses.question(person, row.id, QUESTION)
    yield row.id
    with cast.services.database.connection() as conn:
        conn.execute("DELETE FROM store.questioned")


def address_of(page):
    return re.search(r'action="(/privacy/[^"]+/answer)"', page)[1]


def test_a_question_shows_the_access_and_its_clock_and_is_answered_once(cast, asked):
    officer = cast.client("baovedulieu")
    page = officer.get("/privacy/").content.decode()
    for told in (QUESTION, "bs-xem", asked, service("accesses").facilities()[cast.facility]):
        assert told in page
    assert cast.patient not in page
    address = address_of(page)
    short = officer.post(address, {"answer": "Ngắn"})
    assert short.status_code == 400
    assert "Ngắn</textarea>" in short.content.decode()
    assert ANSWER not in officer.get("/privacy/?answered=1").content.decode()
    done = officer.post(address, {"answer": ANSWER}, follow=True).content.decode()
    assert QUESTION not in done
    assert ANSWER in officer.get("/privacy/?answered=1").content.decode()
    assert ANSWER in cast.client("nguoihoi").get("/healthbook/who?days=7").content.decode()
    again = officer.post(address, {"answer": "Trả lời một lần nữa cho chắc."}, follow=True)
    assert again.status_code == 200
    assert "Trả lời một lần nữa" not in cast.client("nguoihoi").get("/healthbook/who?days=7").content.decode()


def test_an_answer_is_text_and_nothing_else(cast, asked):
    officer = cast.client("baovedulieu")
    officer.post(address_of(officer.get("/privacy/").content.decode()), {"answer": "<script>alert(1)</script> xong"})
    page = cast.client("nguoihoi").get("/healthbook/who?days=7").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("name", ["nguoihoi", "bacsi", "quantri"])
def test_nobody_else_opens_the_desk_or_answers(cast, asked, name):
    client = cast.client(name)
    address = address_of(cast.client("baovedulieu").get("/privacy/").content.decode())
    assert client.get("/privacy/").status_code == 403
    assert client.post(address, {"answer": ANSWER}).status_code == 403


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_desk_is_accessible_and_fits(cast, asked, browser, address, width):
    page = browser.new_context(base_url=address, viewport={"width": width, "height": 800}).new_page()
    page.goto("/login")
    page.fill("#id_username", "baovedulieu")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/privacy/")
    assert QUESTION in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not (found := faults(page)), found
    page.get_by_label("Trả lời cho người hỏi").fill(ANSWER)
    with page.expect_navigation():
        page.get_by_role("button", name="Gửi trả lời").click()
    assert QUESTION not in page.locator("main").inner_text()
