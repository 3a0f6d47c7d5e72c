"""Questions about accesses: the open ones with their clock, the oldest first; those that were answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.privacy.acts import tabs, waiting
from yteso.base.errors import Refused
from yteso.client.accesses import LEAST, MOST, Accesses, Questioned
from yteso.web.guard import allow
from yteso.web.looks import look
from yteso.web.names import names_of, names_with_accounts
from yteso.web.services import service
from yteso.web.turning import turned


def _accesses() -> Accesses:
    found: Accesses = service("accesses")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Open questions, or with `?answered=1` the closed ones."""
    return _page(request, answered=request.GET.get("answered") == "1")


@allow(Role.DATA_OFFICER)
@require_POST
def answer(request: HttpRequest, id: str) -> HttpResponse:
    """Keep the answer; the person reads it beside the access."""
    text = request.POST.get("answer", "")
    try:
        _accesses().answer(request.principal, id, text)
    except Refused as refusal:
        if refusal.status != 400:
            messages.error(request, gettext("Câu hỏi này đã được trả lời hoặc không còn."))
            return HttpResponseRedirect(reverse("privacy:start"))
        return _page(request, answered=False, short={"id": id, "text": text}, status=400)
    messages.success(request, gettext("Đã gửi trả lời cho người hỏi."))
    return HttpResponseRedirect(reverse("privacy:start"))


def _page(request: HttpRequest, *, answered: bool, status: int = 200, **more: Any) -> HttpResponse:
    who = request.principal
    found, turn = turned(request, lambda stretch: _accesses().open_cases(who, open=not answered, stretch=stretch))
    context = {
        "tabs": tabs(request, "privacy:start"),
        "open": waiting(request),
        "questions": _shown(found),
        "turn": turn,
        "people": names_of(one.case.answered_by for one in found),
        "answered": answered,
        "facilities": _accesses().facilities(),
        "least": LEAST,
        "most": MOST,
        **more,
    }
    return render(request, "privacy/start.html", context, status=status)


def _shown(found: list[Questioned]) -> list[dict[str, Any]]:
    asked = [one.access for one in found if one.access is not None]
    names = names_with_accounts(account for one in asked for account in (one.who, one.client))
    return [
        {"case": one.case, "look": None if one.access is None else look(one.access, "", "", names)} for one in found
    ]
