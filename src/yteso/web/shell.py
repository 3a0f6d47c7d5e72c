"""What every page's frame needs, and the few views that belong to no app: home, language, theme, the living page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.base.clock import system_clock
from yteso.web.guard import ACCOUNTS, INCOMPLETE, PEOPLE, allow, public
from yteso.web.language import CHOICES
from yteso.web.live import live_address
from yteso.web.navigation import rail, start_of
from yteso.web.qr import qr_path
from yteso.web.sample import sample
from yteso.web.typed import seal_of

THEMES = ("system", "light", "dark")
_YEAR = 365 * 24 * 3600


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all pages."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    complete = known and not request.session.get(INCOMPLETE, False)
    theme = request.COOKIES.get("yteso_theme", "system")
    return {
        "user": user if known else None,
        "stranger": not known,
        "rail": rail(Role(user.role), request.path) if user is not None and complete else [],
        "theme": theme if theme in THEMES else "system",
        "live": live_address(request) if complete else "",
        "seal": seal_of(user.username) if complete else "",
        "idle": settings.YTESO.idle_minutes * 60 if known else 0,
        "notes": messages.get_messages(request) if known else [],
        "here": request.get_full_path() if request.method == "GET" else "/",
    }


@allow(*ACCOUNTS)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """`/` -> the page this role works on."""
    return HttpResponseRedirect(start_of(Role(request.user.role)))


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: kept in the account when signed in, and in a cookie for the next log-in page."""
    wish = request.POST.get("language", "")
    response = _back(request)
    if wish in CHOICES:
        if request.user.is_authenticated:
            request.user.language = wish
            request.user.save(update_fields=["language"])
        _remember(response, settings.LANGUAGE_COOKIE_NAME, wish)
    return response


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switch between light, dark and what the system says."""
    wish = request.POST.get("theme", "")
    response = _back(request)
    if wish in THEMES:
        _remember(response, "yteso_theme", wish)
    return response


@allow(*PEOPLE)
@require_GET
def living_page(request: HttpRequest) -> HttpResponse:
    """`/ui`: every component in every state, in one page; for who builds pages, where only this machine asks."""
    if not settings.YTESO.is_local:
        raise Http404
    return render(request, "ui.html", {"sample": sample(system_clock()), "qr": qr_path("https://yte.example.vn")})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target if safe else reverse("home"))


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
