"""What people gave to apps (`/oauth/grants`), the register of apps (`/oauth/apps`), and opening one from a record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.base.errors import Refused
from yteso.oauth.clients import KINDS, PURPOSES, SERVICE_ROLES, Client, read_keys
from yteso.web.errors import told
from yteso.web.guard import PEOPLE, allow, needs_fresh_login, needs_fresh_login_to_change
from yteso.web.looks import roles
from yteso.web.oauth import words
from yteso.web.oauth.consent import origin_of
from yteso.web.services import service

_AT_A_RECORD = (Role.STAFF, Role.DOCTOR, Role.NURSE, Role.STATION, Role.INSPECTOR)
"""Who has record pages, from which apps are opened."""


@allow(*PEOPLE)
@require_GET
def grants(request: HttpRequest) -> HttpResponse:
    """What I gave, to which app, until when."""
    names = {app.id: app.name for app in service("oauth").apps()}
    shown = [
        {"grant": grant, "app": names.get(grant.client, grant.client), "lines": words.lines(grant.scope.split())}
        for grant in service("oauth").grants_of(request.principal.name)
    ]
    return render(request, "oauth/grants.html", {"grants": shown})


@allow(*PEOPLE)
@require_POST
def end_grant(request: HttpRequest, id: str) -> HttpResponse:
    """Take back what I gave."""
    service("oauth").end_grant(request.principal, id)
    messages.success(request, gettext("Đã thu hồi quyền của ứng dụng."))
    return HttpResponseRedirect(reverse("oauth_grants"))


@allow(*_AT_A_RECORD)
@require_POST
def launch(request: HttpRequest, client: str) -> HttpResponse:
    """Open an app for the patient whose record is on the page (SMART App Launch, EHR launch)."""
    patient, encounter = request.POST.get("patient", ""), request.POST.get("encounter", "")
    if service("records").banner(request.principal, patient) is None:
        raise PermissionDenied
    if encounter:
        visit = service("records").resource(request.principal, "Encounter", encounter)
        if visit is None or not service("records").concerns(visit, patient):
            raise PermissionDenied
    address = service("oauth").launch(client, request.principal, patient, encounter)
    return HttpResponse(status=303, headers={"Location": address})


@allow(*_AT_A_RECORD)
@require_GET
def launchable(request: HttpRequest, patient: str) -> HttpResponse:
    """The apps that can be opened for a patient."""
    banner = service("records").banner(request.principal, patient)
    if banner is None:
        raise PermissionDenied
    apps = [app for app in service("oauth").apps() if app.launch and app.active]
    response = render(request, "oauth/launch.html", {"apps": apps, "banner": banner})
    response.form_targets = sorted({origin_of(app.launch) for app in apps})
    return response


@allow(Role.ADMINISTRATOR)
@needs_fresh_login_to_change
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The list of apps and machines, and the form that adds one."""
    given = request.POST.dict() if request.method == "POST" else {}
    problems: list[dict[str, str]] = []
    if given:
        try:
            made = service("oauth").register(_client(given), request.principal)
            messages.success(request, gettext("Đã đăng ký. Mã ứng dụng: %(id)s") % {"id": made.id})
            return HttpResponseRedirect(reverse("oauth_apps"))
        except Refused as refused:
            problems = [told(issue) for issue in refused.issues]
    shown: dict[str, Any] = {
        "apps": service("oauth").apps(),
        "given": given,
        "problems": problems,
        "kinds": list(zip(KINDS, _kind_names(), strict=True)),
        "kind_names": dict(zip(KINDS, _kind_names(), strict=True)),
        "roles": [("", "–"), *((role.value, roles()[role.value]) for role in SERVICE_ROLES)],
        "purposes": [(code, f"{_purpose_names()[code]} ({code})") for code in PURPOSES],
    }
    return render(request, "oauth/apps.html", shown, status=422 if problems else 200)


@allow(Role.ADMINISTRATOR)
@needs_fresh_login
@require_POST
def set_active(request: HttpRequest, client: str) -> HttpResponse:
    """Lock an app, which ends all its tokens, or unlock it."""
    service("oauth").set_active(client, request.principal, active=request.POST.get("active") == "yes")
    messages.success(request, gettext("Đã lưu."))
    return HttpResponseRedirect(reverse("oauth_apps"))


def _kind_names() -> tuple[str, ...]:
    return (
        gettext("Ứng dụng không giữ được khóa (trên máy người dùng)"),
        gettext("Ứng dụng có máy chủ, ký bằng khóa"),
        gettext("Máy của cơ sở hoặc hệ thống, không có người dùng"),
    )


def _purpose_names() -> dict[str, str]:
    """Purposes of v3-PurposeOfUse as who registers an app reads them."""
    return {
        "TREAT": gettext("Khám, chữa bệnh"),
        "HPAYMT": gettext("Thanh toán, bảo hiểm y tế"),
        "HOPERAT": gettext("Vận hành cơ sở y tế"),
        "PUBHLTH": gettext("Y tế công cộng"),
        "PATRQT": gettext("Theo yêu cầu của người bệnh"),
        "HRESCH": gettext("Nghiên cứu"),
    }


def _client(given: dict[str, str]) -> Client:
    keys = given.get("keys", "").strip()
    return Client(
        id=given.get("id", "").strip(),
        name=given.get("name", "").strip(),
        kind=given.get("kind", ""),
        redirects=tuple(given.get("redirects", "").split()),
        launch=given.get("launch", "").strip(),
        scope=given.get("scope", ""),
        keys=read_keys(keys) if keys else (),
        role=given.get("role", ""),
        facility=given.get("facility", "").strip().upper(),
        purpose=given.get("purpose", ""),
    )
