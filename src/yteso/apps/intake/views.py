"""The list of files, one file with what to correct, sending one by hand, the raw bytes. Asks `client.intake` only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.apps.intake import words
from yteso.apps.intake.apps import ROLES
from yteso.base.clock import VIETNAM
from yteso.base.errors import Refused
from yteso.client.intake import COUNTED, STATES, Filter, Intake
from yteso.fhir import json as fhir_json
from yteso.web.errors import told
from yteso.web.guard import allow
from yteso.web.services import now, service

PAGE = 25
_CHOICES = ("facility", "state", "severity", "code", "since", "until")


def _intake() -> Intake:
    found: Intake = service("intake")
    return found


@allow(*ROLES)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The files received, newest first, with filters; htmx asks for the rows alone."""
    asked = {name: request.GET.get(name, "").strip()[:40] for name in _CHOICES}
    cursor, wanted = request.GET.get("cursor", ""), _filter(asked)
    page = _intake().files(request.principal, wanted, cursor, PAGE)
    kept = {name: value for name, value in asked.items() if value}
    own = request.principal.facility
    context = {
        "files": page.files,
        "asked": asked,
        "own": own,
        "here_rows": request.get_full_path(),
        "next": f"{request.path}?{urlencode({**kept, 'cursor': page.next})}" if page.next else "",
        "first": f"{request.path}?{urlencode(kept)}" if cursor else "",
        "total": _intake().count(request.principal, wanted),
        "counted": COUNTED,
        "as_of": now(),
        "filtered": bool(kept),
        "states": words.file_states(),
        "severities": words.severities(),
        "doors": words.doors(),
        "names": _facility_names(request),
    }
    context["state_choices"] = [(name, look[0]) for name, look in context["states"].items()]
    context["facilities"] = [
        (one.facility, f"{one.facility} {context['names'].get(one.facility, '')}".strip())
        for one in ([] if own else _intake().by_facility(request.principal))
    ]
    template = "intake/rows.html" if request.headers.get("HX-Request") else "intake/start.html"
    return render(request, template, context)


@allow(*ROLES)
@require_GET
def file(request: HttpRequest, id: str) -> HttpResponse:
    """One file: state, receipt, its visits and what to correct. While it is being read the page asks again."""
    detail = _intake().file(request.principal, id)
    severity = request.GET.get("severity", "")
    findings = [one for one in detail.findings if not severity or one.severity == severity]
    context = {
        "detail": detail,
        "file": detail.file,
        "open": detail.file.state in ("received", "walking"),
        "findings": [(one, *words.told(one)) for one in words.worst_first(findings)],
        "counts": _count(one.severity for one in detail.findings),
        "severity": severity,
        "states": words.file_states(),
        "visit_states": words.visit_states(),
        "severities": words.severities(),
        "doors": words.doors(),
        "names": _facility_names(request),
        "may_download": request.principal.role is Role.STAFF,
        "may_replay": request.principal.role is Role.ADMINISTRATOR,
        "may_open_record": request.principal.role is Role.STAFF,
    }
    template = "intake/result.html" if request.headers.get("HX-Request") else "intake/file.html"
    return render(request, template, context)


@allow(*ROLES)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Send a file by hand: kept and receipted before the answer, then its own page shows the reading as it goes."""
    issues: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            issues, status = [{"code": "", "text": gettext("Hãy chọn một tệp."), "fix": "", "severity": "error"}], 422
        else:
            try:
                kept = _intake().upload(request.principal, sent, sent.name or "", sent.size)
            except Refused as refusal:
                issues, status = [told(issue) for issue in refusal.issues], refusal.status
            else:
                return _to_file(request, kept.id, again=kept.again)
    context = {"issues": issues, "limit": _intake().limit, "own": request.principal.facility}
    template = "intake/upload_form.html" if request.headers.get("HX-Request") else "intake/upload.html"
    # htmx swaps only successful answers; for it the refusal is content, for others it keeps its status.
    return render(request, template, context, status=200 if request.headers.get("HX-Request") else status)


@allow(*ROLES)
@require_GET
def raw(request: HttpRequest, id: str) -> StreamingHttpResponse:
    """The bytes as they came."""
    file, pieces = _intake().raw(request.principal, id)
    name = quote(file.name or f"{file.id}.xml", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Length": str(file.size),
        "X-Content-SHA256": file.sha256,
    }
    return StreamingHttpResponse(pieces, content_type="application/octet-stream", headers=headers)


@allow(*ROLES)
@require_GET
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    """The receipt with its signature, as the doors give it to software."""
    detail = _intake().file(request.principal, id)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{detail.file.id}.json"'}
    return HttpResponse(fhir_json.dumps(detail.receipt), content_type="application/json", headers=headers)


@allow(Role.ADMINISTRATOR)
@require_POST
def replay(request: HttpRequest, id: str) -> HttpResponse:
    """Read the file again from its raw; its page shows how that goes."""
    if _intake().replay(request.principal, id):
        messages.success(request, gettext("Tệp đang được đọc lại từ bản gốc; kết quả hiện ra dưới đây."))
    else:
        messages.info(request, gettext("Tệp này còn đang chờ hoặc đang được đọc; chưa cần đọc lại."))
    return HttpResponseRedirect(reverse("intake:file", args=[id]))


def _to_file(request: HttpRequest, id: str, *, again: bool) -> HttpResponse:
    address = reverse("intake:file", args=[id]) + ("?again=1" if again else "?new=1")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _filter(asked: dict[str, str]) -> Filter:
    return Filter(
        facility=asked["facility"].upper(),
        states=(asked["state"],) if asked["state"] in STATES else (),
        severity=asked["severity"] if asked["severity"] in words.severities() else "",
        code=asked["code"].upper(),
        since=_day(asked["since"]),
        until=_day(asked["until"], days=1),
    )


def _day(text: str, days: int = 0) -> datetime | None:
    """Where the day begins in Vietnam, or so many days later; None when it is no day, or past all of them."""
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=days), time(), VIETNAM)
    except (ValueError, OverflowError):
        return None


def _facility_names(request: HttpRequest) -> dict[str, str]:
    names: dict[str, str] = service("records").facilities(request.principal)
    return names


def _count(values: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
