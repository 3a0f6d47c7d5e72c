"""`/oauth/authorize`: an app asks, the signed-in person reads what, for whom and how long, and says yes or no.

Every request is checked anew when it is posted: the page holds nothing but the app's own question.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yteso.access.principal import Principal, Role
from yteso.oauth.authorize import Asked, Returned
from yteso.oauth.grants import OFFLINE_LIVES, SESSION_LIVES
from yteso.web.guard import PEOPLE, PROVED_AT, allow
from yteso.web.oauth import words
from yteso.web.services import service

_FIND = "find"
"""The page's own field: whom the person looks for. It is posted, so that no name stands in an address."""
_LONGEST = 200


@allow(*PEOPLE)
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """GET shows the question; POST looks somebody up, and with `answer=yes` or `no` goes back to the app."""
    posted, answers = request.method == "POST", _FIND not in request.POST
    query = request.POST.get("request", "") if posted else request.META.get("QUERY_STRING", "")
    try:
        asked = service("oauth").read_request(query, request.principal)
        if posted and answers and request.POST.get("answer") != "yes":
            return _to(service("oauth").refuse(asked, request.principal))
        if posted and answers and (not asked.needs_patient or request.POST.get("patient")):
            return _to(_given(request, asked))
    except Returned as back:
        return _to(back.address)
    return _question(request, asked, query)


def _given(request: HttpRequest, asked: Asked) -> str:
    """The person may choose only whom they may see."""
    patient = request.POST.get("patient", "") if asked.needs_patient else ""
    if patient and service("records").banner(request.principal, patient) is None:
        raise PermissionDenied
    proved = datetime.fromtimestamp(request.session.get(PROVED_AT, 0), UTC)
    address: str = service("oauth").give(asked, request.principal, patient, proved)
    return address


def _question(request: HttpRequest, asked: Asked, query: str) -> HttpResponse:
    find = request.POST.get(_FIND, "").strip()[:_LONGEST]
    unchosen = request.method == "POST" and _FIND not in request.POST
    shown: dict[str, Any] = {
        "asked": asked,
        "host": urlsplit(asked.redirect).hostname or urlsplit(asked.redirect).scheme,
        "lines": words.lines(asked.scopes),
        "days": OFFLINE_LIVES.days if asked.is_offline else 0,
        "minutes": int(SESSION_LIVES.total_seconds() // 60),
        "request_text": query,
        "find": find,
        "patient": _banner(request.principal, asked.patient),
        "choices": _choices(request.principal, find) if asked.needs_patient else [],
        "searches": asked.needs_patient and request.principal.role is not Role.CITIZEN,
        "error": gettext("Hãy chọn một người trước khi đồng ý.") if unchosen else "",
    }
    response = render(request, "oauth/consent.html", shown, status=422 if shown["error"] else 200)
    response.form_targets = (origin_of(asked.redirect),)
    return response


def _choices(who: Principal, find: str) -> list[Any]:
    """A citizen chooses among the people they act for; staff look somebody up within their rights."""
    records = service("records")
    if who.role is Role.CITIZEN:
        own = _banner(who, who.person)
        others = [one.person for one in service("representations").by_me(who)]
        return [*([own] if own else ()), *others]
    return list(records.find(who, find, count=10).persons) if find else []


def _banner(who: Principal, patient: str) -> Any:
    return service("records").banner(who, patient) if patient else None


def origin_of(address: str) -> str:
    """Where a form of this page may lead, as browsers check redirects of forms too (CSP `form-action`)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def _to(address: str) -> HttpResponse:
    """Also to an app's own scheme, which is registered: `HttpResponseRedirect` knows only the web's."""
    return HttpResponse(status=303, headers={"Location": address})
