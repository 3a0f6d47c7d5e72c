"""Sessions: a new id at the log-in, bound to the browser, over in time, ended by whom it may."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from codes import PASSWORD, install_clock, session_of
from django.conf import settings as conf
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from tests.accessibility import faults

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.web import services

SOON = 20.0


@pytest.fixture
def clock(site):
    clock, before = install_clock()
    yield clock
    services.install(before)


@pytest.fixture
def person(site):
    from yteso.web.accounts import people
    from yteso.web.accounts.models import Throttle, User

    Throttle.objects.all().delete()
    people.create_user("phien", PASSWORD, Role.OPERATOR, demo=True)
    yield "phien"
    User.objects.filter(username="phien").delete()


def signed_in(name: str, agent: str = "Firefox", **more) -> Client:
    client = Client(SERVER_NAME="localhost", headers={"user-agent": agent}, **more)
    assert client.post("/login", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def cookie(client: Client) -> str:
    return client.cookies[conf.SESSION_COOKIE_NAME].value


def test_the_log_in_gives_a_new_id_and_the_old_one_is_dead(clock, person):
    attacker = Client(SERVER_NAME="localhost")
    attacker.post("/login", {"username": person, "password": "sai"})
    session = session_of(attacker)
    session["planted"] = True
    session.save()
    planted = cookie(attacker)
    victim = Client(SERVER_NAME="localhost")
    victim.cookies[conf.SESSION_COOKIE_NAME] = planted
    assert victim.post("/login", {"username": person, "password": PASSWORD}).status_code == 302
    assert cookie(victim) != planted
    attacker.cookies[conf.SESSION_COOKIE_NAME] = planted
    assert attacker.get("/ioc/").status_code == 302
    assert victim.get("/ioc/").status_code == 200


def test_logging_out_kills_the_id_on_the_server(clock, person):
    client = signed_in(person)
    kept = cookie(client)
    client.post("/logout")
    thief = Client(SERVER_NAME="localhost", headers={"user-agent": "Firefox"})
    thief.cookies[conf.SESSION_COOKIE_NAME] = kept
    assert thief.get("/ioc/").url.startswith("/login")


def kept_models():
    """Django's table of sessions, and allauth's list of them."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    return Session, UserSession


