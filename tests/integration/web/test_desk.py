"""Administration of accounts: one-time links instead of known passwords, the own facility only, throttling by pairs."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from codes import PASSWORD, install_clock
from django.db import connections
from django.test import Client

from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.base.errors import Refused
from yteso.oauth.ended import FRESH
from yteso.store.protocol import Put
from yteso.web import services

NEW = "hoa sen no ben ho"


@pytest.fixture
def clock(site):
    clock, before = install_clock()
    yield clock
    services.install(before)


@pytest.fixture
def made(site):
    """Names of accounts a test makes; removed after it."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import Throttle, User

    Throttle.objects.all().delete()
    people.create_user("qt.coso", PASSWORD, Role.FACILITY_ADMINISTRATOR, facility=site.facility, demo=True)
    people.create_user("bs.khac", PASSWORD, Role.DOCTOR, facility="00000", demo=True)
    yield
    User.objects.filter(username__in=["qt.coso", "bs.khac", "dd.moi", "dd.hai", "bn.moi"]).delete()
    Throttle.objects.all().delete()


def link_in(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()
    return re.search(r"http://localhost(/recover/[\w-]+)", answer.content.decode())[1]


def test_a_new_account_sets_its_own_password_by_a_link_that_works_once(clock, site, made):
    admin = site.client("quantri")
    values = {"username": "dd.moi", "display_name": "Trần Thử", "role": "nurse", "facility": site.facility}
    link = link_in(admin.post("/accounts/new", values))
    person = Client(SERVER_NAME="localhost")
    page = person.get(link).content.decode()
    assert "dd.moi" in page
    assert person.post(link, {"new": "ngắn"}).status_code == 422
    assert person.post(link, {"new": "matkhau123456789"}).status_code == 422
    assert person.post(link, {"new": NEW}).url == "/login"
    assert person.get(link).status_code == 410
    assert person.post(link, {"new": "mot cau khac nua day"}).status_code == 410
    assert person.post("/login", {"username": "dd.moi", "password": NEW}).status_code == 302
    assert person.get("/record/").url == "/account/factors", "a nurse needs a second factor"


@pytest.mark.parametrize("sign", ["\u202e", "\u2067", "\u200b", "\x07"])
def test_a_name_with_signs_that_nobody_sees_is_refused_by_number(site, made, sign):
    from yteso.web.accounts import people

    values = {"username": "dd.moi", "display_name": f"Trần{sign}Thử", "role": "nurse", "facility": site.facility}
    answer = site.client("quantri").post("/accounts/new", values)
    assert answer.status_code == 422
    assert "WEB-0014: " in answer.content.decode()
    with pytest.raises(Refused, match="WEB-0014"):
        people.create_user("dd.moi", PASSWORD, Role.DOCTOR, display_name=values["display_name"], facility="00000")


def test_a_name_copied_from_a_document_is_kept_with_plain_spaces(site, made):
    from yteso.web.accounts import people

    copied = "Trần\u00a0Thị\u2003 Thử "
    people.create_user("dd.hai", PASSWORD, Role.DOCTOR, display_name=copied, facility="00000", demo=True)
    assert people.find("dd.hai").display_name == "Trần Thị Thử"
    values = {"username": "dd.moi", "display_name": copied, "role": "nurse", "facility": site.facility}
    link_in(site.client("quantri").post("/accounts/new", values))
    assert people.find("dd.moi").display_name == "Trần Thị Thử"


def test_an_account_names_a_practitioner_of_the_directory_and_no_other(clock, site, made):
    from yteso.web.accounts import people

    page = {"username": "dd.moi", "display_name": "Trần Thử", "role": "nurse", "facility": site.facility}
    admin, listed = site.client("quantri"), {"resourceType": "Practitioner", "id": "nguoi-mau"}
    with site.services.database.connection() as conn:
        site.services.store.write(conn, Principal("thu", Role.SYSTEM), [Put(listed)])
    assert admin.post("/accounts/new", {**page, "practitioner": "khong-co"}).status_code == 422
    link_in(admin.post("/accounts/new", {**page, "practitioner": "nguoi-mau"}))
    assert people.find("dd.moi").practitioner == "nguoi-mau"


def test_a_link_is_over_after_a_day_when_a_newer_one_is_made_and_when_the_account_is_disabled(clock, site, made):
    admin = site.client("quantri")
    person = Client(SERVER_NAME="localhost")
    old = link_in(admin.post("/accounts/bs.khac/link"))
    new = link_in(admin.post("/accounts/bs.khac/link"))
    assert person.get(old).status_code == 410
    assert person.get(new).status_code == 200
    admin.post("/accounts/bs.khac/disable")
    assert person.get(new).status_code == 410
    admin.post("/accounts/bs.khac/enable")
    assert person.get(new).status_code == 200
    clock.move(hours=25)
    assert person.get(new).status_code == 410


def test_of_many_who_use_a_link_at_once_one_sets_the_password(clock, site, made):
    from yteso.web.accounts import recovery, trail
    from yteso.web.accounts.models import User

    token = recovery.make(User.objects.get(username="bs.khac"), trail.COMMAND, reset_factors=False)

    def use(number):
        try:
            recovery.use(token, f"mot cau rieng cua so {number}")
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(use, range(6))) == 1


