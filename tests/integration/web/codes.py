"""An authenticator app for tests: RFC 6238 by its text, apart from the code under test; a clock; sessions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings as conf

from yteso.web import services

PASSWORD = "mat khau mau cho kiem thu"


@dataclass
class MovedClock:
    """The services' clock while a test runs."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


def install_clock() -> tuple[MovedClock, services.Services]:
    """(the clock now in place, the services to put back)."""
    before = services.installed()
    clock = MovedClock(datetime.now(UTC))
    services.install(replace(before, clock=clock))
    return clock, before


def session_of(client):
    """The kept session of this browser; one is begun where it has none."""
    from yteso.web.accounts.kept_sessions import SessionStore, name_of

    cookie = client.cookies.get(conf.SESSION_COOKIE_NAME)
    if cookie is not None and cookie.value:
        return SessionStore(name_of(cookie.value))
    session = SessionStore()
    session.create()
    client.cookies[conf.SESSION_COOKIE_NAME] = session.secret
    return session


def code(secret: str, at: datetime) -> str:
    """The six digits of RFC 6238 (HMAC-SHA-1, 30 s)."""
    step = struct.pack(">Q", int(at.timestamp()) // 30)
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def set_up_app(client, clock) -> str:
    """Walk through the set-up page; the secret."""
    return set_up_with_codes(client, clock)[0]


def set_up_with_codes(client, clock) -> tuple[str, list[str]]:
    """The secret, and the recovery codes as the page shows them, once; none for who has some already."""
    page = client.get("/account/factors/app").content.decode()
    secret = re.search(r'<code class="mono">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    answer = client.post("/account/factors/app", {"code": code(secret, clock())})
    assert answer.status_code in (200, 302), answer.content.decode()
    return secret, shown_codes(answer)


def shown_codes(answer) -> list[str]:
    """Recovery codes on a page."""
    return re.findall(r"<li>(\d{4}-\d{4}-\d{4})</li>", answer.content.decode())
