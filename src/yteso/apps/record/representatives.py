"""Who represents a patient, for the records desk: the list, a form with the papers, the end with its reason."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yteso.access.principal import Role
from yteso.apps.record import present
from yteso.base.errors import Refused
from yteso.client.guardians import LEAST, MOST, MOST_BYTES, OF_A_MINOR, OF_AN_ADULT, Guardians, Papers
from yteso.client.representations import ADULT
from yteso.web.errors import told
from yteso.web.guard import allow, needs_fresh_login
from yteso.web.looks import relationships
from yteso.web.services import now, service

DESK = (Role.STAFF, Role.STATION)
FIELDS = ("number", "birth_date", "relationship", "evidence", "until")


def _guardians() -> Guardians:
    found: Guardians = service("guardians")
    return found


@allow(*DESK)
@require_GET
def start(request: HttpRequest, patient: str) -> HttpResponse:
    """Who represents and represented the patient; the form for one more."""
    return _page(request, patient)


@allow(*DESK)
@needs_fresh_login
@require_POST
def record(request: HttpRequest, patient: str) -> HttpResponse:
    """Write one down; with what is wrong the form comes back as it was filled."""
    given = {name: request.POST.get(name, "") for name in FIELDS}
    scan = request.FILES.get("scan")
    papers = Papers(**given, scan=scan.read(MOST_BYTES + 1) if scan else b"")
    return _acted(
        request,
        patient,
        lambda: _guardians().record(request.principal, patient, papers),
        gettext("Đã ghi nhận người đại diện."),
    )


@allow(*DESK)
@needs_fresh_login
@require_POST
def end(request: HttpRequest, patient: str, representation: str) -> HttpResponse:
    """End one, by papers."""
    reason = request.POST.get("reason", "")
    return _acted(
        request,
        patient,
        lambda: _guardians().end(request.principal, patient, representation, reason),
        gettext("Đã kết thúc việc đại diện. Có hiệu lực ngay."),
    )


def _acted(request: HttpRequest, patient: str, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        done = act()
    except Refused as refusal:
        if refusal.status not in (422, 503):
            raise
        return _page(request, patient, refusal)
    if done:
        messages.success(request, words)
    else:
        messages.info(request, gettext("Việc đại diện này không còn hiệu lực."))
    return HttpResponseRedirect(reverse("record:representatives", args=[patient]))


def _page(request: HttpRequest, patient: str, refusal: Refused | None = None) -> HttpResponse:
    ward = service("records").banner(request.principal, patient)
    if ward is None:
        raise Http404
    names = relationships()
    offered = OF_A_MINOR if ward.age is not None and ward.age < ADULT else OF_AN_ADULT
    context = {
        "id": patient,
        "ward": present.person(ward),
        "minor": offered is OF_A_MINOR,
        "shown": _guardians().of(request.principal, patient),
        "kinds": [(code, names[code]) for code in offered],
        "names": names,
        "problems": [told(issue) for issue in refusal.issues] if refusal else [],
        "given": request.POST,
        "least": LEAST,
        "most": MOST,
        "megabytes": MOST_BYTES // 2**20,
        "as_of": now(),
    }
    return render(request, "record/representatives.html", context, status=refusal.status if refusal else 200)
