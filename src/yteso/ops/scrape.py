"""Who may read /metrics: a program on this machine, or an administrator or operator with a bearer token.

Where a reverse proxy stands in front every caller seems to be on this machine, so then only a token counts. A proxy is
known by the public address in the settings or by the headers it adds.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.ops.rules import NOT_FOR_YOU

_ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.SYSTEM})
_OF_A_PROXY = frozenset({"forwarded", "x-forwarded-for", "x-real-ip", "via"})


def guarded(
    answer: Callable[[Request], Response], verify: Callable[[str], Principal], *, proxied: bool
) -> Callable[[Request], Response]:
    """`answer` for those who may; Refused (401 without a valid token, 403 OPS-0013 of another role) for the others."""

    def ask(request: Request) -> Response:
        if proxied or not is_local(request):
            who = verify(request.headers.get("authorization", ""))
            if who.role not in _ROLES or who.scope is not None:
                raise Refused(NOT_FOR_YOU.at(), status=403)
        return answer(request)

    return ask


def is_local(request: Request) -> bool:
    """True when the caller is on this machine and nobody speaks through it."""
    if not _OF_A_PROXY.isdisjoint(request.headers):
        return False
    try:
        address = ip_address(request.remote.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
