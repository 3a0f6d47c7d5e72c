"""Where the browser listens for news, and the ticket that lets it in. The stream itself runs in `ops` (ASGI).

A ticket is signed by the installation's secret and carries nothing but "a signed-in person of this role"; the stream
carries only names of topics, never data.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from yteso.access.principal import Role
from yteso.web.services import installed

_SALT = "yteso.live"
TICKET_SECONDS = 12 * 3600


def live_address(request: HttpRequest) -> str:
    """The address of the event stream with this person's ticket; empty when nobody is signed in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return ""
    ticket = signing.dumps({"role": request.user.role}, key=settings.SECRET_KEY, salt=_SALT)
    return f"{live_base(request)}?{urlencode({'ticket': ticket})}"


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


def role_in(ticket: str, secret: str) -> Role | None:
    """Whose role a ticket carries that was made with this secret within twelve hours; for the stream's process."""
    try:
        return Role(signing.loads(ticket, key=secret, salt=_SALT, max_age=TICKET_SECONDS)["role"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
