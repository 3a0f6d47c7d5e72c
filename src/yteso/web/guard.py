"""Deny by default: a view says who may open it, and one that says nothing opens for nobody.

`@allow(Role.OPERATOR)`, `@allow(*PEOPLE)` or `@public` goes outermost on a view. The middleware reads the
declaration before the view runs and gives the view `request.principal`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yteso.access.principal import Principal, Role
from yteso.access.purpose import USUAL
from yteso.web.services import now

PEOPLE = tuple(role for role in Role if role not in {Role.FACILITY, Role.SYSTEM, Role.INTEGRATOR})
"""The roles a person can have; machines and the platform itself never open a page."""

ACCOUNTS = (*PEOPLE, Role.INTEGRATOR)
"""Whoever can sign in: an integrator has its own account here, and its work over FHIR."""

FRESH_SECONDS = 300
"""How long a proof of who one is counts as fresh for `needs_fresh_login`."""

PROVED_AT = "proved_at"
"""Session key: when (seconds since the epoch) the person last proved who they are."""

PROVED_ANEW = "proved_anew"
"""Session key: the same of a proof that was asked for after the log-in, and not spent yet."""

INCOMPLETE = "incomplete"
"""Session key: true while somebody who needs a second factor has given none; only `enrols` views open then."""

ASSURANCE = "assurance"
"""Session key: how sure that proof was, as in `Principal.assurance`."""

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


def needs_fresh_login(view: View) -> View:
    """Declare, below `allow`, that the view wants a proof of who one is from within the last five minutes.

    Without one: a redirect to the page that asks for it, and from there back to this address, or to the page whose
    form was sent (which has to be sent again). For exports and changes of one's own log-in.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
        return view(request, *args, **names) if is_fresh(request) else to_proof(request)

    return guarded  # type: ignore[return-value]


def needs_fresh_login_to_change(view: View) -> View:
    """The same for a view that also shows: looking needs no new proof, changing does."""
    guarded = needs_fresh_login(view)

    @wraps(view)
    def either(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
        return (view if request.method in ("GET", "HEAD") else guarded)(request, *args, **names)

    return either  # type: ignore[return-value]


def spend_proof(request: HttpRequest) -> None:
    """The proof of who one is was for what has just been done, and counts for nothing further."""
    request.session.update({PROVED_AT: 0, PROVED_ANEW: 0})


def is_fresh(request: HttpRequest) -> bool:
    """True when the person proved who they are within the last `FRESH_SECONDS`."""
    return _is_within(request, PROVED_AT)


def is_proved_anew(request: HttpRequest) -> bool:
    """The same of a proof since the log-in: who just signed in has not been asked again (break-glass)."""
    return _is_within(request, PROVED_ANEW)


def _is_within(request: HttpRequest, name: str) -> bool:
    return 0 <= now().timestamp() - request.session.get(name, 0) < FRESH_SECONDS


def enrols(view: View) -> View:
    """Declare that the view is a part of setting up a second factor: it opens before one has it."""
    view.enrols = True  # type: ignore[attr-defined]
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
        complete = user.is_authenticated and not request.session.get(INCOMPLETE, False)
        if complete:
            request.principal = principal_of(request)  # type: ignore[attr-defined]
        if roles is _EVERYBODY:
            return None
        if not user.is_authenticated:
            return _to_login(request)
        if not complete and not getattr(view, "enrols", False):
            return _to("account_factors", request)
        if Role(user.role) not in roles:
            raise PermissionDenied
        return None


def principal_of(request: HttpRequest) -> Principal:
    """The signed-in person as the one who acts."""
    user = request.user
    assurance = request.session.get(ASSURANCE, 1)
    role = Role(user.role)
    return Principal(user.username, role, user.facility, USUAL[role], person=user.person, assurance=assurance)


def to_proof(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a proof of who one is, and from there back to where one was."""
    if request.headers.get("HX-Request"):
        return _to("account_reauthenticate", request)
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': place_of(request)})}")


def _to(name: str, request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse(name)})
    return HttpResponseRedirect(reverse(name))


def _to_login(request: HttpRequest) -> HttpResponse:
    to = login_address(request)
    if request.headers.get("HX-Request"):
        # A fragment cannot show a log-in page: tell htmx to load the whole page again.
        return HttpResponse(status=401, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)


def login_address(request: HttpRequest) -> str:
    """The log-in page, and from there back to where one was."""
    return f"{reverse('account_login')}?{urlencode({'next': place_of(request)})}"


def place_of(request: HttpRequest) -> str:
    """The page somebody is on: of a form that was sent, or of a part that was asked for, the page it stands in."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if page.netloc != request.get_host() or not page.path.startswith("/"):
        return reverse("home")
    return f"{page.path}?{page.query}" if page.query else page.path
