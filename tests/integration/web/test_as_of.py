"""Every page that shows figures or lists of what there is says as of when: all routes of all roles but those named."""

from __future__ import annotations

import pytest
from tests.integration.web.conftest import ROLES
from tests.integration.web.test_roles import TABLE

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
        page = client.get(address.format(**names, result=site.result))
        if page.status_code == 200 and page.headers["Content-Type"].startswith("text/html"):
            text = page.content.decode()
            if "ính đến" not in text and "s of " not in text:
                silent.append(route)
    assert not silent
