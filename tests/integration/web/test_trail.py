"""What happens to accounts stands in the audit chain: who came in, who failed, who was not shown a page."""

from __future__ import annotations

import logging
import re

import pytest
from tests.integration.web.conftest import PASSWORD, ROLES

from yteso.access.principal import Role
from yteso.store.audit import Asked, find
from yteso.store.trail import FREE
from yteso.store.verify import verify_chains

USER = "vet.nguoi"


@pytest.fixture(scope="module")
def person(site):
    from yteso.web.accounts import people

    people.create_user(USER, PASSWORD, Role.DOCTOR, facility=site.facility, demo=True)
    return USER


@pytest.fixture
def rows(site):
    """Rows of the chain since the test began, newest first, about accounts or by somebody."""
    with site.services.database.connection() as conn:
        began = conn.execute("SELECT clock_timestamp()").fetchone()[0]

    def read(who: str = "", act: str = ""):
        with site.services.database.connection() as conn:
            found = find(conn, Asked(who=who, since=began, count=1000))
        return [row for row in found if row.what.startswith(f"{act}:")]

    return read


@pytest.fixture(autouse=True)
def few_tries(site):
    """Every test is a new hour: tries of the one before count no more."""
    with site.services.database.connection() as conn:
        conn.execute("DELETE FROM store.attempt")
        conn.execute("DELETE FROM web.accounts_throttle")


def test_a_log_in_and_a_log_out_are_rows_of_the_chain(site, person, rows):
    client = site.client(person)
    client.post("/logout")
    login, logout = rows(person, "login")[0], rows(person, "logout")[0]
    assert (login.what, login.role, login.outcome) == (f"login:{person}", "doctor", None)
    assert login.detail == "from=127.0.0.1 password"
    assert logout.what == f"logout:{person}"


def test_without_its_row_there_is_no_log_in(site, person, monkeypatch):
    from yteso.web.accounts import trail

    def fail(*_, **__):
        raise RuntimeError("no audit")

    client = site.client()
    client.raise_request_exception = False
    monkeypatch.setattr(trail.trail, "note", fail)
    assert client.post("/login", {"username": person, "password": PASSWORD}).status_code == 500
    monkeypatch.undo()
    assert client.get("/record/").status_code == 302


def test_a_failed_log_in_names_the_account_and_never_what_was_typed(site, person, rows):
    client = site.client()
    client.post("/login", {"username": person, "password": "khong phai mat khau"})
    client.post("/login", {"username": "con meo nam tren mai nha", "password": "x"})
    known = rows(person, "login")[0]
    assert (known.outcome, known.detail) == ("4", "from=127.0.0.1 password")
    unknown = next(row for row in rows(act="login") if row.who.startswith("unknown-"))
    assert unknown.role == ""
    assert all("meo" not in f"{row.who} {row.what} {row.detail}" for row in rows(act="login"))


def test_a_flood_of_failed_log_ins_adds_few_rows_and_counts_them(site, rows, monkeypatch):
    from yteso.web.accounts.views import entrance

    # Only a slow hash would limit this test's speed; what is judged is the same.
    monkeypatch.setattr(entrance, "authenticate", lambda *_, **__: None)
    client = site.client()
    for number in range(200):
        client.post("/login", {"username": f"nguoi-{number}", "password": "x"})
    found = rows(act="login")
    assert len(found) == FREE + 3
    assert "128 within the hour" in found[0].detail


def test_who_has_to_wait_is_in_the_chain(site, rows):
    from yteso.web.accounts import people
    from yteso.web.accounts.throttle import FREE as TRIES

    people.create_user("vet.cho", PASSWORD, Role.OPERATOR, demo=True)
    client = site.client()
    for _ in range(TRIES + 2):
        answer = client.post("/login", {"username": "vet.cho", "password": "sai mat khau roi"})
    assert answer.status_code == 429
    found = rows("vet.cho", "login")
    assert found[0].detail.endswith("password: too many tries")
    assert {row.outcome for row in found} == {"4"}
    owner = site.client("dieuhanh")
    for _ in range(TRIES + 2):
        answer = owner.post("/account/confirm", {"password": "sai mat khau roi"})
    assert answer.status_code == 429
    assert rows("dieuhanh", "proof")[0].detail.endswith("too many tries")


def test_a_page_that_is_not_shown_is_a_row(site, person, rows):
    client = site.client(person)
    assert client.get("/privacy/").status_code == 403
    assert client.get("/record/khong-co").status_code == 404
    hidden, denied = rows(person, "page")
    assert (denied.what, denied.outcome) == ("page:privacy:start", "4")
    assert denied.detail.endswith("GET 403 /privacy/")
    assert hidden.what == "page:record:person"


