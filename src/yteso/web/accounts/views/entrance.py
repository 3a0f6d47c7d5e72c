"""Coming in and going out: password, second factor, passkey, one-time link, log-out, and proving again who one is."""

from __future__ import annotations

import json
import math
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yteso.access.principal import Role
from yteso.base.errors import Refused
from yteso.web import rules
from yteso.web.accounts import factors, idle, life, oidc, recovery, throttle, trail
from yteso.web.accounts.forms import CodeForm, LogInForm, NewPasswordForm, PasskeyForm, ProofForm
from yteso.web.accounts.models import User
from yteso.web.accounts.oidc.provider import Provider
from yteso.web.accounts.source import known_browser, network_of
from yteso.web.guard import ACCOUNTS, allow, enrols, public
from yteso.web.navigation import start_of

_LOGIN = "accounts/login.html"


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; afterwards the second factor, then where one wanted to go, or the role's first page."""
    if request.method == "GET":
        return _entrance(request, LogInForm())
    form = LogInForm(request.POST)
    if not form.is_valid():
        return _entrance(request, form, status=422)
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    where = ("login", name, known_browser(request, name) or network_of(request))
    wait = throttle.attempt(*where)
    if wait:
        trail.tried(request, trail.Act.LOGIN, "password: too many tries", name=name)
        return _entrance(request, form, status=429, locked=wait_text(wait))
    user = authenticate(request, username=name, password=password)
    if user is None or idle.disable_if_idle(user):
        form.refuse()
        trail.tried(request, trail.Act.LOGIN, "password", name=name)
        return _entrance(request, form, status=422)
    throttle.clear(*where)
    request.session.pop(life.STATED, None)
    return perform_password_login(request, {"username": name}, Login(user=user, redirect_url=safe_target(request)))


def _entrance(request: HttpRequest, form: LogInForm, *, status: int = 200, locked: str = "") -> HttpResponse:
    after = request.POST.get("next") or request.GET.get("next", "")
    told = {"form": form, "next": after, "locked": locked, "providers": oidc.providers()}
    told["early_notes"] = messages.get_messages(request)
    return render(request, _LOGIN, told, status=status)


def wait_text(seconds: int) -> str:
    """What somebody is told who has to wait."""
    if seconds < 60:
        return gettext("Sai quá nhiều lần từ máy này. Chờ %(seconds)s giây rồi thử lại.") % {"seconds": seconds}
    minutes = math.ceil(seconds / 60)
    return gettext("Sai quá nhiều lần từ máy này. Chờ %(minutes)s phút rồi thử lại.") % {"minutes": minutes}


def safe_target(request: HttpRequest) -> str | None:
    """Where one wanted to go, when it is a place of ours."""
    after = request.POST.get("next") or request.GET.get("next", "")
    return after if url_has_allowed_host_and_scheme(after, allowed_hosts=None) else None


@public
@require_http_methods(["GET", "POST"])
@login_stage_required(stage=LoginStageKey.MFA_AUTHENTICATE.value, redirect_urlname="account_login")
def second_step(request: HttpRequest) -> HttpResponse:
    """The second factor: a code, a recovery code, or a passkey."""
    stage: Any = request._login_stage  # type: ignore[attr-defined] # set by allauth's decorator
    user: User = stage.login.user
    form = CodeForm(request.POST if "code" in request.POST else None)
    wait = second_wait(request, user, trail.Act.LOGIN) if request.method == "POST" else 0
    if request.method == "POST" and not wait:
        used = _second_factor(request, user, form)
        if used is not None:
            clear_second(request, user)
            record_factor(request, user, used)
            return stage.exit()
        trail.tried(request, trail.Act.LOGIN, "second factor", user=user)
    told = {
        "form": form,
        "options": json.dumps(factors.sign_options(user)),
        "has_passkey": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists(),
        "locked": wait_text(wait) if wait else "",
    }
    status = 429 if wait else 422 if request.method == "POST" else 200
    return render(request, "accounts/second_step.html", told, status=status)


def _second_factor(request: HttpRequest, user: User, form: CodeForm) -> Authenticator | None:
    if "credential" in request.POST:
        return _signed_by(user, request)
    if not form.is_valid():
        return None
    used = factors.check_code(user, form.cleaned_data["code"])
    if used is None:
        form.refuse()
    return used


def _signed_by(user: User, request: HttpRequest) -> Authenticator | None:
    form = PasskeyForm(request.POST)
    try:
        return factors.check_passkey(user, form.cleaned_data["credential"])[1] if form.is_valid() else None
    except ValidationError:
        return None


