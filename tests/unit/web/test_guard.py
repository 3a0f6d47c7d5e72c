"""Deny by default, without a database: what the middleware does with a declaration and without one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.web.guard import FRESH_SECONDS, Guard, allow, is_fresh, needs_fresh_login, public


def user(role: str | None):
    return SimpleNamespace(is_authenticated=role is not None, role=role, username="thu", facility="79001", person="")


def judged(view, role, **headers):
    request = RequestFactory(SERVER_NAME="localhost").get("/x?a=1", headers=headers)
    request.user = user(role)
    request.session = {"assurance": 2}
    return Guard(lambda _: None).process_view(request, view, (), {}), request


@allow(Role.OPERATOR)
def for_operators(_request):
    return None


@public
def for_all(_request):
    return None


def undeclared(_request):
    return None


def test_a_view_without_a_declaration_opens_for_nobody():
    with pytest.raises(PermissionDenied):
        judged(undeclared, "administrator")


def test_a_stranger_is_sent_to_the_log_in_and_back():
    answer, _ = judged(for_operators, None)
    assert answer.url == "/login?next=%2Fx%3Fa%3D1"


def test_a_fragment_asked_by_a_stranger_makes_the_page_load_again():
    page = {"hx_request": "true", "hx_current_url": "http://localhost/ioc/?span=7d"}
    answer, _ = judged(for_operators, None, **page)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/login?next=%2Fioc%2F%3Fspan%3D7d"


def test_the_wrong_role_is_refused_and_the_right_one_becomes_the_principal():
    with pytest.raises(PermissionDenied):
        judged(for_operators, "doctor")
    answer, request = judged(for_operators, "operator")
    assert answer is None
    assert request.principal == Principal("thu", Role.OPERATOR, "79001", purpose="HOPERAT", assurance=2)


def test_a_public_view_opens_for_a_stranger():
    assert judged(for_all, None)[0] is None


@allow(Role.OPERATOR)
@needs_fresh_login
def exported(_request):
    return "exported"


@pytest.mark.parametrize(
    ("age", "opens"), [(0, True), (FRESH_SECONDS - 5, True), (FRESH_SECONDS + 1, False), (-60, False)]
)
def test_what_needs_a_fresh_log_in_opens_for_five_minutes_after_it(age, opens):
    _, request = judged(exported, "operator")
    request.session["proved_at"] = system_clock().timestamp() - age
    answer = exported(request)
    assert is_fresh(request) == opens
    assert answer == "exported" if opens else answer.url == "/account/confirm?next=%2Fx%3Fa%3D1"
