"""Signing in and out, the lock after too many failures, one's own account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.base.clock import system_clock
from yteso.web.accounts.forms import LogInForm, PasswordForm, ProofForm
from yteso.web.guard import PEOPLE, PROVED_AT, allow, public
from yteso.web.navigation import start_of

_LOGIN = "accounts/login.html"


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; afterwards where one wanted to go, or the role's first page."""
    after = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "GET":
        return render(request, _LOGIN, {"form": LogInForm(request), "next": after})
    form = LogInForm(request, request.POST)
    if not form.is_valid() or form.user is None:
        return render(request, _LOGIN, {"form": form, "next": after}, status=422)
    login(request, form.user)
    request.session[PROVED_AT] = system_clock().timestamp()
    safe = url_has_allowed_host_and_scheme(after, allowed_hosts=None)
    return HttpResponseRedirect(after if safe else start_of(Role(form.user.role)))


@public
def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """What the throttle answers: this name from this address must wait; others are not touched."""
    form = LogInForm(request)
    text = gettext("Sai quá nhiều lần. Tên đăng nhập này tạm khóa 15 phút đối với máy bạn đang dùng.")
    return render(request, _LOGIN, {"form": form, "next": "", "locked": text}, status=429)


@public
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("login"))


@allow(*PEOPLE)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: who one is here, and a new password."""
    user = request.user
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["new"])
        user.demo = False
        user.save(update_fields=["password", "demo"])
        update_session_auth_hash(request, user)
        messages.success(request, gettext("Đã đổi mật khẩu."))
        return HttpResponseRedirect(reverse("account"))
    return render(request, "accounts/account.html", {"form": form}, status=422 if form.errors else 200)


@allow(*PEOPLE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Prove again who one is, then go on to where that was asked for."""
    after = request.POST.get("next") or request.GET.get("next", "")
    form = ProofForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[PROVED_AT] = system_clock().timestamp()
        safe = url_has_allowed_host_and_scheme(after, allowed_hosts=None)
        return HttpResponseRedirect(after if safe else reverse("account"))
    status = 422 if form.errors else 200
    return render(request, "accounts/reauthenticate.html", {"form": form, "next": after}, status=status)