def rows_of_the_database() -> Iterator[str]:
    """Every row of every table, as text; what a session holds, unpacked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT the_row::text FROM {table} the_row")
            yield from (row for (row,) in cursor.fetchall())
    for session in kept_models()[0].objects.all():
        yield repr(session.get_decoded())


def test_who_reads_the_database_signs_in_as_nobody(clock, person):
    client = signed_in(person)
    client.get("/account")
    secret = cookie(client)
    assert len(secret) == 32
    assert not [row for row in rows_of_the_database() if secret in row]
    names = {name for model in kept_models() for name in model.objects.values_list("session_key", flat=True)}
    assert session_of(client).session_key in names
    for name in names:
        thief = Client(SERVER_NAME="localhost", headers={"user-agent": "Firefox"})
        thief.cookies[conf.SESSION_COOKIE_NAME] = name
        assert thief.get("/account").url.startswith("/login")
    assert client.get("/account").status_code == 200


def test_sessions_of_the_release_before_go_on_under_names_that_open_nothing(clock, person):
    client, name = signed_in(person), ["accounts", "0006_sessions_by_digests"]
    secret, kept = cookie(client), session_of(client).session_key
    for model in kept_models():
        assert model.objects.filter(session_key=kept).update(session_key=secret) == 1
    call_command("migrate", name[0], "0005", verbosity=0)
    call_command("migrate", *name, verbosity=0)
    assert not [row for row in rows_of_the_database() if secret in row]
    assert client.get("/account").status_code == 200
    assert cookie(client) == secret
    assert "Phiên này" in client.get("/account").content.decode()


def test_quiet_minutes_end_a_session_and_activity_does_not(clock, person):
    client = signed_in(person)
    for _ in range(4):
        clock.move(minutes=20)
        assert client.get("/ioc/").status_code == 200
    clock.move(minutes=31)
    assert client.get("/ioc/").url == "/ioc/"
    assert client.get("/ioc/").url.startswith("/login")


def test_what_the_page_asks_by_itself_is_no_activity(clock, person):
    client = signed_in(person)
    for _ in range(2):
        clock.move(minutes=14)
        assert client.get("/ioc/tiles/today", headers={"Yteso-Auto": "1", "HX-Request": "true"}).status_code == 200
    clock.move(minutes=3)
    answer = client.get("/ioc/tiles/today", headers={"Yteso-Auto": "1", "HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/login?next=%2F")


def test_half_a_day_ends_a_session_however_busy(clock, person):
    client = signed_in(person)
    for _ in range(35):
        clock.move(minutes=20)
        assert client.get("/ui").status_code == 200
    clock.move(minutes=21)
    assert client.get("/ui").status_code == 302
    assert "_auth_user_id" not in session_of(client)


def test_another_browser_with_the_same_cookie_is_signed_out(clock, person):
    client = signed_in(person, "Firefox")
    thief = Client(SERVER_NAME="localhost", headers={"user-agent": "curl/8"})
    thief.cookies[conf.SESSION_COOKIE_NAME] = cookie(client)
    assert thief.get("/ioc/").status_code == 302
    assert client.get("/ioc/").status_code == 302, "the stolen session is dead for both"


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(clock, person, site):
    _, listed = kept_models()
    here, there = signed_in(person, "Firefox/130 (Windows"), signed_in(person, "Chrome/130 (Android")
    page = here.get("/account").content.decode()
    assert "Firefox" in page
    assert "Chrome · Android" in page
    foreign = site.client("dieuhanh")
    other = listed.objects.get(session_key=session_of(there).session_key)
    foreign.post("/account/sessions/end", {"session": other.pk})
    assert there.get("/ioc/").status_code == 200
    here.post("/account/sessions/end", {"session": other.pk})
    assert there.get("/ioc/").status_code == 302
    third = signed_in(person)
    here.post("/account/sessions/end")
    assert third.get("/ioc/").status_code == 302
    assert here.get("/ioc/").status_code == 200


def test_a_new_password_ends_the_other_sessions(clock, person):
    here, there = signed_in(person), signed_in(person)
    kept = cookie(here)
    here.post("/account", {"present": PASSWORD, "new": "mot cau khac de nho lau"})
    assert there.get("/account").status_code == 302
    assert "_auth_user_id" not in session_of(there)
    assert cookie(here) != kept
    assert here.get("/account/factors").status_code == 200


def test_an_administrator_ends_all_sessions_of_an_account(clock, person, site):
    client = signed_in(person)
    assert site.client("quantri").post(f"/accounts/{person}/end-sessions").status_code == 302
    assert client.get("/ioc/").status_code == 302


def await_end(bearer, token):
    """What every process knows within a second, where it has a second."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        bearer.verify(token)
        time.sleep(0.05)


def test_staff_who_were_away_45_days_are_disabled_at_the_log_in_and_by_the_job(clock, person, site):
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    people.create_user("vang.mat", PASSWORD, Role.OPERATOR)
    people.create_user("vang.mat2", PASSWORD, Role.OPERATOR)
    people.create_user("dan.vang", PASSWORD, Role.CITIZEN)
    names = Q(username__in=["vang.mat", "vang.mat2", "dan.vang", person])
    clock.move(days=44)
    people.upkeep()
    assert not User.objects.filter(names, is_active=False).exists()
    clock.move(days=2)
    client = Client(SERVER_NAME="localhost")
    assert client.post("/login", {"username": "vang.mat", "password": PASSWORD}).status_code == 422
    assert User.objects.get(username="vang.mat").disabled_reason == "idle"
    assert User.objects.get(username="vang.mat2").is_active
    token = site.services.bearer.issue(Principal("vang.mat2", Role.OPERATOR), timedelta(days=1))
    assert site.services.bearer.verify(token).name == "vang.mat2"
    people.upkeep()
    with pytest.raises(Refused) as ended:
        await_end(site.services.bearer, token)
    assert ended.value.issues[0].code == "AUTH-0005"
    assert set(User.objects.filter(names, is_active=False).values_list("username", flat=True)) == {
        "vang.mat",
        "vang.mat2",
    }
    people.activate("vang.mat")
    assert client.post("/login", {"username": "vang.mat", "password": PASSWORD}).status_code == 302
    User.objects.filter(username__in=["vang.mat", "vang.mat2", "dan.vang"]).delete()


