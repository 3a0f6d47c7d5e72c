"""The citizen's pages. Views ask `client.record` and `client.accesses`; whose record it is, the account says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yteso.apps.healthbook import lines
from yteso.apps.healthbook.apps import ROLES
from yteso.client.accesses import LEAST, MOST, Accesses, Asked
from yteso.client.record import Fact, Records
from yteso.fhir import json as fhir_json
from yteso.web.guard import allow
from yteso.web.looks import look
from yteso.web.services import now, service

PAGE = 50
FEW = 5
WHOLE = 1000
PERIODS = (7, 30, 90, 365)


def _records() -> Records:
    found: Records = service("records")
    return found


def _accesses() -> Accesses:
    found: Accesses = service("accesses")
    return found


@allow(*ROLES)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The own record at a glance: the newest of each section; what to do when the account has no record yet."""
    if not request.principal.person:
        return render(request, "healthbook/unbound.html")
    facilities = _accesses().facilities()
    names = lines.section_names()
    groups = [(name, names[name], _lines(_facts(request, name, FEW), facilities)) for name in names]
    context = {"banner": _banner(request), "groups": groups}
    return render(request, "healthbook/start.html", context)


@allow(*ROLES)
@require_GET
def section(request: HttpRequest, name: str) -> HttpResponse:
    """One section, newest first."""
    names = lines.section_names()
    if name not in names:
        raise Http404
    who = request.principal
    found = _records().section(who, _person(request), name, PAGE, request.GET.get("cursor", ""))
    shown = _lines(found.facts, _accesses().facilities())
    return render(
        request, "healthbook/section.html", {"name": name, "title": names[name], "lines": shown, "next": found.next}
    )


@allow(*ROLES)
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """The own record as a FHIR Bundle (collection): the person and the newest 1,000 of each section."""
    patient = _records().resource(request.principal, "Patient", _person(request))
    if patient is None:
        raise Http404
    found = [patient, *(fact.resource for name in lines.section_names() for fact in _facts(request, name, WHOLE))]
    entries = [{"fullUrl": f"{one['resourceType']}/{one['id']}", "resource": one} for one in found]
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": now().isoformat(), "entry": entries}
    headers = {"Content-Disposition": 'attachment; filename="ho-so-suc-khoe.json"'}
    return HttpResponse(fhir_json.dumps(bundle), content_type="application/fhir+json", headers=headers)


@allow(*ROLES)
@require_GET
def who(request: HttpRequest) -> HttpResponse:
    """Who looked at the own record: newest first, within a period, of a facility."""
    days = _chosen_days(request)
    facility, own = request.GET.get("facility", "")[:10], request.GET.get("own", "") == "1"
    asked = Asked(since=now() - timedelta(days=days), facility=facility, others=not own, count=PAGE + 1)
    asked = _continued(request, asked)
    found = _accesses().mine(request.principal, asked)
    principal, facilities = request.principal, _accesses().facilities()
    cases = {case.access: case for case in _accesses().my_cases(principal)}
    context = {
        "looks": [look(one, principal.name, principal.person) for one in found[:PAGE]],
        "facilities": facilities,
        "facility": facility,
        "periods": [(str(one), gettext("%(count)s ngày qua") % {"count": one}) for one in PERIODS],
        "choices": [("", gettext("Mọi cơ sở")), *sorted(facilities.items(), key=lambda pair: pair[1])],
        "days": str(days),
        "own": own,
        "cases": cases,
        "next": found[PAGE - 1].id if len(found) > PAGE else "",
    }
    return render(request, "healthbook/who.html", context)


@allow(*ROLES)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, id: str) -> HttpResponse:
    """Ask the data officer about one access."""
    principal = request.principal
    access = _accesses().one(principal, id)
    text = request.POST.get("question", "").strip()
    short = request.method == "POST" and not LEAST <= len(text) <= MOST
    if request.method == "POST" and not short:
        if _accesses().question(principal, id, text):
            messages.success(request, gettext("Đã gửi câu hỏi. Cán bộ bảo vệ dữ liệu trả lời trong 2 ngày làm việc."))
        else:
            messages.info(request, gettext("Bạn đã hỏi về lượt truy cập này rồi."))
        return HttpResponseRedirect(reverse("healthbook:who"))
    context = {
        "look": look(access, principal.name, principal.person),
        "facilities": _accesses().facilities(),
        "text": text,
        "short": short,
        "least": LEAST,
        "most": MOST,
    }
    return render(request, "healthbook/question.html", context, status=400 if short else 200)


def _person(request: HttpRequest) -> str:
    """Whose record it is. An account that is tied to nobody has none."""
    if not request.principal.person:
        raise Http404
    return request.principal.person


def _banner(request: HttpRequest) -> Any:
    found = _records().banner(request.principal, _person(request))
    if found is None:
        raise Http404
    return found


def _facts(request: HttpRequest, name: str, count: int) -> tuple[Fact, ...]:
    return _records().section(request.principal, _person(request), name, count).facts


def _lines(facts: Any, facilities: dict[str, str]) -> list[lines.Line]:
    return [lines.line(fact, facilities) for fact in facts]


def _chosen_days(request: HttpRequest) -> int:
    wish = request.GET.get("days", "")
    return int(wish) if wish in map(str, PERIODS) else PERIODS[1]


def _continued(request: HttpRequest, asked: Asked) -> Asked:
    """After the row whose id the address gives; it must be one of the own rows."""
    after = request.GET.get("after", "")
    return _accesses().after(request.principal, asked, after) if after else asked
