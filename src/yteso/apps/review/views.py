"""The list of doubts and the decision on one. Asks `client.reviews` only; the role decides there, not here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.review import words
from yteso.apps.review.apps import ROLES
from yteso.client.reviews import Reviews
from yteso.web.guard import allow
from yteso.web.services import service

MOST = 50


def _reviews() -> Reviews:
    found: Reviews = service("reviews")
    return found


@allow(*ROLES)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Open doubts, the oldest first."""
    doubts = _reviews().open(request.principal, MOST)
    context = {
        "doubts": doubts,
        "most": MOST,
        "may_settle": _reviews().may_settle(request.principal),
        "reason": words.reason,
        "facts": words.facts(),
        "agreements": words.agreements(),
        "shown": words.shown,
    }
    return render(request, "review/start.html", context)


@allow(Role.STAFF)
@require_POST
def settle(request: HttpRequest, id: str) -> HttpResponse:
    """Keep a decision."""
    choice = request.POST.get("choice", "")
    if choice not in ("same", "other"):
        messages.error(request, gettext("Hãy chọn một trong hai quyết định."))
    elif _reviews().settle(request.principal, id, choice):
        messages.success(request, gettext("Đã ghi quyết định và đóng nghi vấn."))
    else:
        messages.info(request, gettext("Nghi vấn này không còn mở."))
    return HttpResponseRedirect(reverse("review:start"))
