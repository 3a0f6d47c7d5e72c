"""Search and the person page. Views ask `client.record`, `present` turns facts into lines, templates show them.

The search is a POST although it changes nothing: what is typed names a patient and must stay out of addresses,
histories and logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from yteso.access.principal import Role
from yteso.apps.record import present
from yteso.apps.record.apps import ROLES
from yteso.apps.record.representatives import DESK
from yteso.client.inspections import Inspections
from yteso.client.openings import TREATING, Openings
from yteso.client.record import SECTIONS, Fact, Records, Section, is_measure
from yteso.fhir import json as fhir_json
from yteso.web.guard import allow
from yteso.web.looks import look, parts
from yteso.web.services import installed, service
from yteso.web.trend import trend_of

SHOWN = (
    *("diagnoses", "medicines", "tests", "reports", "services", "procedures"),
    *("notes", "documents", "appointments", "coverages"),
)
"""Sections with a page of their own, in the order of the tabs."""

RAW_TYPES = frozenset(kind for kind, _, _ in SECTIONS.values()) | {"Patient", "MedicationDispense"}
PAGE = 50
CARDS = 500
WHOLE = 500
SERIES = 100
DOCUMENTS = {"Composition": "notes", "DocumentReference": "documents"}
"""What can be opened to be read -> the section it stands in."""


def _records() -> Records:
    found: Records = service("records")
    return found


def _openings() -> Openings:
    found: Openings = service("openings")
    return found


@allow(*ROLES)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The search box and, after a POST, the persons found."""
    text = request.POST.get("q", "").strip()[:200]
    people = None
    if text:
        people = _records().find(request.principal, text, 20, request.POST.get("cursor", ""))
    context = {
        "q": text,
        "people": people,
        "paged": bool(request.POST.get("cursor")),
        "lines": [present.person(p) for p in people.persons] if people else [],
        **_orders(request),
    }
    template = "record/found.html" if request.headers.get("HX-Request") else "record/start.html"
    return render(request, template, context)


def _orders(request: HttpRequest) -> dict[str, Any]:
    """What an inspector may look at now, by facility; nothing for others."""
    if request.principal.role is not Role.INSPECTOR:
        return {"inspects": False}
    inspections: Inspections = service("inspections")
    running = inspections.mine(request.principal)
    names = _facilities(request)
    lines = [(names.get(one.facility, one.facility), one.number, one.until - timedelta(seconds=1)) for one in running]
    return {"inspects": True, "orders": lines}


@allow(*ROLES)
@require_GET
def person(request: HttpRequest, patient: str) -> HttpResponse:
    """The overview: visits on a line of time, present diagnoses, medicines and results beside it."""
    records, who = _records(), request.principal
    context = _frame(request, patient, "overview")
    visits = records.section(who, patient, "visits", PAGE, request.GET.get("cursor", ""))
    context["visits"] = _lines(request, visits.facts)
    context["next"] = visits.next
    for name in ("diagnoses", "medicines", "tests"):
        context[name] = _lines(request, records.section(who, patient, name, 8).facts)
    return render(request, "record/person.html", context)


@allow(*ROLES)
@require_GET
def day(request: HttpRequest, facility: str, day: str) -> HttpResponse:
    """The visits behind a figure: those of one facility on one day, each leading to its person."""
    try:
        when = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    records, who = _records(), request.principal
    found = records.visits_on(who, facility, when.isoformat(), PAGE, request.GET.get("cursor", ""))
    patients = [present.patient_of(fact.resource) for fact in found.facts]
    banners = records.banners(who, [one for one in patients if one])
    lines = zip(patients, _lines(request, found.facts), strict=True)
    context = {
        "facility": _facilities(request).get(facility, facility),
        "day": when.isoformat(),
        "rows": [(banners[patient], line) for patient, line in lines if patient in banners],
        "next": found.next,
    }
    return render(request, "record/day.html", context)


@allow(*ROLES)
@require_GET
def section(request: HttpRequest, patient: str, name: str) -> HttpResponse:
    """One kind of fact, newest first."""
    if name not in SHOWN:
        raise Http404
    # A card comes with every visit: enough are asked for at once to show each card once.
    count = CARDS if name == "coverages" else PAGE
    found = _records().section(request.principal, patient, name, count, request.GET.get("cursor", ""))
    lines = _lines(request, found.facts)
    if name == "coverages":
        lines = present.one_per_card(lines)
    first = reverse("record:section", args=[patient, name]) if request.GET.get("cursor") else ""
    context = _frame(request, patient, name) | {"lines": lines, "next": found.next, "first": first}
    return render(request, "record/section.html", context)


@allow(*ROLES)
@require_GET
def visit(request: HttpRequest, patient: str, encounter: str) -> HttpResponse:
    """One visit with everything in it and the files it was read from."""
    records, who = _records(), request.principal
    resource = records.resource(who, "Encounter", encounter)
    if resource is None or not records.concerns(resource, patient):
        raise Http404
    groups = records.visit(who, encounter)
    context = _frame(request, patient, "overview") | {
        "visit": present.line(present.fact_of(resource), _facilities(request)),
        "groups": [(name, present.in_order(_lines(request, facts))) for name, facts in _grouped(groups) if facts],
        "files": records.files_of(who, encounter),
    }
    return render(request, "record/visit.html", context)


