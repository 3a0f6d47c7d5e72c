"""The event stream over HTTP: PostgreSQL says a topic changed, a browser with its page's ticket hears it."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import psycopg
import pytest

from yteso.db.embedded import EmbeddedServer

pytestmark = pytest.mark.slow
PASSWORD = "mat khau mau cho kiem thu"
SOON = 14.0
"""Seconds: the platform looks three times a second, and beats every fifteen."""


def announce(platform, topic: str) -> None:
    with psycopg.connect(EmbeddedServer(platform.home).dsn(), autocommit=True) as conn:
        conn.execute("SELECT pg_notify('yteso_live', %s)", [topic])


def next_event(stream) -> tuple[str, str]:
    """The name and data of the next event."""
    name = ""
    while line := stream.readline().decode().rstrip("\n"):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return name, line.removeprefix("data: ")
    return next_event(stream)


def token(platform, name: str = "bacsi") -> str:
    return platform.run("token", "--user", name).stdout.strip()


def test_a_bearer_hears_a_topic_within_a_moment_and_none_that_its_role_does_not_hear(platform) -> None:
    asked = "/live?topics=marts,record"
    with platform.ask(asked, platform.port + 1, Authorization=f"Bearer {token(platform)}") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.readline() == b"retry: 3000\n"
        announce(platform, "marts")
        announce(platform, "intake")
        announce(platform, "record")
        started = time.monotonic()
        assert next_event(stream) == ("record", "record")
        assert time.monotonic() - started < SOON


def test_the_ticket_of_a_signed_in_page_opens_the_stream(platform) -> None:
    site = f"http://127.0.0.1:{platform.port}"
    # A citizen needs no second factor to have pages.
    platform.run("user", "add", "nguoidan", "--role", "citizen", "--password", "-", given=PASSWORD + "\n")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(f"{site}/login", timeout=20) as page:
        csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert csrf is not None
    form = {"csrfmiddlewaretoken": csrf[1], "username": "nguoidan", "password": PASSWORD, "next": ""}
    request = urllib.request.Request(
        f"{site}/login", urllib.parse.urlencode(form).encode(), {"Origin": site, "Referer": f"{site}/login"}
    )
    with browser.open(request, timeout=20) as page:
        address = re.search(r'data-live="([^"]+)"', page.read().decode())
    assert address is not None
    asked = urllib.request.Request(address[1].replace("&amp;", "&"), headers={"Origin": site})
    with urllib.request.urlopen(asked, timeout=20) as stream:
        assert stream.headers["Access-Control-Allow-Origin"] == site
        stream.readline()
        announce(platform, "intake")
        announce(platform, "record")
        assert next_event(stream)[0] == "record"
        platform.run("user", "disable", "nguoidan")
        disabled = time.monotonic()
        assert not [line for line in stream.read().splitlines() if line and line != b": beat"], "the stream is over"
        assert time.monotonic() - disabled < SOON
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(asked, timeout=20):
        pass
    with refused.value as answer:
        assert answer.code == 401


def test_a_bearers_stream_ends_with_the_account(platform) -> None:
    platform.run("user", "add", "dangnghe", "--role", "citizen", "--password", "-", given=PASSWORD + "\n")
    with platform.ask("/live", platform.port + 1, Authorization=f"Bearer {token(platform, 'dangnghe')}") as stream:
        stream.readline()
        platform.run("user", "disable", "dangnghe")
        disabled = time.monotonic()
        stream.read()
        assert time.monotonic() - disabled < SOON


@pytest.mark.parametrize("query", ["", "?ticket=forged", "?token=forged", "?ticket="])
def test_without_a_true_ticket_or_token_nobody_listens(platform, query: str) -> None:
    assert platform.status_of(f"/live{query}", platform.port + 1) == 401
