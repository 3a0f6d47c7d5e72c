"""One's own account: who one is here, the password, second factors, sessions."""

from __future__ import annotations

import json

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.web.accounts import factors, held, life, oidc, sessions, trail
from yteso.web.accounts.forms import CodeForm, PasskeyForm, PasswordForm
from yteso.web.accounts.views.entrance import clear_second, record_factor, second_wait, wait_text
from yteso.web.guard import ACCOUNTS, INCOMPLETE, allow, enrols, needs_fresh_login
from yteso.web.qr import qr_path


@allow(*ACCOUNTS)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account; POST sets a new password and ends the other sessions."""
    user = request.user
    wait = second_wait(request, user, trail.Act.PROOF) if request.method == "POST" else 0
    form = PasswordForm(user, request.POST if request.method == "POST" and not wait else None)
    if form.is_valid():
        clear_second(request, user)
        _set_password(request, form.cleaned_data["new"])
        messages.success(request, gettext("Đã đổi mật khẩu. Các phiên khác đã kết thúc."))
        return HttpResponseRedirect(reverse("account"))
    if "present" in form.errors:
        trail.tried(request, trail.Act.PROOF, "present password", user=user)
    elif form.errors:
        clear_second(request, user)
    told = {
        "form": form,
        "locked": wait_text(wait) if wait else "",
        "factors": factors.listed(user),
        "exempt": not factors.is_required(user) and user.demo,
        "sessions": sessions.listed(user, request.session.session_key),
        "providers": oidc.providers(),
        "identities": user.identities.order_by("issuer"),
    }
    return render(request, "accounts/account.html", told, status=429 if wait else 422 if form.errors else 200)


@transaction.atomic
def _set_password(request: HttpRequest, password: str) -> None:
    """The new password counts, this session goes on with a new id, the others end."""
    user = request.user
    user.set_password(password)
    user.demo = False
    user.save(update_fields=["password", "demo"])
    before = request.session.session_key
    update_session_auth_hash(request, user)
    _follow(request, before)
    sessions.end_all(user, but=request.session.session_key)
    life.weigh(request)
    rights = held.password(user.username)
    trail.acted(request, trail.Act.PASSWORD, detail="changed by its owner", rights=rights)


def _follow(request: HttpRequest, before: str) -> None:
    """The session's id is a new one: its row in the list goes with it."""
    request.session.save()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


@enrols
@allow(*ACCOUNTS)
@require_GET
def factor_choice(request: HttpRequest) -> HttpResponse:
    """Which second factor to set up; the only page for those who must have one and have none."""
    told = {"factors": factors.listed(request.user), "must": request.session.get(INCOMPLETE, False)}
    return render(request, "accounts/factors.html", told)


@enrols
@allow(*ACCOUNTS)
@needs_fresh_login
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: the QR code, then a code of it."""
    user = request.user
    form = CodeForm(request.POST if request.method == "POST" else None)
    secret = factors.offered_secret(request, new=request.method == "GET")
    if request.method == "POST" and form.is_valid():
        if _app_added(request, secret, form.cleaned_data["code"]):
            del request.session[factors.SECRET]
            return _added(request, Authenticator.Type.TOTP)
        form.refuse()
    address = factors.address_of(user, secret)
    told = {"form": form, "address": address, "qr": qr_path(address), "secret": " ".join(_fours(secret))}
    return render(request, "accounts/app.html", told, status=422 if form.errors else 200)


@transaction.atomic
def _app_added(request: HttpRequest, secret: str, code: str) -> bool:
    if not factors.add_app(request.user, secret, code):
        return False
    trail.acted(request, trail.Act.FACTOR, detail="totp added")
    return True


def _fours(secret: str) -> list[str]:
    return [secret[at : at + 4] for at in range(0, len(secret), 4)]


@enrols
@allow(*ACCOUNTS)
@needs_fresh_login
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device or a security key."""
    user = request.user
    failed = False
    if request.method == "POST":
        form = PasskeyForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError("credential")
            with transaction.atomic():
                name = form.cleaned_data["name"] or gettext("Khóa")
                made = factors.add_passkey(user, name, form.cleaned_data["credential"])
                trail.acted(request, trail.Act.FACTOR, detail="webauthn added", rights=[held.passkey(made)])
            return _added(request, Authenticator.Type.WEBAUTHN)
        except ValidationError:
            failed = True
    told = {"options": json.dumps(factors.passkey_options(user)), "failed": failed}
    return render(request, "accounts/passkey.html", told, status=422 if failed else 200)


def _added(request: HttpRequest, kind: str) -> HttpResponse:
    """The session was proved by the new factor; with the first one recovery codes are made and shown."""
    made = Authenticator.objects.filter(user=request.user, type=kind).latest("created_at")
    record_factor(request, request.user, made)
    life.weigh(request)
    messages.success(request, gettext("Đã thêm. Từ nay đăng nhập cần bước này."))
    shown = factors.first_codes(request.user)
    return _codes(request, shown) if shown else HttpResponseRedirect(reverse("account_codes"))


@allow(*ACCOUNTS)
@needs_fresh_login
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """How many recovery codes are left; POST makes new ones and shows them, this once."""
    if request.method == "GET" or not factors.has_factor(request.user):
        return _codes(request, [])
    with transaction.atomic():
        shown = factors.new_codes(request.user)
        trail.acted(request, trail.Act.FACTOR, detail="new recovery codes")
    messages.success(request, gettext("Đã tạo mã khôi phục mới. Mã cũ không dùng được nữa."))
    return _codes(request, shown)


def _codes(request: HttpRequest, shown: list[str]) -> HttpResponse:
    told = factors.listed(request.user)
    grouped = ["-".join(_fours(code)) for code in shown]
    may_make = bool(told["app"] or told["passkeys"])
    return render(request, "accounts/codes.html", {"codes": grouped, "left": told["codes_left"], "may_make": may_make})


@allow(*ACCOUNTS)
@needs_fresh_login
@require_POST
def remove_factor(request: HttpRequest, id: int) -> HttpResponse:
    """Take one factor away. Who must have one keeps the last."""
    user = request.user
    kept = Authenticator.objects.filter(user=user).exclude(pk=id).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if factors.is_required(user) and not kept.exists():
        messages.error(request, gettext("Tài khoản này phải có ít nhất một bước xác thực thứ hai."))
    elif _removed(request, id):
        messages.success(request, gettext("Đã gỡ."))
    return HttpResponseRedirect(reverse("account"))


@transaction.atomic
def _removed(request: HttpRequest, id: int) -> bool:
    if not factors.remove(request.user, id):
        return False
    trail.acted(request, trail.Act.FACTOR, detail="removed", rights=held.no_passkeys([id]))
    return True


@allow(*ACCOUNTS)
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one session (`session`), or all but this one."""
    chosen = request.POST.get("session", "")
    with transaction.atomic():
        if chosen.isdecimal():
            ended = int(sessions.end(request.user, int(chosen)))
        else:
            ended = sessions.end_all(request.user, but=request.session.session_key)
        trail.acted(request, trail.Act.SESSION, detail=f"{ended} ended")
    messages.success(request, gettext("Đã kết thúc."))
    return HttpResponseRedirect(reverse("account"))
