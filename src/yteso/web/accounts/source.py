"""Where a request comes from, as far as throttling and the sessions' list need it: an address, a known browser."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

_SALT = "yteso.known"
_YEAR = 365 * 24 * 3600


def source_of(request: HttpRequest) -> str:
    """The address of the caller. Behind a proxy (a public address is set) the last one that the proxy named."""
    if settings.YTESO.public_url:
        named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if named:
            return named
    address = request.META.get("REMOTE_ADDR", "")
    # The server names the port too (`192.0.2.1:50123`), which changes with every connection.
    return address.rpartition(":")[0] if address.count(":") == 1 or "]:" in address else address


def network_of(request: HttpRequest) -> str:
    """Where the caller is, for counting: of IPv6 the network (/64), in which one machine may take any address."""
    source = source_of(request)
    try:
        address = ipaddress.ip_address(source.strip("[]").partition("%")[0])
    except ValueError:
        return source
    if not isinstance(address, ipaddress.IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def known_browser(request: HttpRequest, username: str) -> str:
    """The id of a browser in which this account signed in before; empty for a new one."""
    try:
        names, browser = signing.loads(request.COOKIES.get(_cookie(), ""), salt=_SALT, max_age=_YEAR)
    except (signing.BadSignature, TypeError, ValueError):
        return ""
    return browser if username in names else ""


def remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """After a log-in: the browser is known for this account (and for at most five others that share it)."""
    try:
        names, browser = signing.loads(request.COOKIES.get(_cookie(), ""), salt=_SALT, max_age=_YEAR)
    except (signing.BadSignature, TypeError, ValueError):
        names, browser = [], secrets.token_urlsafe(12)
    names = [username, *(name for name in names if name != username)][:6]
    response.set_cookie(
        _cookie(),
        signing.dumps([names, browser], salt=_SALT),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _cookie() -> str:
    return f"yteso_known_{settings.YTESO.port}"
