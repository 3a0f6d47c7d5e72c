"""Second factors of staff: mandatory, counted once, replaceable by recovery codes, slowed down for who guesses."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from codes import PASSWORD, code, install_clock, session_of, set_up_app, set_up_with_codes, shown_codes
from django.db import connections
from django.test import Client, override_settings

from yteso.access.principal import Role
from yteso.web import services


@pytest.fixture
def clock(site):
    from yteso.web.accounts.models import Throttle

    Throttle.objects.all().delete()
    clock, before = install_clock()
    yield clock
    services.install(before)
    Throttle.objects.all().delete()


@pytest.fixture
def person(site, request):
    """A member of staff of a real installation, new for each test; removed after it."""
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    name = re.sub(r"\W", "-", request.node.name)[:60].lower()
    people.create_user(name, PASSWORD, Role.OPERATOR)
    yield name
    User.objects.filter(username=name).delete()


def first_step(name: str, **more):
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"}, **more)
    return client, client.post("/login", {"username": name, "password": PASSWORD})


def enrolled(name: str, clock):
    client, _ = first_step(name)
    secret = set_up_app(client, clock)
    clock.move(seconds=60)
    return client, secret


def test_without_a_second_factor_only_its_set_up_opens(clock, person):
    client, _ = first_step(person)
    for path in ("/", "/ui", "/account", "/accounts/", "/ioc/", "/ioc/tiles/today", "/record/"):
        assert client.get(path).url == "/account/factors", path
    assert client.get("/ioc/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/factors"
    for path in ("/account/factors", "/account/factors/app", "/account/factors/passkey"):
        assert client.get(path).status_code == 200, path


def test_the_first_code_completes_the_session_and_the_next_log_in_asks_for_one(clock, person):
    client, secret = enrolled(person, clock)
    assert client.get("/ioc/").status_code == 200
    assert session_of(client)["assurance"] == 2
    again, answer = first_step(person)
    assert answer.url == "/login/step"
    assert again.get("/ioc/").status_code == 302
    assert "_auth_user_id" not in session_of(again)
    answer = again.post("/login/step", {"code": code(secret, clock())})
    assert (answer.status_code, answer.url) == (302, "/ioc/")
    assert again.get("/ioc/").status_code == 200


def test_a_secret_that_is_being_set_up_lies_enciphered(person, clock):
    client, _ = first_step(person)
    page = client.get("/account/factors/app").content.decode()
    secret = re.search(r'<code class="mono">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    assert secret not in repr(dict(session_of(client).items()))
    assert client.post("/account/factors/app", {"code": code(secret, clock())}).status_code == 200


def test_a_code_counts_once_also_the_one_of_the_set_up(clock, person):
    client, _ = first_step(person)
    secret = set_up_app(client, clock)
    used_at_set_up = code(secret, clock())
    one, _ = first_step(person)
    assert one.post("/login/step", {"code": used_at_set_up}).status_code == 422
    clock.move(seconds=60)
    fresh = code(secret, clock())
    assert one.post("/login/step", {"code": fresh}).status_code == 302
    other, _ = first_step(person)
    assert other.post("/login/step", {"code": fresh}).status_code == 422
    clock.move(seconds=29)  # the code would still be taken by its time: clocks of phones may be late
    assert other.post("/login/step", {"code": fresh}).status_code == 422


def test_of_the_same_code_sent_by_many_at_once_one_is_taken(clock, person):
    from yteso.web.accounts import factors
    from yteso.web.accounts.models import User

    _, secret = enrolled(person, clock)
    user, digits = User.objects.get(username=person), code(secret, clock())

    def check(_):
        try:
            return factors.check_code(user, digits) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(check, range(8))) == [False] * 7 + [True]


def test_a_code_of_the_step_before_or_after_is_taken_and_older_ones_are_not(clock, person):
    from yteso.web.accounts import factors
    from yteso.web.accounts.models import User

    _, secret = enrolled(person, clock)
    user, now = User.objects.get(username=person), clock.at
    clock.move(seconds=300)
    assert factors.check_code(user, code(secret, now)) is None
    before = code(secret, clock.at)
    clock.move(seconds=30)
    assert factors.check_code(user, before) is not None


def test_each_recovery_code_lets_in_once(clock, person):
    client, _ = first_step(person)
    _, codes = set_up_with_codes(client, clock)
    clock.move(seconds=60)
    assert len(set(codes)) == 10
    one, _ = first_step(person)
    assert one.post("/login/step", {"code": codes[0]}).status_code == 302
    other, _ = first_step(person)
    assert other.post("/login/step", {"code": codes[0]}).status_code == 422
    assert other.post("/login/step", {"code": codes[1].replace("-", " ")}).status_code == 302
    assert "Mã khôi phục (8)" in client.get("/account").content.decode()
    fresh = shown_codes(client.post("/account/factors/codes"))
    third, _ = first_step(person)
    assert third.post("/login/step", {"code": codes[2]}).status_code == 422
    assert third.post("/login/step", {"code": fresh[9].replace("-", "")}).status_code == 302


def test_recovery_codes_are_shown_once_and_kept_as_salted_hashes(clock, person):
    from allauth.mfa.models import Authenticator

    client, _ = first_step(person)
    _, first = set_up_with_codes(client, clock)
    shown = shown_codes(client.post("/account/factors/codes"))
    assert len({*first, *shown}) == 20
    assert shown_codes(client.get("/account/factors/codes")) == []
    data = Authenticator.objects.get(user__username=person, type="recovery_codes").data
    assert sorted(data) == ["cost", "hashes", "salt"]
    assert len(data["salt"]) >= 8, "32 bits at least (ASVS 6.5.2)"
    assert len({*data["hashes"]}) == 10
    assert not any(one.replace("-", "") in str(data) for one in shown)
    set_up_app(client, clock)  # a second app keeps them
    assert Authenticator.objects.get(user__username=person, type="recovery_codes").data == data


@pytest.mark.parametrize("turned", [False, True])
def test_codes_of_an_older_release_go_on_counting_and_become_hashes(clock, person, turned):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from yteso.web.accounts import factors
    from yteso.web.accounts.models import User

    enrolled(person, clock)
    user = User.objects.get(username=person)
    Authenticator.objects.filter(user=user, type="recovery_codes").delete()
    earlier = RecoveryCodes.activate(user)
    used, *codes = earlier.get_unused_codes()
    assert earlier.validate_code(used)
    assert factors.listed(user)["codes_left"] == 9
    if turned:
        assert factors.reseal() >= 2
    assert factors.check_code(user, used) is None
    assert factors.check_code(user, codes[0]) is not None
    assert factors.check_code(user, codes[0]) is None
    assert sorted(Authenticator.objects.get(user=user, type="recovery_codes").data) == ["cost", "hashes", "salt"]
    assert factors.listed(user)["codes_left"] == 8


def test_secrets_do_not_lie_open_in_the_database(clock, person):
    from allauth.mfa.models import Authenticator

    _, secret = enrolled(person, clock)
    for row in Authenticator.objects.filter(user__username=person):
        assert secret not in str(row.data)


def test_who_guesses_codes_waits_and_other_accounts_do_not(clock, person):
    from yteso.web.accounts import people

    _, secret = enrolled(person, clock)
    client, _ = first_step(person, REMOTE_ADDR="192.0.2.50")
    for _ in range(5):
        assert client.post("/login/step", {"code": "000000"}).status_code == 422
    assert client.post("/login/step", {"code": code(secret, clock())}).status_code == 429
    people.create_user("ben.canh", PASSWORD, Role.OPERATOR, demo=True)
    assert first_step("ben.canh", REMOTE_ADDR="192.0.2.50")[1].url == "/ioc/"
    clock.move(seconds=30)
    assert client.post("/login/step", {"code": code(secret, clock())}).status_code == 302


def test_of_the_same_recovery_code_sent_by_many_at_once_one_is_taken(clock, person):
    from yteso.web.accounts import factors
    from yteso.web.accounts.models import User

    client, _ = enrolled(person, clock)
    digits = shown_codes(client.post("/account/factors/codes"))[0]
    user = User.objects.get(username=person)

    def check(_):
        try:
            return factors.check_code(user, digits) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(check, range(8))) == [False] * 7 + [True]


def test_who_knows_the_password_cannot_lock_the_owner_out_of_the_own_browser(clock, person):
    """Guesses from everywhere are bounded together; a browser where the owner signed in before has its own count."""
    from yteso.web.accounts import throttle

    client, secret = enrolled(person, clock)
    client.post("/logout")
    for n in range(throttle.WIDE + 5):
        stranger, _ = first_step(person, REMOTE_ADDR=f"192.0.2.{n}")
        stranger.post("/login/step", {"code": "000000"})
    stranger, _ = first_step(person, REMOTE_ADDR="198.51.100.9")
    assert stranger.post("/login/step", {"code": code(secret, clock())}).status_code == 429
    client.post("/login", {"username": person, "password": PASSWORD})
    assert client.post("/login/step", {"code": code(secret, clock())}).status_code == 302


def test_the_present_password_is_not_guessed_on_the_page_that_changes_it(clock, person):
    client, _ = enrolled(person, clock)
    new = {"new": "mot cau hoan toan khac day"}
    for n in range(5):
        assert client.post("/account", {"present": f"doan {n}", **new}).status_code == 422
    page = client.post("/account", {"present": PASSWORD, **new})
    assert page.status_code == 429
    assert "Sai quá nhiều lần" in page.content.decode()
    clock.move(seconds=30)
    assert client.post("/account", {"present": PASSWORD, "new": "ngan"}).status_code == 422
    assert client.post("/account", {"present": PASSWORD, **new}).status_code == 302


def test_the_second_step_without_the_first_leads_back_to_the_log_in(site):
    client = Client(SERVER_NAME="localhost")
    assert client.get("/login/step").url == "/login"
    assert client.post("/login/step", {"code": "123456"}).url == "/login"


def test_the_last_factor_of_staff_stays_and_of_a_citizen_goes(clock, person):
    from allauth.mfa.models import Authenticator

    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    client, _ = enrolled(person, clock)
    app = Authenticator.objects.get(user__username=person, type="totp")
    client.post(f"/account/factors/{app.pk}/remove")
    assert Authenticator.objects.filter(pk=app.pk).exists()
    people.create_user("nguoi.dan", "con meo nam tren", Role.CITIZEN)
    citizen = Client(SERVER_NAME="localhost")
    citizen.post("/login", {"username": "nguoi.dan", "password": "con meo nam tren"})
    set_up_app(citizen, clock)
    row = Authenticator.objects.get(user__username="nguoi.dan", type="totp")
    client.post(f"/account/factors/{row.pk}/remove")
    assert Authenticator.objects.filter(pk=row.pk).exists(), "somebody else's"
    citizen.post(f"/account/factors/{row.pk}/remove")
    assert not Authenticator.objects.filter(user__username="nguoi.dan").exists()
    User.objects.filter(username="nguoi.dan").delete()


@pytest.mark.parametrize(("host", "public_url"), [("0.0.0.0", ""), ("127.0.0.1", "https://yte.example.vn")])
def test_sample_accounts_are_exempt_only_while_the_demo_is_on_this_machine(clock, site, host, public_url):
    assert site.client("dieuhanh").get("/ioc/").status_code == 200
    page = site.client("dieuhanh").get("/account").content.decode()
    assert "A real installation has no exception." in page or "Bản thật không có ngoại lệ nào." in page
    with override_settings(YTESO=replace(site.services.settings, host=host, public_url=public_url)):
        client = site.client("dieuhanh")
        assert client.get("/ioc/").url == "/account/factors"


def test_a_fresh_proof_is_asked_for_after_five_minutes_and_takes_a_password_or_a_code(clock, person):
    client, secret = enrolled(person, clock)
    assert client.get("/account/factors/codes").status_code == 200
    clock.move(minutes=6)
    asked = client.get("/account/factors/codes")
    assert asked.url == "/account/confirm?next=%2Faccount%2Ffactors%2Fcodes"
    assert client.post("/account/confirm", {"password": "sai", "next": "/account/factors/codes"}).status_code == 422
    answer = client.post("/account/confirm", {"password": PASSWORD, "next": "/account/factors/codes"})
    assert answer.url == "/account/factors/codes"
    assert client.get(answer.url).status_code == 200
    clock.move(minutes=6)
    assert client.post("/account/confirm", {"password": code(secret, clock())}).status_code == 302
    assert client.get("/account/factors/codes").status_code == 200


def test_the_secret_of_the_pages_is_replaced_without_ending_a_session_or_a_factor(clock, person):
    from django.conf import settings
    from django.test import override_settings

    from yteso.web.accounts import factors

    client, secret = enrolled(person, clock)
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="mot bi mat moi cua cac trang, du dai de ky", SECRET_KEY_FALLBACKS=[old]):
        assert client.get("/account").status_code == 200, "the session goes on"
        again, _ = first_step(person)
        clock.move(seconds=60)
        assert again.post("/login/step", {"code": code(secret, clock())}).status_code == 302
        assert factors.reseal() >= 1
    with override_settings(SECRET_KEY="mot bi mat moi cua cac trang, du dai de ky", SECRET_KEY_FALLBACKS=[]):
        clock.move(seconds=60)
        last, _ = first_step(person)
        assert last.post("/login/step", {"code": code(secret, clock())}).status_code == 302
        assert client.get("/account").status_code == 200
        factors.reseal()
    with override_settings(SECRET_KEY_FALLBACKS=["mot bi mat moi cua cac trang, du dai de ky"]):
        factors.reseal()
