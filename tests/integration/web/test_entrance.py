"""Signing in and out, the throttle, forgery, headers, languages, passwords."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.passwords import COST

from yteso.access.principal import Role
from yteso.base.errors import Refused

PASSWORD = "mat khau mau cho kiem thu"


@pytest.fixture(autouse=True)
def fresh_throttle(site):
    from yteso.web.accounts.models import Throttle

    Throttle.objects.all().delete()
    yield
    Throttle.objects.all().delete()


@pytest.fixture
def people(site):
    """The account functions; Django must be ready before they can be imported."""
    from yteso.web.accounts import people

    return people


def log_in(username: str, password: str, address: str = "192.0.2.1", **more):
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR=address)
    return client.post("/login", {"username": username, "password": password, **more}), client


def test_a_good_log_in_leads_where_one_wanted_to_go(site):
    answer, _ = log_in("DieuHanh", PASSWORD, next="/intake/?state=done")
    assert answer.status_code == 302
    assert answer.url == "/intake/?state=done"


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_log_in_never_leads_to_a_foreign_place(site, next):
    answer, _ = log_in("dieuhanh", PASSWORD, next=next)
    assert answer.url == "/ioc/"


def test_an_unknown_name_and_a_wrong_password_look_the_same(site):
    unknown, _ = log_in("khongco", "sai")
    wrong, _ = log_in("dieuhanh", "sai")
    assert unknown.status_code == wrong.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong.content.decode()

    def without_names(answer):
        text = re.sub(r'(value|name="csrf\w+")="[^"]*"', "", answer.content.decode())
        return text.replace("khongco", "").replace("dieuhanh", "")

    assert without_names(unknown) == without_names(wrong)


def test_too_many_failures_make_that_name_wait_from_that_address_only(site):
    for _ in range(5):
        assert log_in("nhanvien", "sai", "192.0.2.66")[0].status_code == 422
    assert log_in("nhanvien", PASSWORD, "192.0.2.66")[0].status_code == 429
    assert log_in("nhanvien", PASSWORD, "192.0.2.66:50999")[0].status_code == 429  # the port is not the source
    assert log_in("nhanvien", PASSWORD, "192.0.2.7")[0].status_code == 302
    assert log_in("bacsi", PASSWORD, "192.0.2.66")[0].status_code == 302


def test_a_deactivated_account_is_out_at_once(site, people):
    people.create_user("tam", PASSWORD, Role.OPERATOR, demo=True)
    _, client = log_in("tam", PASSWORD)
    assert client.get("/ioc/").status_code == 200
    people.deactivate("tam")
    assert client.get("/ioc/").status_code == 302
    assert log_in("tam", PASSWORD)[0].status_code == 422


def test_logging_out_ends_the_session(site):
    _, client = log_in("dieuhanh", PASSWORD)
    assert client.get("/logout").status_code == 405
    answer = client.post("/logout")
    assert answer.url == "/login"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/ioc/").status_code == 302


def test_a_form_without_our_token_is_refused_calmly(site):
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = client.post("/login", {"username": "dieuhanh", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Biểu mẫu đã hết hạn" in answer.content.decode()


@pytest.mark.parametrize("path", ["/login", "/ioc/", "/khong-co", "/static/khong-co.js"])
def test_every_answer_carries_a_policy_without_inline_script_or_style(site, path):
    answer = site.client("dieuhanh").get(path)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self' http://localhost:8081" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_pages_are_kept_by_no_cache_and_cookies_by_no_script(site):
    answer, client = log_in("dieuhanh", PASSWORD)
    assert client.get("/ioc/")["Cache-Control"] == "no-store"
    for cookie in answer.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_the_language_is_vietnamese_until_one_chooses_and_then_stays(site, people):
    client = site.client()
    assert '<html lang="vi">' in client.get("/login").content.decode()
    client.post("/language", {"language": "en", "next": "/login"})
    page = client.get("/login").content.decode()
    assert '<html lang="en">' in page
    assert "Log in" in page
    people.create_user("ngonngu", PASSWORD, Role.OPERATOR, demo=True)
    _, signed_in = log_in("ngonngu", PASSWORD)
    signed_in.post("/language", {"language": "en", "next": "/ioc/"})
    _, elsewhere = log_in("ngonngu", PASSWORD)
    assert "Operations centre" in elsewhere.get("/ioc/").content.decode()


def test_the_theme_is_kept_in_a_cookie_and_nonsense_is_not(site):
    client = site.client()
    client.post("/theme", {"theme": "dark", "next": "/login"})
    assert 'data-theme="dark"' in client.get("/login").content.decode()
    client.post("/theme", {"theme": '"><script>', "next": "/login"})
    assert 'data-theme="dark"' in client.get("/login").content.decode()


def test_a_password_needs_fourteen_characters_except_for_the_demo(site, people):
    with pytest.raises(Refused, match="WEB-0001"):
        people.create_user("ngan", "mk ngan", Role.OPERATOR)
    with pytest.raises(Refused, match="WEB-0001"):
        people.create_user("giongten12345678", "giongten12345678", Role.OPERATOR)
    assert people.create_user("mau", "mk ngan", Role.OPERATOR, demo=True).demo


@pytest.mark.parametrize(
    ("username", "role", "facility", "code"),
    [
        ("có dấu", Role.OPERATOR, "", "WEB-0002"),
        ("may", Role.FACILITY, "79001", "WEB-0002"),
        ("bs", Role.DOCTOR, "", "WEB-0003"),
        ("bs", Role.DOCTOR, "7900", "WEB-0002"),
    ],
)
def test_an_account_that_cannot_be_is_a_numbered_refusal(site, people, username, role, facility, code):
    with pytest.raises(Refused, match=code):
        people.create_user(username, PASSWORD, role, facility=facility)


def test_one_changes_ones_own_password_and_stays_signed_in(site, people):
    people.create_user("doimk", "mk mau", Role.OPERATOR, demo=True)
    client = Client(SERVER_NAME="localhost")
    client.post("/login", {"username": "doimk", "password": "mk mau"})
    assert client.post("/account", {"present": "sai", "new": PASSWORD}).status_code == 422
    assert client.post("/account", {"present": "mk mau", "new": "ngan"}).status_code == 422
    assert client.post("/account", {"present": "mk mau", "new": PASSWORD}).status_code == 302
    assert not people.find("doimk").demo
    # No longer a sample account: it must set up a second factor, in the same session.
    assert client.get("/ioc/").url == "/account/factors"
    assert client.get("/account/factors").status_code == 200


def test_passwords_are_kept_as_argon2_that_costs_who_guesses_them(site):
    from yteso.web.accounts.models import User

    assert User.objects.get(username="dieuhanh").password.startswith("argon2$argon2id$")
    memory, passes, lanes = COST
    assert memory >= 47104
    assert passes >= 1
    assert lanes >= 1


def test_a_password_kept_by_older_parameters_opens_and_is_kept_by_the_new_ones(site, people, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from yteso.web.accounts.models import User

    people.create_user("tham.so", PASSWORD, Role.OPERATOR, demo=True)
    old = User.objects.get(username="tham.so").password
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 3)
    _, client = log_in("tham.so", PASSWORD)
    new = User.objects.get(username="tham.so").password
    assert ",t=3," in new
    assert ",t=3," not in old
    assert client.get("/ioc/").status_code == 200
    _, client = log_in("tham.so", PASSWORD)
    assert client.get("/ioc/").status_code == 200
    User.objects.filter(username="tham.so").delete()
