"""The administrators' desk: accounts listed, made, changed, disabled; sessions ended; one-time links given.

The platform's administrator sees every account; a facility's administrator those of the own facility, and gives only
roles that exist at a facility. Whom one may not see does not exist (404). Nobody sees or sets somebody's password.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.base.stretch import Part, Stretch, part_of
from yteso.web.accounts import factors, held, people, recovery, sessions, trail
from yteso.web.accounts.forms import AccountForm
from yteso.web.accounts.models import User
from yteso.web.guard import allow, needs_fresh_login, needs_fresh_login_to_change
from yteso.web.qr import qr_path
from yteso.web.services import service
from yteso.web.turning import turned

_ADMINISTRATORS = (Role.ADMINISTRATOR, Role.FACILITY_ADMINISTRATOR)


def _visible(request: HttpRequest) -> QuerySet[User]:
    """The accounts this administrator has to do with."""
    if request.user.role == Role.ADMINISTRATOR:
        return User.objects.all()
    if not request.user.facility:
        return User.objects.none()
    return User.objects.filter(facility=request.user.facility, role__in=people.BOUND)


def _roles(request: HttpRequest) -> list[tuple[str, Any]]:
    """The roles this administrator may give, with their captions."""
    whole = request.user.role == Role.ADMINISTRATOR
    given = [(value, name) for value, name in User.ROLES if Role(value) is not Role.INTEGRATOR]
    return [(value, name) for value, name in given if whole or Role(value) in people.BOUND]


@allow(*_ADMINISTRATORS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The accounts, found by a part of the name, by role, by state; fifty a page."""
    text, role, state = (request.GET.get(name, "").strip() for name in ("q", "role", "state"))
    found = _visible(request)
    if text:
        found = found.filter(Q(username__icontains=text) | Q(display_name__icontains=text) | Q(facility__iexact=text))
    if role:
        found = found.filter(role=role)
    if state in {"active", "disabled"}:
        found = found.filter(is_active=state == "active")
    rows, turn = turned(request, lambda stretch: _part(found, stretch))
    told = {
        "rows": rows,
        "turn": turn,
        "text": text,
        "role": role,
        "state": state,
        "roles": _roles(request),
    }
    return render(request, "accounts/desk.html", told)


def _part(found: QuerySet[User], stretch: Stretch) -> Part[User]:
    place, order = stretch.place, "-username" if stretch.back else "username"
    if place is not None:
        found = found.filter(username__lt=place.tie) if stretch.back else found.filter(username__gt=place.tie)
    rows = [(user, 0, user.username) for user in found.order_by(order)[: stretch.count]]
    return part_of(rows, stretch, lambda user: user)


@allow(*_ADMINISTRATORS)
@needs_fresh_login
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new account: it has no password until its owner sets one by the link that is shown next."""
    form = AccountForm(_roles(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = User(username=form.cleaned_data["username"].strip().casefold())
        if User.objects.filter(username=user.username).exists():
            form.add_error("username", gettext("Tên đăng nhập này đã có."))
        elif _filled(request, user, form):
            user.set_unusable_password()
            with transaction.atomic():
                _save(request, user, "made")
                return _with_link(request, user, reset_factors=False)
    told = {"form": form, "chosen": request.POST.get("role", "")}
    return render(request, "accounts/new.html", told, status=422 if form.errors else 200)


@transaction.atomic
def _save(request: HttpRequest, user: User, deed: str) -> None:
    user.save()
    rights = held.account(user.username) if deed == "made" else held.role(user.username)
    trail.acted(request, trail.Act.ACCOUNT, user.username, people.described(user, deed), rights=rights)


def _filled(request: HttpRequest, user: User, form: AccountForm) -> bool:
    """Bring the account to the form's values; False with errors in the form."""
    values = form.cleaned_data
    user.display_name, user.role, user.person = values["display_name"], values["role"], values["person"].strip()
    own = request.user.role == Role.FACILITY_ADMINISTRATOR
    user.facility = request.user.facility if own else values["facility"].strip().upper()
    if Role(user.role) in people.BOUND and not user.facility:
        form.add_error("facility", gettext("Vai trò này phải gắn với một cơ sở."))
    if user.person and user.role != Role.CITIZEN:
        form.add_error("person", gettext("Chỉ cho vai trò người dân."))
    user.practitioner = values["practitioner"].strip()
    if user.practitioner and not _is_listed(request, user.practitioner):
        form.add_error("practitioner", gettext("Không có nhân viên y tế này trong danh bạ."))
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
    return not form.errors


def _is_listed(request: HttpRequest, practitioner: str) -> bool:
    return service("records").resource(request.principal, "Practitioner", practitioner) is not None


@allow(*_ADMINISTRATORS)
@needs_fresh_login_to_change
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, username: str) -> HttpResponse:
    """One account; POST changes what it is."""
    user = get_object_or_404(_visible(request), username=username)
    names = ("username", "display_name", "role", "facility", "person", "practitioner")
    present = {name: getattr(user, name) for name in names}
    form = AccountForm(_roles(request), {**request.POST.dict(), "username": username} if request.POST else None)
    form.initial = present
    if request.method == "POST":
        if user.pk == request.user.pk:
            form.add_error(None, gettext("Không ai đổi vai trò của chính mình."))
        elif form.is_valid() and _filled(request, user, form):
            _save(request, user, "changed")
            messages.success(request, gettext("Đã lưu."))
            return HttpResponseRedirect(reverse("accounts_one", args=[username]))
        user.refresh_from_db()
    told = {
        "form": form,
        "one": user,
        "chosen": request.POST.get("role", user.role),
        "sessions": sessions.listed(user),
        "factors": factors.listed(user),
    }
    return render(request, "accounts/one.html", told, status=422 if form.errors else 200)


@allow(*_ADMINISTRATORS)
@needs_fresh_login
@require_POST
def act(request: HttpRequest, username: str, deed: str) -> HttpResponse:
    """One deed on one account: disable, enable, end-sessions, link (new password), reset (password and factors)."""
    user = get_object_or_404(_visible(request), username=username)
    if user.pk == request.user.pk:
        messages.error(request, gettext("Việc này một quản trị viên khác phải làm cho bạn."))
        return HttpResponseRedirect(reverse("accounts_one", args=[username]))
    if deed in {"link", "reset"}:
        return _with_link(request, user, reset_factors=deed == "reset")
    if deed not in {"disable", "enable", "end-sessions"}:
        raise Http404
    by = trail.account_of(request.user)
    if deed == "enable":
        people.activate(username, by)
    else:
        people.end_sessions(username, by)
    if deed == "disable":
        people.deactivate(username, by)
    messages.success(request, gettext("Đã làm."))
    return HttpResponseRedirect(reverse("accounts_one", args=[username]))


def _with_link(request: HttpRequest, user: User, *, reset_factors: bool) -> HttpResponse:
    """The one-time link, shown once: to print, to scan, or to read out."""
    token = recovery.make(user, trail.account_of(request.user), reset_factors=reset_factors)
    link = request.build_absolute_uri(reverse("account_recover", args=[token]))
    told = {"one": user, "link": link, "qr": qr_path(link), "life": recovery.LIFE}
    return render(request, "accounts/link.html", told)