def test_a_link_ends_the_old_password_the_sessions_and_when_asked_the_factors(clock, site, made):
    from allauth.mfa.models import Authenticator
    from codes import set_up_app

    person = Client(SERVER_NAME="localhost")
    person.post("/login", {"username": "bs.khac", "password": PASSWORD})
    set_up_app(person, clock)
    admin = site.client("quantri")
    admin.post("/accounts/bs.khac/link")
    assert person.get("/record/").status_code == 302
    again = Client(SERVER_NAME="localhost")
    assert again.post("/login", {"username": "bs.khac", "password": PASSWORD}).status_code == 422
    assert Authenticator.objects.filter(user__username="bs.khac").exists()
    admin.post("/accounts/bs.khac/reset")
    assert not Authenticator.objects.filter(user__username="bs.khac").exists()


def test_no_page_of_the_desk_tells_a_password_and_the_database_no_link(clock, site, made):
    from yteso.web.accounts.models import Recovery

    link = link_in(site.client("quantri").post("/accounts/bs.khac/link"))
    page = site.client("quantri").get("/accounts/bs.khac").content.decode()
    assert "argon2" not in page
    assert link.rpartition("/")[2] not in page
    assert link.rpartition("/")[2] not in str(list(Recovery.objects.values_list("token", flat=True)))


def test_a_facilitys_administrator_has_to_do_with_the_own_facility_only(clock, site, made):
    admin = site.client("qt.coso")
    page = admin.get("/accounts/").content.decode()
    assert "bacsi" in page
    for name in ("bs.khac", "quantri", "dieuhanh"):
        assert f'href="/accounts/{name}"' not in page
        assert admin.get(f"/accounts/{name}").status_code == 404
        for deed in ("disable", "link", "reset", "end-sessions", "enable"):
            assert admin.post(f"/accounts/{name}/{deed}").status_code == 404, (name, deed)
    values = {"username": "dd.hai", "display_name": "Lê Thử", "role": "nurse", "facility": "00000"}
    link_in(admin.post("/accounts/new", values))
    from yteso.web.accounts.models import User

    assert User.objects.get(username="dd.hai").facility == site.facility
    for role in ("administrator", "operator", "citizen", "data-officer", "integrator", "system"):
        taken = admin.post("/accounts/new", {**values, "username": "bn.moi", "role": role})
        assert taken.status_code == 422, role
        assert admin.post("/accounts/dd.hai", {**values, "role": role}).status_code == 422, role
    assert not User.objects.filter(username="bn.moi").exists()
    assert User.objects.get(username="dd.hai").role == "nurse"


def test_nobody_raises_or_resets_themselves(clock, site, made):
    admin = site.client("qt.coso")
    values = {"display_name": "x", "role": "doctor"}
    assert admin.post("/accounts/qt.coso", values).status_code == 422
    admin.post("/accounts/qt.coso/reset")
    admin.post("/accounts/qt.coso/disable")
    assert site.client("qt.coso").get("/accounts/").status_code == 200


def test_a_changed_role_acts_at_the_next_request(clock, site, made):
    person = site.client("bs.khac")
    assert person.get("/record/").status_code == 200
    site.client("quantri").post("/accounts/bs.khac", {"display_name": "x", "role": "lab", "facility": "00000"})
    assert person.get("/accounts/").status_code == 403
    assert person.get("/account").wsgi_request.principal.role == Role.LAB


def test_accounts_are_found_by_name_role_and_state(clock, site, made):
    admin = site.client("quantri")

    def names(query):
        return re.findall(r'href="/accounts/([^"?]+)"', admin.get(f"/accounts/?{query}").content.decode())[0:]

    assert "bs.khac" in names("q=BS.KHAC")
    assert "bacsi" not in names("q=bs.khac")
    assert "qt.coso" in names("role=facility-administrator")
    assert "bs.khac" not in names("role=facility-administrator")
    admin.post("/accounts/bs.khac/disable")
    assert "bs.khac" in names("state=disabled")
    assert "bs.khac" not in names("state=active")
    assert admin.get("/accounts/?page=x").status_code == 200