def test_cookies_are_strict_and_with_https_for_this_host_alone(tmp_path):
    from yteso.base.settings import Settings
    from yteso.web.configuration import django_settings

    secure = django_settings(Settings(home=tmp_path, public_url="https://yte.example.vn"))
    for kind in ("SESSION", "CSRF"):
        assert secure[f"{kind}_COOKIE_SECURE"]
        assert secure[f"{kind}_COOKIE_HTTPONLY"]
        assert secure[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert secure[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert f"{kind}_COOKIE_DOMAIN" not in secure
    assert secure["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert secure["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


def test_an_open_page_knows_how_long_the_session_lives_and_work_in_it_is_activity(clock, person):
    client = signed_in(person)
    assert 'data-idle="1800"' in client.get("/ioc/").content.decode()
    clock.move(minutes=20)
    assert client.get("/account/alive", headers={"yteso-auto": "1"}).json()["left"] == 600
    assert client.get("/account/alive").json() == {"left": 1800, "who": person}
    clock.move(minutes=20)
    assert client.get("/ioc/").status_code == 200


def test_asking_by_itself_keeps_no_session_alive(clock, person):
    client = signed_in(person)
    for _ in range(3):
        clock.move(minutes=11)
        client.get("/account/alive", headers={"yteso-auto": "1"})
    assert client.get("/ioc/").status_code == 302


@pytest.mark.parametrize("htmx", [False, True])
def test_what_is_sent_after_the_end_leads_back_to_the_page_it_was_written_on(clock, person, htmx):
    client = signed_in(person)
    clock.move(minutes=31)
    page = "http://localhost/ioc/?span=7d"
    where = {"hx-request": "true", "hx-current-url": page} if htmx else {"referer": page}
    answer = client.post("/account/sessions/end", headers=where)
    to = answer["HX-Redirect"] if htmx else answer.url
    assert to == "/login?next=%2Fioc%2F%3Fspan%3D7d"
    told = client.get(to).content.decode()
    assert "chưa được nhận" in told
    assert client.post("/login", {"username": person, "password": PASSWORD, "next": "/ioc/?span=7d"}).url == page[16:]


@pytest.mark.parametrize(
    "referer", ["https://evil.example/ioc/", "http://localhost.evil.example/", "//evil.example/x", ""]
)
def test_a_page_of_elsewhere_is_no_place_to_go_back_to(clock, person, referer):
    client = signed_in(person)
    clock.move(minutes=31)
    assert client.post("/account/sessions/end", headers={"referer": referer}).url == "/login?next=%2F"


@pytest.mark.browser
@pytest.mark.slow
def test_two_minutes_before_the_end_the_page_asks_and_after_it_shows_nothing_more(
    site, browser, address, clock, person
):
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.clock.install()
    page.goto("/login?next=/account")
    page.fill("#id_username", person)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    asked = page.locator("#session-ends")
    for minutes, then in ((28.5, True), (28.5, False)):
        clock.move(minutes=minutes)
        page.clock.fast_forward(int(minutes * 60_000))
        asked.wait_for(state="visible")
        assert not (found := faults(page)), found
        if then:
            page.keyboard.press("Enter")
            asked.wait_for(state="hidden")
    clock.move(minutes=2)
    page.clock.fast_forward(120_000)
    page.wait_for_url(lambda url: "/login?next=" in url and url.endswith("account"))
    context.close()


def test_an_address_that_takes_a_form_says_so_in_words(site, person):
    answer = signed_in(person).get("/account/sessions/end")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("vi", "Hệ thống đang bận hoặc tạm ngưng"), ("en", "busy or paused")])
def test_while_the_database_is_away_the_page_says_to_try_again(site, person, monkeypatch, language, words):
    from django.db import connections

    client = signed_in(person, raise_request_exception=False)
    client.cookies[conf.LANGUAGE_COOKIE_NAME] = language
    connections["default"].close()
    with monkeypatch.context() as patch:
        patch.setitem(connections["default"].settings_dict, "HOST", "/nowhere")
        answer = client.get("/account?x=1")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    page = answer.content.decode()
    assert words in page
    assert 'href="/account?x=1"' in page
    assert client.get("/account").status_code == 200


def test_a_form_that_was_not_taken_leads_back_to_its_page(site, person):
    client = signed_in(person)
    page = {"referer": "http://localhost/accounts/new?role=nurse"}
    told = client.post("/account/sessions/end", {"session": "x" * 2_000_000}, headers=page)
    assert told.status_code == 413
    assert 'href="/accounts/new?role=nurse"' in told.content.decode()
    foreign = client.post(
        "/account/sessions/end", {"session": "x" * 2_000_000}, headers={"referer": "https://a.example/"}
    )
    assert "a.example" not in foreign.content.decode()


def test_a_stranger_before_a_closed_door_can_change_the_language_and_sign_in(site):
    page = Client(SERVER_NAME="localhost").get("/khong-co").content.decode()
    assert 'action="/language"' in page
    assert 'href="/login"' in page