@allow(*ROLES)
@require_GET
def trend(request: HttpRequest, patient: str, observation: str) -> HttpResponse:
    """The results of one test over time, by one of them: no word of what was tested stands in the address."""
    records, who = _records(), request.principal
    test = records.resource(who, "Observation", observation)
    if test is None or not records.concerns(test, patient):
        raise Http404
    found = records.series(who, patient, test, SERIES)
    shown = trend_of(test, found.facts, _facilities(request), records.banner(who, patient), more=bool(found.next))
    context = _frame(request, patient, "tests") | {"trend": shown}
    return render(request, "record/trend.html", context)


@allow(*ROLES)
@require_GET
def raw(request: HttpRequest, patient: str, type: str, resource: str) -> HttpResponse:
    """One resource as it is stored: the FHIR JSON behind a line."""
    if type not in RAW_TYPES:
        raise Http404
    found = _records().resource(request.principal, type, resource)
    if found is None or not _records().concerns(found, patient):
        raise Http404
    context = _frame(request, patient, "") | {"type": type, "resource": resource, "json": present.indented(found)}
    if request.GET.get("download"):
        name = f'attachment; filename="{type}-{resource}.json"'
        headers = {"Content-Disposition": name}
        return HttpResponse(fhir_json.dumps(found), content_type="application/fhir+json", headers=headers)
    return render(request, "record/raw.html", context)


@allow(*ROLES)
@require_GET
def document(request: HttpRequest, patient: str, type: str, resource: str) -> HttpResponse:
    """One note or paper, to be read: its parts, its day, who wrote it, where it came from."""
    found = _records().resource(request.principal, type, resource) if type in DOCUMENTS else None
    if found is None or not _records().concerns(found, patient):
        raise Http404
    (line,) = _lines(request, [present.fact_of(found)])
    names = _facilities(request)
    context = _frame(request, patient, DOCUMENTS[type]) | {"line": line, "document": present.document(found, names)}
    return render(request, "record/document.html", context)


@allow(*ROLES)
@require_GET
def whole(request: HttpRequest, patient: str) -> HttpResponse:
    """The whole record on one page, for paper."""
    records, who = _records(), request.principal
    context = _frame(request, patient, "overview")
    found = {name: records.section(who, patient, name, WHOLE) for name in ("visits", *SHOWN)}
    facilities = _facilities(request)
    lines = {name: [present.line(fact, facilities) for fact in one.facts] for name, one in found.items()}
    lines["coverages"] = present.one_per_card(lines["coverages"])
    context["groups"] = [(name, lines[name], bool(found[name].next)) for name in found if lines[name]]
    context["most"] = WHOLE
    return render(request, "record/print.html", context)


def _grouped(groups: dict[str, Section]) -> Iterator[tuple[str, list[Fact]]]:
    """The sections of a visit; what was measured on the person stands apart from the tests."""
    for name, found in groups.items():
        if name == "tests":
            yield "measures", [fact for fact in found.facts if is_measure(fact.resource)]
        yield name, [fact for fact in found.facts if name != "tests" or not is_measure(fact.resource)]


def _frame(request: HttpRequest, patient: str, current: str) -> dict[str, Any]:
    records, who = _records(), request.principal
    banner = records.banner(who, patient)
    if banner is None:
        raise Http404
    glass = _openings().broken(who, patient) if who.role in TREATING else None
    allergies = records.section(who, patient, "allergies", 20).facts
    return {
        "id": patient,
        "glass": glass,
        "left": _left(glass.opening.until) if glass else "",
        "looks": parts(look(one, who.name, who.person) for one in glass.looks) if glass else [],
        "banner": present.person(banner),
        "allergies": [present.line(fact, {}) for fact in allergies],
        "current": current,
        "sections": SHOWN,
        "keeps_papers": who.role in DESK,
        "joins": who.role is Role.STAFF,
        "survivor": banner.replaced_by,
        "names": present.section_names(),
    }


def _left(until: datetime) -> str:
    """Hours and minutes until then: 3:59."""
    minutes = max(0, ceil((until - installed().clock()).total_seconds() / 60))
    return f"{minutes // 60}:{minutes % 60:02}"


def _facilities(request: HttpRequest) -> dict[str, str]:
    """MA_CSKCB -> name, asked once per request."""
    if not hasattr(request, "facilities"):
        request.facilities = _records().facilities(request.principal)
    return request.facilities


def _lines(request: HttpRequest, facts: Any) -> list[present.Line]:
    facilities = _facilities(request) if facts else {}
    visits = sorted({visit for fact in facts if (visit := present.visit_of(fact.resource))})
    files = _records().files_by_visit(request.principal, visits) if visits else {}
    return [present.line(fact, facilities, files) for fact in facts]
