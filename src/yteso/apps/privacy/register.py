"""The register of processing activities: list, one activity with its versions and its form, and the file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yteso.access.principal import Role
from yteso.apps.privacy.acts import done, number_of, tabs, tell_refusal
from yteso.base.errors import Refused
from yteso.client.processing import FIELDS, MOST, Processing, check_name
from yteso.web.guard import allow
from yteso.web.names import names_of
from yteso.web.services import now, service


def _processing() -> Processing:
    found: Processing = service("processing")
    return found


@allow(Role.DATA_OFFICER)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Every activity by its newest version; `?new=` leads to the form of one more."""
    if name := request.GET.get("new", "").strip():
        try:
            check_name(name)
        except Refused as refusal:
            tell_refusal(request, refusal)
            return HttpResponseRedirect(reverse("privacy:register"))
        return HttpResponseRedirect(reverse("privacy:activity", args=[name]))
    activities = _processing().all(request.principal)
    context = {"tabs": tabs(request, "privacy:register"), "activities": activities, "labels": _labels(), "as_of": now()}
    return render(request, "privacy/register.html", context)


@allow(Role.DATA_OFFICER)
@require_http_methods(["GET", "POST"])
def activity(request: HttpRequest, name: str) -> HttpResponse:
    """One activity: its form, and every version there was."""
    if request.method == "POST":
        texts = {field: request.POST.get(field, "") for field in FIELDS}
        ended = request.POST.get("ended") == "1"
        return done(
            request,
            lambda: _processing().write(request.principal, name, number_of(request, "seen"), texts, ended=ended),
            gettext("Đã lưu phiên bản mới."),
            reverse("privacy:activity", args=[name]),
        )
    versions = _processing().versions(request.principal, name)
    newest = versions[0] if versions else None
    context = {"tabs": tabs(request, "privacy:register"), "name": name, "versions": versions, "newest": newest}
    context["people"] = names_of(one.written_by for one in versions)
    return render(request, "privacy/activity.html", {**context, "labels": _labels(), "most": MOST})


@allow(Role.DATA_OFFICER)
@require_GET
def file(request: HttpRequest) -> HttpResponse:
    """The register in force, for a spreadsheet."""
    text = _processing().file(request.principal)
    headers = {"Content-Disposition": 'attachment; filename="so-dang-ky-xu-ly.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _labels() -> dict[str, str]:
    """The fields of an activity, in their order."""
    return {
        "purpose": gettext("Mục đích"),
        "basis": gettext("Căn cứ pháp lý"),
        "data": gettext("Loại dữ liệu"),
        "people": gettext("Chủ thể dữ liệu"),
        "recipients": gettext("Bên nhận, vai trò"),
        "retention": gettext("Thời hạn lưu"),
        "measures": gettext("Biện pháp bảo vệ"),
        "responsible": gettext("Chịu trách nhiệm"),
    }
