"""How long a session lives: bound to its browser, over after quiet minutes and after half a day at the latest.

`begin` is called once every factor was given (the session's id is new then: Django rotates it at log-in). What the
page does by itself (header `Yteso-Auto`) is not activity.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from yteso.web.accounts import factors, trail
from yteso.web.accounts.models import User
from yteso.web.guard import ASSURANCE, INCOMPLETE, PROVED_ANEW, PROVED_AT, login_address
from yteso.web.services import now

ABSOLUTE_SECONDS = 12 * 3600
_NOTE_SECONDS = 60
"""Activity is noted once a minute, not at every request."""

_BEGAN, _SEEN, _AGENT = "began", "seen", "agent"
STATED = "stated_assurance"
"""Session key: what the provider of an OpenID Connect log-in says about how it was done."""


@transaction.atomic
def begin(request: HttpRequest) -> None:
    """The session of one who has just given every factor: kept together with the row that tells of the log-in."""
    moment = now().timestamp()
    request.session.update({_BEGAN: moment, _SEEN: moment, _AGENT: _agent(request), PROVED_AT: moment})
    weigh(request)
    request.user.last_active = now()
    request.user.save(update_fields=["last_active"])
    request.session.save()
    trail.acted(request, trail.Act.LOGIN, detail=" ".join(_methods(request)))


@transaction.atomic
def end(request: HttpRequest, how: str = "") -> None:
    """Sign out, if anybody is signed in."""
    if request.user.is_authenticated:
        trail.acted(request, trail.Act.LOGOUT, detail=how)
    logout(request)


def weigh(request: HttpRequest) -> None:
    """Write down how sure the log-in is, and whether it still lacks a second factor."""
    assurance = assurance_of(request)
    request.session[ASSURANCE] = assurance
    request.session[INCOMPLETE] = assurance < 2 and factors.is_required(request.user)


@transaction.atomic
def prove(request: HttpRequest) -> None:
    """The person proved again who they are."""
    request.session.update(dict.fromkeys((PROVED_AT, PROVED_ANEW), now().timestamp()))
    request.session.save()
    trail.acted(request, trail.Act.PROOF)


def assurance_of(request: HttpRequest) -> int:
    """1 by password alone, 2 with a second factor or a passkey, more when the provider of the log-in states it."""
    records = get_authentication_records(request, request.user)
    own = 2 if any(record.get("method") == "mfa" for record in records) else 1
    return max(own, int(request.session.get(STATED, 1)))


def _methods(request: HttpRequest) -> list[str]:
    """What was given at the log-in: `password`, `totp`, `webauthn`, `oidc` …"""
    records = get_authentication_records(request, request.user)
    return [str(record.get("type") or record.get("method", "")) for record in records]


class SessionLife:
    """After the authentication middleware: ends what is over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on a living session; an ended one is signed out and asked to sign in again."""
        if request.user.is_authenticated:
            if not _lives(request):
                return _ended(request)
            _note(request)
        return self.get_response(request)


def seconds_left(request: HttpRequest) -> int:
    """How long the session lives when nothing more is done; 0 when it is over."""
    session, moment = request.session, now().timestamp()
    idle = settings.YTESO.idle_minutes * 60
    left = min(session.get(_BEGAN, 0) + ABSOLUTE_SECONDS, session.get(_SEEN, 0) + idle) - moment
    return max(0, math.ceil(left))


def _lives(request: HttpRequest) -> bool:
    return seconds_left(request) > 0 and request.session.get(_AGENT) == _agent(request)


def _ended(request: HttpRequest) -> HttpResponse:
    end(request, "over")
    if request.method == "GET":
        messages.info(request, gettext("Phiên làm việc đã hết hạn. Xin đăng nhập lại."))
    else:
        told = gettext("Phiên làm việc đã hết hạn nên điều bạn vừa gửi chưa được nhận. Đăng nhập lại rồi gửi lại.")
        messages.warning(request, told)
    to = login_address(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": to})
    return HttpResponseRedirect(request.get_full_path() if request.method == "GET" else to)


def _note(request: HttpRequest) -> None:
    moment = now()
    if "Yteso-Auto" in request.headers or moment.timestamp() - request.session[_SEEN] < _NOTE_SECONDS:
        return
    request.session[_SEEN] = moment.timestamp()
    User.objects.filter(pk=request.user.pk).update(last_active=moment)


def _agent(request: HttpRequest) -> str:
    return hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()[:16]
