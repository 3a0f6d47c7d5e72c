"""Headers by which the browser helps: no foreign or inline script or style, no framing, no leaked addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yteso.base.errors import Refused
from yteso.base.outward import origin_of
from yteso.web.live import live_origin

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src {connect}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Outermost middleware: every answer carries the headers, error pages too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers that the view did not set itself. Pages are kept by no cache: they show patients.

        A view whose form leads to another site afterwards names it in `response.form_targets`.
        """
        response = self.get_response(request)
        origin = live_origin(request)
        connect = f"'self' {origin}" if origin else "'self'"
        policy = _POLICY.format(
            connect=connect, forms=" ".join(["'self'", *_providers(), *getattr(response, "form_targets", ())])
        )
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _providers() -> list[str]:
    """The origins a form may lead to by a redirect: those of the log-in's providers."""
    from yteso.web.accounts import oidc

    try:
        addresses = [address for one in oidc.providers() for address in (one.issuer, *one.origins)]
    except Refused:
        return []
    found = {origin for address in addresses if (origin := origin_of(address))}
    return sorted(f"{scheme}://{host}:{port}" for scheme, host, port in found)
