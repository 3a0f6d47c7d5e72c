"""Deny by default: a view says who may open it, and one that says nothing opens for nobody.

`@allow(Role.OPERATOR)`, `@allow(*PEOPLE)` or `@public` goes outermost on a view. The middleware reads the
declaration before the view runs and gives the view `request.principal`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yteso.access.principal import Principal, Role

PEOPLE = (Role.ADMINISTRATOR, Role.OPERATOR, Role.STAFF, Role.DOCTOR)
"""The roles a person can have; machines and the platform itself never open a page."""

_EVERYBODY: frozenset[Role] = frozenset(Role)
_log = logging.getLogger("django.request")
View = TypeVar("View", bound=Callable[..., HttpResponse])


def allow(*roles: Role) -> Callable[[View], View]:
    """Declare which roles may open the view."""

    def declare(view: View) -> View:
        view.roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that the view needs no log-in (the log-in page itself, static files, the language switch)."""
    view.roles = _EVERYBODY  # type: ignore[attr-defined]
    return view


def roles_of(view: Callable[..., Any]) -> frozenset[Role] | None:
    """The declaration of a view; None when it has none."""
    return getattr(view, "roles", None)


def is_public(view: Callable[..., Any]) -> bool:
    """True when the view needs no log-in."""
    return roles_of(view) is _EVERYBODY


class Guard:
    """The middleware that holds every view to its declaration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the decision is in `process_view`, when the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        """None lets the view run; a redirect sends to the log-in; PermissionDenied becomes the calm 403 page."""
        roles = roles_of(view)
        if roles is None:
            _log.error("view %s.%s declares no roles and is refused", view.__module__, view.__qualname__)
            raise PermissionDenied
        user = request.user
        if user.is_authenticated:
            request.principal = Principal(user.username, Role(user.role), user.facility)  # type: ignore[attr-defined]
        if roles is _EVERYBODY:
            return None
        if not user.is_authenticated:
            return _to_login(request)
        if Role(user.role) not in roles:
            raise PermissionDenied
        return None


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment cannot show a log-in page: tell htmx to load the whole page again.
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
    after = request.get_full_path() if request.method == "GET" else reverse("home")
    return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': after})}")
