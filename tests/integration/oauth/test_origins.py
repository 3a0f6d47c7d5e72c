"""Which pages of other sites may read the FHIR door in a browser: those of registered apps (CORS)."""

import time

import pytest
import requests
from tests.integration.oauth.conftest import BACK, MINE

from yteso.oauth.clients import Client

APP, STRANGER = "https://app.example", "https://la.example"


def ask(platform, origin, method="GET", **headers):
    address = f"{platform.fhir}/Patient/{MINE}"
    return requests.request(method, address, headers={"Origin": origin, **headers}, timeout=20)


def test_a_page_of_a_registered_app_may_read_what_its_token_may(platform, visit):
    token = {"Authorization": f"Bearer {visit.tokens()['access_token']}"}
    told = ask(platform, APP, **token)
    assert told.status_code == 200
    assert told.headers["Access-Control-Allow-Origin"] == APP
    assert "Access-Control-Allow-Credentials" not in told.headers
    assert "Origin" in told.headers["Vary"]
    assert "ETag" in told.headers["Access-Control-Expose-Headers"]


def test_a_refusal_can_be_read_by_the_app_too(platform):
    told = ask(platform, APP)
    assert told.status_code == 401
    assert told.headers["Access-Control-Allow-Origin"] == APP


@pytest.mark.parametrize("origin", [STRANGER, "null", "https://app.example.la.example", "http://app.example", "*"])
def test_a_page_of_anybody_else_may_not(platform, visit, origin):
    token = {"Authorization": f"Bearer {visit.tokens()['access_token']}"}
    told = ask(platform, origin, **token)
    assert "Access-Control-Allow-Origin" not in told.headers
    assert "Origin" in told.headers["Vary"]
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    assert "Access-Control-Allow-Origin" not in ask(platform, origin, "OPTIONS", **asks).headers


@pytest.mark.parametrize("origin", [APP, STRANGER])
def test_every_page_may_read_what_can_be_done_here(platform, origin):
    """SMART App Launch 2.2, Considerations for CORS support: the public discovery endpoints, for any origin."""
    for address in (f"{platform.fhir}/metadata", f"{platform.fhir}/.well-known/smart-configuration"):
        told = requests.get(address, headers={"Origin": origin}, timeout=20)
        assert (told.status_code, told.headers["Access-Control-Allow-Origin"]) == (200, "*")
        asks = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        assert requests.options(address, headers=asks, timeout=20).headers["Access-Control-Allow-Origin"] == "*"


def test_a_browser_asks_first_and_is_told(platform):
    asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization, if-match"}
    told = ask(platform, APP, "OPTIONS", **asks)
    assert told.status_code == 204
    assert told.headers["Access-Control-Allow-Origin"] == APP
    assert "PUT" in told.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in told.headers["Access-Control-Allow-Headers"]


def test_a_locked_app_and_a_machine_have_no_pages(platform):
    oauth = platform.services.oauth
    oauth.register(Client("app-khoa", "Khóa Mẫu", "public", (BACK, "https://khoa.example/x"), scope="patient/*.rs"))
    time.sleep(2.1)
    assert ask(platform, "https://khoa.example").headers["Access-Control-Allow-Origin"] == "https://khoa.example"
    oauth.set_active("app-khoa", active=False)
    time.sleep(2.1)
    assert "Access-Control-Allow-Origin" not in ask(platform, "https://khoa.example").headers
