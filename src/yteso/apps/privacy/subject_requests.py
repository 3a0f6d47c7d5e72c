"""Requests of people about their data: the queue with its clocks; and the citizen's own page, to file and to follow."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.apps.privacy.acts import done, tabs
from yteso.client.subject_requests import LEAST, MOST, SubjectRequests
from yteso.web.guard import allow
from yteso.web.names import names_with_accounts
from yteso.web.services import now, service
from yteso.web.turning import turned


def _requests() -> SubjectRequests:
    found: SubjectRequests = service("subject_requests")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, what is due first comes first; with `?closed=1` what was answered."""
    closed = request.GET.get("closed") == "1"
    found, turn = turned(
        request, lambda stretch: _requests().queue(request.principal, open=not closed, stretch=stretch)
    )
    context = {
        **_shared(),
        "tabs": tabs(request, "privacy:requests"),
        "requests": found,
        "turn": turn,
        "people": names_with_accounts([*(one.asked_by for one in found), *(one.closed_by for one in found)]),
        "closed": closed,
    }
    return render(request, "privacy/requests.html", context)


@allow(Role.DATA_OFFICER)
@require_POST
def acknowledge(request: HttpRequest, id: UUID) -> HttpResponse:
    """The person is told that it is worked on."""
    words, others = gettext("Đã báo cho người gửi là đang xử lý."), request.POST.get("others") == "1"
    return done(request, lambda: _requests().acknowledge(request.principal, str(id), others=others), words, _queue())


@allow(Role.DATA_OFFICER)
@require_POST
def extend(request: HttpRequest, id: UUID) -> HttpResponse:
    """Once, so many days more as the law gives."""
    reason = request.POST.get("reason", "")
    words = gettext("Đã gia hạn.")
    return done(request, lambda: _requests().extend(request.principal, str(id), reason), words, _queue())


@allow(Role.DATA_OFFICER)
@require_POST
def close(request: HttpRequest, id: UUID) -> HttpResponse:
    """The answer."""
    outcome, answer = request.POST.get("outcome", ""), request.POST.get("answer", "")
    words = gettext("Đã trả lời và đóng yêu cầu.")
    return done(
        request,
        lambda: _requests().close(request.principal, str(id), outcome, answer),
        words,
        _queue(),
    )


@allow(Role.CITIZEN)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The citizen's own requests and the form for a new one; with `?of=` those of somebody they act for."""
    who, of = request.principal, request.GET.get("of", "")
    of = "" if of == who.person else of
    query = f"?{urlencode({'of': of})}" if of else ""
    if request.method == "POST":
        kind, text = request.POST.get("kind", ""), request.POST.get("words", "")
        words, back = gettext("Đã gửi yêu cầu."), reverse("privacy:mine") + query
        return done(request, lambda: _requests().file(who, kind, text, of), words, back)
    found, turn = turned(request, lambda stretch: _requests().mine(who, of, stretch)) if who.person else (None, None)
    ward = service("records").banner(who, of) if of else None
    return render(
        request, "privacy/mine.html", {**_shared(), "requests": found, "turn": turn, "ward": ward, "query": query}
    )


def _queue() -> str:
    return reverse("privacy:requests")


def _shared() -> dict[str, object]:
    return {
        "kinds": _kinds(),
        "clocks": _requests().clocks(),
        "outcomes": _outcomes(),
        "least": LEAST,
        "most": MOST,
        "as_of": now(),
    }


def _kinds() -> dict[str, str]:
    """What people may ask, in the order of the form."""
    return {
        "access": gettext("Xem dữ liệu của tôi và ai dùng"),
        "copy": gettext("Nhận bản sao dữ liệu"),
        "correction": gettext("Sửa dữ liệu sai"),
        "erasure": gettext("Xóa dữ liệu"),
        "restriction": gettext("Hạn chế xử lý dữ liệu"),
        "objection": gettext("Phản đối xử lý dữ liệu"),
        "withdrawal": gettext("Rút lại sự đồng ý"),
    }


def _outcomes() -> dict[str, str]:
    return {
        "done": gettext("Đã thực hiện"),
        "partly": gettext("Thực hiện một phần"),
        "refused": gettext("Không thực hiện được"),
    }
