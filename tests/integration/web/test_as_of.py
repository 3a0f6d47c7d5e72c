"""Every page that shows figures or lists of what there is says as of when: all routes of all roles but those named."""

from __future__ import annotations

import re

import pytest
from tests.integration.web.conftest import PASSWORD, ROLES
from tests.integration.web.test_roles import TABLE, routes

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.web.guard import is_public, roles_of
from yteso.web.services import service

TIMELESS = {
    "home": "leads on",
    "ui": "specimens",
    "account_reauthenticate": "a form",
    "account_factors": "a choice",
    "account_app": "a form",
    "account_passkey": "a form",
    "account_alive": "no page",
    "accounts_new": "a form",
    "ioc:tile": "part of a page",
    "oauth_authorize": "a question",
    "healthbook:download": "a file, with its time",
    "healthbook:printed": "a file, with its time",
    "healthbook:visit_printed": "a file, with its time",
    "healthbook:question": "a form",
    "healthbook:representative_code": "a code, with its end",
    "healthbook:name_representative": "a form",
    "record:start": "a search; what it finds says it",
    "intake:raw": "a file",
    "intake:receipt": "a file, with its time",
    "privacy:register_file": "a file",
    "privacy:notice": "a file",
}


@pytest.mark.parametrize("username", ROLES)
def test_a_page_that_shows_what_there_is_says_as_of_when(site, username):
    client = site.client(username)
    client.cookies["yteso_language"] = "vi"
    names = {"file": site.file, "patient": site.patient, "visit": site.visit, "document": site.document}
    silent = []
    for route, (address, roles) in TABLE.items():
        if username not in roles or route in TIMELESS:
            continue
        if is_silent(client.get(address.format(**names, result=site.result))):
            silent.append(route)
    assert not silent


def is_silent(page) -> bool:
    text = page.content.decode() if page.headers["Content-Type"].startswith("text/html") else ""
    return page.status_code == 200 and bool(text) and "ính đến" not in text and "s of " not in text


@pytest.fixture
def citizen(site):
    from yteso.web.accounts import people
    from yteso.web.accounts.models import User

    people.create_user("dan.luc", PASSWORD, Role.CITIZEN, display_name="Mẫu", person=site.patient, demo=True)
    with site.services.database.connection() as conn:
        doctor = Principal("bs-luc", Role.DOCTOR, site.facility)
        site.services.store.read(conn, doctor, EVERYTHING, "Patient", site.patient)
    yield site.client("dan.luc")
    User.objects.filter(username="dan.luc").delete()


def test_the_pages_of_a_citizen_say_it_too(site, citizen):
    """Each route a citizen may open has an address here, so that a new one cannot be forgotten."""
    citizen.cookies["yteso_language"] = "vi"
    who = Principal("dan.luc", Role.CITIZEN, person=site.patient)
    paper = service("records").section(who, site.patient, "documents", 1).facts[0].resource["id"]
    own = {
        "account": "/account",
        "account_codes": "/account/factors/codes",
        "oauth_grants": "/oauth/grants",
        "consent:own": "/consent/",
        "consent:find": "/consent/",
        "healthbook:start": "/healthbook/record",
        "healthbook:section": "/healthbook/record/tests",
        "healthbook:visit": f"/healthbook/record/visit/{site.visit}",
        "healthbook:document": f"/healthbook/record/document/{paper}",
        "healthbook:trend": f"/healthbook/record/trend/{site.result}",
        "healthbook:representatives": "/healthbook/representatives",
        "healthbook:inbox": "/healthbook/inbox",
        "healthbook:who": "/healthbook/who",
        "privacy:mine": "/privacy/requests/mine",
    }
    may = {name for name, one in routes() if Role.CITIZEN in roles_of(one.callback) and not is_public(one.callback)}
    changes = {name for name in may - set(own) - set(TIMELESS) if citizen.get(filled(name)).status_code == 405}
    assert may - changes - set(TIMELESS) == set(own)
    assert all(citizen.get(address).status_code == 200 for address in own.values())
    assert not [name for name, address in own.items() if is_silent(citizen.get(address))]


def filled(name: str) -> str:
    """The address of a route that takes a form, with anything in its place."""
    address = TABLE[name][0]
    return re.sub(r"\{\w+\}", "x", address)
