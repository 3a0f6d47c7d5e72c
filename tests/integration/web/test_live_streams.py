"""A page's stream ends within a second when its session, its account or its role is no longer what it was.

That it looks so often is its rhythm; how long a busy machine takes to look is the machine's.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from yteso.access.principal import Principal, Role
from yteso.oauth.ended import end
from yteso.ops import live
from yteso.ops.hub import Hub
from yteso.ops.live import TicketOrToken, application_of
from yteso.web import setup

PASSWORD = "mat khau mau cho kiem thu"
ANOTHER = "mot mat khau khac cho kiem thu"
SOON = 20.0


class Silent:
    """A listener that hears nothing."""

    def wait(self, timeout):
        time.sleep(0.05)
        return []

    def close(self):
        return None


@pytest.fixture
def signed_in(site):
    from yteso.web.accounts import people

    people.create_user("nguoinghe", PASSWORD, Role.NURSE, facility=site.facility, demo=True)
    yield site.client("nguoinghe")
    rows().delete()


def rows():
    from yteso.web.accounts.models import User

    return User.objects.filter(username="nguoinghe")


def ticket_on(client) -> str:
    page = client.get("/record/").content.decode()
    return urlsplit(html.unescape(re.search(r'data-live="([^"]+)"', page)[1])).query


def done_apart(act):
    try:
        act()
    finally:
        setup.close()


def stream(site, query, act, header="", patience=SOON):
    """Listen, do `act` when the greeting came: (status, whether the stream ended within so many seconds)."""

    roles = TicketOrToken(site.services.settings, site.services.bearer)

    async def story():
        hub = Hub(Silent())
        app = application_of(site.services.settings, hub, roles)
        sent = asyncio.Queue()
        gone = asyncio.Event()

        async def receive():
            await gone.wait()
            return {"type": "http.disconnect"}

        headers = [(b"authorization", header.encode())] if header else []
        scope = {"type": "http", "method": "GET", "path": "/live", "query_string": query.encode(), "headers": headers}
        async with app.router.lifespan_context(app):
            task = asyncio.create_task(app({**scope, "http_version": "1.1"}, receive, sent.put))
            status = (await sent.get())["status"]
            if status != 200:
                await task
                return status, None
            await sent.get()
            await asyncio.to_thread(done_apart, act)
            done, _ = await asyncio.wait([task], timeout=patience)
            gone.set()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            return status, bool(done)

    return asyncio.run(story())


def disabled(_):
    from yteso.web.accounts import people

    people.deactivate("nguoinghe")


def disabled_as_idle(_):
    from yteso.web.accounts import idle

    long_ago = rows().get().created - timedelta(days=60)
    rows().update(last_active=long_ago, created=long_ago, demo=False)
    assert "nguoinghe" in idle.disable_idle()


def another_password(_):
    user = rows().get()
    user.set_password(ANOTHER)
    user.save()


def sessions_ended(_):
    from yteso.web.accounts import sessions

    sessions.end_all(rows().get())


ENDS = {
    "disabled": disabled,
    "disabled as idle": disabled_as_idle,
    "another role": lambda _: rows().update(role="cashier"),
    "another password": another_password,
    "sessions ended": sessions_ended,
    "signed out": lambda client: client.post("/logout"),
    "gone": lambda _: rows().delete(),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_stream_ends_within_a_second_and_its_ticket_opens_no_other(site, signed_in, how):
    query = ticket_on(signed_in)
    assert stream(site, query, lambda: ENDS[how](signed_in)) == (200, True)
    assert how == "another role" or stream(site, query, lambda: None) == (401, None)


def test_who_listens_is_looked_at_three_times_a_second():
    assert live._LOOK_SECONDS < 0.4


def test_a_stream_goes_on_while_nothing_changes(site, signed_in):
    assert stream(site, ticket_on(signed_in), lambda: signed_in.get("/record/"), patience=1.5) == (200, False)


def test_a_ticket_names_nobody_and_is_another_one_for_each_session(site, signed_in):
    first, second = ticket_on(signed_in), ticket_on(site.client("nguoinghe"))
    assert "nguoinghe" not in first
    assert first != second
    signed_in.post("/logout")
    assert stream(site, first, lambda: None) == (401, None)
    assert stream(site, second, lambda: None, patience=1.5) == (200, False)


def test_a_bearers_stream_ends_when_its_token_is_called_back(site):
    header = f"Bearer {site.services.bearer.issue(Principal('may', Role.INTEGRATOR), timedelta(minutes=5))}"

    def call_back():
        with site.services.database.connection() as conn:
            end(conn, "account", "may", site.services.clock())

    assert stream(site, "", call_back, header) == (200, True)