def test_what_administrators_do_to_accounts_is_a_row_of_theirs(site, person, rows):
    admin = site.client("quantri")
    for deed in ("disable", "enable", "end-sessions", "link"):
        admin.post(f"/accounts/{person}/{deed}")
    told = [row.detail.partition(" ")[2] or row.detail for row in reversed(rows("quantri", "account"))]
    assert [row.split()[-1] for row in told] == ["disabled", "enabled"]
    assert rows("quantri", "recovery")[0].what == f"recovery:{person}"
    assert rows("quantri", "session")[0].what == f"session:{person}"


def test_a_one_time_link_is_never_in_a_log_nor_in_the_chain(site, rows, caplog):
    from yteso.web.logs import NoValues

    with caplog.at_level(logging.WARNING, logger="django.request"):
        logging.getLogger("django.request").addHandler(caplog.handler)
        site.client().get("/recover/mat-ma-rat-bi-mat")
        logging.getLogger("django.request").removeHandler(caplog.handler)
    lines = [NoValues("%(message)s").format(record) for record in caplog.records]
    assert any("/recover/***" in line for line in lines)
    assert not any("bi-mat" in line for line in lines)
    assert all("bi-mat" not in f"{row.what} {row.detail}" for row in rows(act="recovery"))
    assert rows(act="recovery")[0].outcome == "4"


def test_the_chain_with_these_rows_is_whole(site, person):
    site.client("quantri")
    with site.services.database.connection() as conn:
        assert verify_chains(conn) is None


@pytest.mark.parametrize("username", [*ROLES, "tichhop"])
def test_every_role_lands_on_a_page_that_opens(site, username):
    from yteso.web.accounts import people

    people.create_user("tichhop", PASSWORD, Role.INTEGRATOR, demo=True)
    client = site.client()
    answer = client.post("/login", {"username": username, "password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] != "/login"


def test_the_person_sees_who_was_not_shown_their_page(site, person):
    from yteso.web.accounts import people

    people.create_user("bacsi.la", PASSWORD, Role.DOCTOR, facility="00000", demo=True)
    people.create_user("vet.dan", PASSWORD, Role.CITIZEN, person=site.patient, demo=True)
    stranger, own = site.client("bacsi.la"), site.client("vet.dan")
    tried = [
        f"/record/{site.patient}",
        f"/record/{site.patient}/diagnoses",
        f"/record/{site.patient}/visit/{site.visit}",
        f"/record/{site.patient}/raw/Patient/{site.patient}",
        f"/record/{site.patient}/print",
        f"/oauth/open/{site.patient}",
    ]
    for number, address in enumerate(tried, start=1):
        assert stranger.get(address).status_code in (403, 404), address
        page = own.get("/healthbook/who?days=7").content.decode()
        (card,) = [one for one in page.split("<article")[1:] if "bacsi.la" in one.partition("</article>")[0]]
        asked = re.findall(r'href="/healthbook/who/\d+-\d+"', card.partition("</article>")[0])
        assert len(asked) == number, address
    assert "Bị từ chối" in page
    assert "127.0.0.1" not in page
    another = people.create_user("vet.khac", PASSWORD, Role.CITIZEN, person="nguoi-khac", demo=True)
    assert site.client(another.username).get(f"/healthbook/record?of={site.patient}").status_code == 404
    assert "vet.khac" in own.get("/healthbook/who?days=7").content.decode()
    assert site.client("dieuhanh").get(f"/record/{site.patient}").status_code == 403
    assert "dieuhanh" in own.get("/healthbook/who?days=7").content.decode()


def test_every_route_about_a_person_names_the_part_that_says_whose(site):
    from tests.integration.web.test_roles import TABLE, routes

    for name, route in routes():
        if "{patient}" in TABLE.get(name, ("", ""))[0]:
            assert "patient" in route.pattern.converters, name


def test_a_forged_form_is_a_row_but_not_every_one_of_a_flood(site, rows):
    from django.test import Client

    from yteso.web.accounts import people

    people.create_user("vet.form", PASSWORD, Role.CITIZEN, demo=True)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.cookies = site.client("vet.form").cookies
    assert strict.post("/logout").status_code == 403
    assert rows("vet.form", "page")[0].outcome == "4"
    strict.cookies.clear()
    for _ in range(FREE + 2):
        assert strict.post("/login", {"username": "vet.form", "password": PASSWORD}).status_code == 403
    found = rows(act="page")
    assert len(found) == FREE + 1
    assert {(row.who, row.outcome) for row in found} == {("unknown", "4"), ("vet.form", "4")}
    assert any("form refused: CSRF cookie not set." in row.detail for row in found)