def second_wait(request: HttpRequest, user: User, act: trail.Act) -> int:
    """Seconds to wait before the next try is judged; that one has to is in the chain.

    What strangers try, who know the password, makes nobody wait in a browser where the account signed in before.
    """
    name, known = user.username, known_browser(request, user.username)
    wait = throttle.attempt("second", name, known or network_of(request))
    if not wait and not known:
        wait = throttle.attempt("second", name, free=throttle.WIDE)
    if wait:
        trail.tried(request, act, "too many tries", user=user)
    return wait


def clear_second(request: HttpRequest, user: User) -> None:
    """The try was good: its counts begin again."""
    throttle.clear("second", user.username, known_browser(request, user.username) or network_of(request))
    throttle.clear("second", user.username)


def record_factor(request: HttpRequest, user: User, used: Authenticator) -> None:
    """Write the factor into the session's list of what was proved, and when it was used."""
    factors.used(used)
    record_authentication(request, user, "mfa", id=used.pk, type=used.type)


@public
@require_http_methods(["GET", "POST"])
def passkey_log_in(request: HttpRequest) -> HttpResponse:
    """GET: what the browser needs to sign with a passkey. POST: the signature; it is both factors in one."""
    if request.method == "GET":
        return JsonResponse(factors.sign_options(None))
    form = PasskeyForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("credential")
        user, used = factors.check_passkey(None, form.cleaned_data["credential"])
    except ValidationError:
        trail.tried(request, trail.Act.LOGIN, "passkey")
        refused = LogInForm(initial={})
        return _entrance(request, refused, status=422, locked=gettext("Khóa đăng nhập không được chấp nhận."))
    if not user.is_active or idle.disable_if_idle(user):
        trail.tried(request, trail.Act.LOGIN, "passkey of a disabled account", user=user)
        return _entrance(request, LogInForm(), status=422, locked=gettext("Khóa đăng nhập không được chấp nhận."))
    factors.used(used)
    request.session.pop(life.STATED, None)
    record_authentication(request, user, "mfa", id=used.pk, type=used.type, passwordless=True)
    return perform_login(request, Login(user=user, redirect_url=safe_target(request)))


@public
@sensitive_post_parameters("new")
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link of an administrator: its owner sets a password, then signs in with it."""
    owner = recovery.owner_of(token)
    if owner is None:
        trail.tried(request, trail.Act.RECOVERY, "link")
        raise Refused(rules.LINK_OVER.at(), status=410)
    form = NewPasswordForm(owner, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        recovery.use(token, form.cleaned_data["new"])
        messages.success(request, gettext("Đã đặt mật khẩu. Hãy đăng nhập bằng mật khẩu mới."))
        return HttpResponseRedirect(reverse("account_login"))
    told = {"form": form, "owner": owner, "token": token}
    return render(request, "accounts/recover.html", told, status=422 if form.errors else 200)


@public
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; what the browser keeps of our pages goes too (W3C Clear Site Data)."""
    life.end(request)
    return HttpResponseRedirect(reverse("account_login"), headers={"Clear-Site-Data": '"cache", "storage"'})


@enrols
@allow(*ACCOUNTS)
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Somebody works in an open page: to be asked is activity, unless the page asks by itself.

    Answers what is left, and who is signed in: in another tab it may be somebody else by now.
    """
    said = {"left": life.seconds_left(request), "who": request.user.username}
    return JsonResponse(said, headers={"Cache-Control": "no-store"})


@enrols
@allow(*ACCOUNTS)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Prove again who one is (password, code or passkey), then go on to where that was asked for."""
    user = request.user
    form = ProofForm(request.POST if "password" in request.POST else None)
    wait = second_wait(request, user, trail.Act.PROOF) if request.method == "POST" else 0
    if request.method == "POST" and not wait:
        if _proves(request, user, form):
            clear_second(request, user)
            life.prove(request)
            return HttpResponseRedirect(safe_target(request) or start_of(Role(user.role)))
        trail.tried(request, trail.Act.PROOF, "", user=user)
    told = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "options": json.dumps(factors.sign_options(user)),
        "has_passkey": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists(),
        "locked": wait_text(wait) if wait else "",
        "providers": _providers_of(user),
    }
    status = 429 if wait else 422 if request.method == "POST" else 200
    return render(request, "accounts/reauthenticate.html", told, status=status)


def _providers_of(user: User) -> list[Provider]:
    """The providers by which this account's owner can sign in."""
    issuers = set(user.identities.values_list("issuer", flat=True))
    return [one for one in oidc.providers() if one.issuer in issuers]


def _proves(request: HttpRequest, user: User, form: ProofForm) -> bool:
    if "credential" in request.POST:
        return _signed_by(user, request) is not None
    if not form.is_valid():
        return False
    given = form.cleaned_data["password"]
    if user.check_password(given) or factors.check_code(user, given) is not None:
        return True
    form.refuse()
    return False
