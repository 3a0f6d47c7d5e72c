"""Where the browser listens for news, and the ticket that lets it in. The stream itself runs in `ops` (ASGI).

A ticket is signed by the installation's secret and names a session by a keyed mark and an account by its number: enough
to see again and again whether that session still lives and whose it is, and nothing that opens a page. The stream
carries only names of topics, never data.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from yteso.access.principal import Role
from yteso.web.services import installed

_SALT = "yteso.live"
TICKET_SECONDS = 12 * 3600


def live_address(request: HttpRequest) -> str:
    """The address of the event stream with this person's ticket; empty when nobody is signed in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return ""
    ticket = ticket_of(request.user, request.session.session_key or "")
    return f"{live_base(request)}?{urlencode({'ticket': ticket})}"


def ticket_of(user: Any, session_key: str) -> str:
    """The ticket of this session of this account."""
    said = {"user": user.pk, "session": _mark(user, session_key)}
    return signing.dumps(said, key=settings.SECRET_KEY, salt=_SALT)


def live_base(request: HttpRequest) -> str:
    """The stream's address without a ticket: as injected, else `/live` on the next port of the host asked for."""
    address = installed().live_url
    if address:
        return address
    try:
        host = urlsplit(f"//{request.get_host()}").hostname or ""
    except DisallowedHost:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{host}:{settings.YTESO.live_port}/live" if host else ""


def live_origin(request: HttpRequest) -> str:
    """The origin that `connect-src` must allow; empty when it is this one."""
    parts = urlsplit(live_base(request))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def roles_in(tickets: Collection[str]) -> dict[str, Role]:
    """Whose role each ticket carries now, without forged and old ones and those whose session or account is over.

    For the stream's process, which asks again while somebody listens: two statements, however many tickets.
    """
    from yteso.web.accounts.sessions import living

    said = {ticket: _said(ticket) for ticket in tickets}
    numbers = {int(one["user"]) for one in said.values() if one}
    known = {_mark(user, key): (user.pk, Role(user.role)) for user, key in living(numbers)}
    found = {}
    for ticket, one in said.items():
        number, role = known.get(str(one["session"]), (0, None)) if one else (0, None)
        if role is not None and one is not None and number == one["user"]:
            found[ticket] = role
    return found


def _said(ticket: str) -> dict[str, Any] | None:
    try:
        found = signing.loads(ticket, key=settings.SECRET_KEY, salt=_SALT, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("user"), int) and "session" in found else None


def _mark(user: Any, session_key: str) -> str:
    """Another one for each session, and after each change of the password, which ends sessions too."""
    text = f"{session_key}/{user.get_session_auth_hash()}"
    return salted_hmac(_SALT, text, settings.SECRET_KEY, algorithm="sha256").hexdigest()[:32]
