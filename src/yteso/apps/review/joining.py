"""Two records of one person: find the other one, compare, propose; a second person joins; part again.

Asks `client.joinings`; who may do what is decided there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.apps.review import words
from yteso.apps.review.apps import ROLES
from yteso.base.errors import Refused
from yteso.client.joinings import LEAST, MOST, Joinings
from yteso.web.errors import told
from yteso.web.guard import allow, needs_fresh_login
from yteso.web.services import now, service


def _joinings() -> Joinings:
    found: Joinings = service("joinings")
    return found


@allow(Role.STAFF)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest, patient: str) -> HttpResponse:
    """Whom to join this person with. The search is a POST: what is typed names a patient."""
    records, who = service("records"), request.principal
    person = records.banner(who, patient)
    if person is None:
        raise Http404
    text = request.POST.get("q", "").strip()[:200]
    found = records.find(who, text).persons if text else ()
    others = [other for other in found if other.id != patient and not other.replaced_by]
    return render(request, "review/find.html", {"person": person, "q": text, "others": others})


@allow(*ROLES)
@require_GET
def pair(request: HttpRequest, patient: str, other: str) -> HttpResponse:
    """Both side by side; which one survives, and why it is one person."""
    return _compared(request, patient, other)


@allow(Role.STAFF)
@needs_fresh_login
@require_POST
def propose(request: HttpRequest, patient: str, other: str) -> HttpResponse:
    """Propose to join them; with what is wrong the page comes back as it was filled."""
    survivor = other if request.POST.get("survivor") == other else patient
    replaced = patient if survivor == other else other
    try:
        _joinings().propose(request.principal, survivor, replaced, request.POST.get("reason", ""))
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return _compared(request, patient, other, refusal)
    messages.success(request, gettext("Đã đề nghị gộp. Một người khác của cơ sở xem và đồng ý."))
    return HttpResponseRedirect(reverse("review:joined"))


@allow(*ROLES)
@require_GET
def joined(request: HttpRequest) -> HttpResponse:
    """What the facility proposed and joined, newest first."""
    context = {
        "who": request.principal.name,
        "desk": request.principal.role is Role.STAFF,
        "joinings": _joinings().done(request.principal),
        "least": LEAST,
        "most": MOST,
        "as_of": now(),
    }
    return render(request, "review/joined.html", context)


@allow(*ROLES)
@needs_fresh_login
@require_POST
def second(request: HttpRequest, id: UUID) -> HttpResponse:
    """Do what a colleague proposed."""
    words = gettext("Đã gộp hai hồ sơ. Có hiệu lực ngay; tách lại được ở đây.")
    return _acted(request, lambda: _joinings().second(request.principal, str(id)), words)


@allow(*ROLES)
@require_POST
def refuse(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a proposal off the list."""
    reason = request.POST.get("reason", "")
    return _acted(
        request, lambda: _joinings().refuse(request.principal, str(id), reason), gettext("Đã từ chối đề nghị.")
    )


@allow(Role.STAFF)
@needs_fresh_login
@require_POST
def part(request: HttpRequest, id: UUID) -> HttpResponse:
    """Undo one."""
    reason = request.POST.get("reason", "")
    return _acted(request, lambda: _joinings().part(request.principal, str(id), reason), gettext("Đã tách hai hồ sơ."))


def _acted(request: HttpRequest, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        if refusal.status != 422:
            raise
        for issue in map(told, refusal.issues):
            messages.error(request, f"{issue['code']}: {issue['text']} {issue['fix']}")
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("review:joined"))


def _compared(request: HttpRequest, patient: str, other: str, refusal: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "pair": _joinings().pair(request.principal, patient, other),
        "facts": words.facts(),
        "agreements": words.agreements(),
        "shown": words.shown,
        "problems": [told(issue) for issue in refusal.issues] if refusal else [],
        "survivor": request.POST.get("survivor", ""),
        "reason": request.POST.get("reason", ""),
        "desk": request.principal.role is Role.STAFF,
        "least": LEAST,
        "most": MOST,
        "as_of": now(),
    }
    return render(request, "review/pair.html", context, status=422 if refusal else 200)