def test_attempts_at_the_same_time_are_counted_one_by_one(clock, site, made):
    from yteso.web.accounts import throttle

    def attempt(_):
        try:
            return throttle.attempt("thu", "ai-do", "192.0.2.9")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, range(20)))
    assert waits.count(0) == throttle.FREE
    assert throttle.attempt("thu", "ai-do", "192.0.2.10") == 0


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_is_forgotten(clock, site, made):
    from yteso.web.accounts import throttle

    waits = []
    for _ in range(16):
        wait = throttle.attempt("thu", "cho", "1")
        if wait:
            waits.append(wait)
            clock.move(seconds=wait)
            assert throttle.attempt("thu", "cho", "1") == 0
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == 900
    clock.move(minutes=31)
    assert [throttle.attempt("thu", "cho", "1") for _ in range(throttle.FREE)] == [0] * throttle.FREE
    clock.move(hours=2)
    assert throttle.forget_old() >= 1


def test_the_owner_in_a_known_browser_is_not_hindered_by_a_stranger_at_the_same_address(clock, site, made):
    owner = site.client("bs.khac")
    owner.post("/logout")
    stranger = Client(SERVER_NAME="localhost")
    for _ in range(9):
        stranger.post("/login", {"username": "bs.khac", "password": "sai"})
    assert stranger.post("/login", {"username": "bs.khac", "password": PASSWORD}).status_code == 429
    assert owner.post("/login", {"username": "bs.khac", "password": PASSWORD}).status_code == 302
    forged = Client(SERVER_NAME="localhost")
    name = f"yteso_known_{site.services.settings.port}"
    forged.cookies[name] = owner.cookies[name].value[:-2] + "xx"
    assert forged.post("/login", {"username": "bs.khac", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    ("public_url", "header", "address", "source"),
    [
        ("", "203.0.113.9", "192.0.2.1:5000", "192.0.2.1"),
        ("", "", "[2001:db8::1]:5000", "[2001:db8::1]"),
        ("", "", "2001:db8::1", "2001:db8::1"),
        ("https://yte.example.vn", "198.51.100.1, 203.0.113.9", "127.0.0.1:9", "203.0.113.9"),
        ("https://yte.example.vn", "", "127.0.0.1:9", "127.0.0.1"),
    ],
)
def test_the_source_is_what_the_server_or_the_own_proxy_says(site, settings_of, public_url, header, address, source):
    from django.test import RequestFactory

    from yteso.web.accounts.source import source_of

    request = RequestFactory().get("/", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=header)
    with settings_of(public_url=public_url):
        assert source_of(request) == source


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1:5000", "192.0.2.1"),
        ("[2001:db8:0:1:a::1]:5000", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:b::2", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_one_machines_many_addresses_count_as_one_source(site, address, network):
    from django.test import RequestFactory

    from yteso.web.accounts.source import network_of

    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_who_takes_another_address_of_the_own_network_still_waits(clock, site, made):
    answers = [
        Client(SERVER_NAME="localhost", REMOTE_ADDR=f"2001:db8::{n:x}")
        .post("/login", {"username": "bs.khac", "password": "sai"})
        .status_code
        for n in range(1, 8)
    ]
    assert answers == [422] * 5 + [429] * 2


def test_what_an_account_is_changes_only_after_a_fresh_proof(clock, site, made):
    admin = site.client("quantri")
    clock.move(minutes=6)
    values = {"display_name": "x", "role": "lab", "facility": "00000"}
    for address, form in (("/accounts/bs.khac", values), ("/oauth/apps", {"name": "x"})):
        answer = admin.post(address, form)
        assert answer.url.startswith("/account/confirm"), address
        assert admin.get(address).status_code == 200
    assert site.client("bs.khac").get("/account").wsgi_request.principal.role == Role.DOCTOR


def test_ended_sessions_end_what_apps_have_in_the_accounts_name(clock, site, made):
    bearer, who = site.services.bearer, Principal("bs.khac", Role.DOCTOR, "00000")
    time.sleep(FRESH + 1)  # What is older than the account's password is over; tokens tell whole seconds.
    token = bearer.issue(who, timedelta(hours=1), now=system_clock())
    assert bearer.verify(token) == who
    clock.move(seconds=30)
    site.client("quantri").post("/accounts/bs.khac/end-sessions")
    time.sleep(FRESH)
    with pytest.raises(Refused, match="AUTH-0005"):
        bearer.verify(token)


def test_a_page_number_without_end_is_the_first_page(clock, site, made):
    assert site.client("quantri").get(f"/accounts/?page={'9' * 40}").status_code == 200


@pytest.fixture
def settings_of(site):
    from dataclasses import replace

    from django.test import override_settings

    return lambda **changed: override_settings(YTESO=replace(site.services.settings, **changed))


def test_the_qr_code_says_the_link(site, made):
    import segno

    from yteso.web.qr import qr_path

    side, path = qr_path("https://yte.example.vn/recover/abc")
    rows = list(segno.make("https://yte.example.vn/recover/abc", micro=False).matrix_iter(border=4))
    assert side == len(rows)
    assert path.count("M") == sum(sum(row) for row in rows)
    page = site.client("quantri").post("/accounts/bs.khac/link").content.decode()
    link = re.search(r"data-link>([^<]+)<", page)[1]
    assert qr_path(link)[1] in page
