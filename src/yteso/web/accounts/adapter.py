"""What allauth asks the house: which steps a log-in has, what happens after it, how secrets of factors are kept."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import user_logged_in
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yteso.access.principal import Role
from yteso.web.accounts import life
from yteso.web.accounts.models import User
from yteso.web.accounts.source import remember_browser, source_of
from yteso.web.navigation import start_of


class SecondStep(AuthenticateStage):
    """allauth's step, left out after a log-in whose provider states that it had two factors or more."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """(a redirect to the step or None, whether the log-in goes on)."""
        if self.request.session.get(life.STATED, 1) >= 2:
            return None, True
        handled: tuple[HttpResponse | None, bool] = super().handle()
        return handled


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, nothing is mailed; the second factor is the only step after the first."""

    def get_login_stages(self) -> list[str]:
        """The second factor."""
        return ["yteso.web.accounts.adapter.SecondStep"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's form
        """Accounts are made by administrators, or by a log-in with a state's identity."""
        return False

    def send_mail(self, *_: Any, **__: Any) -> None:
        """There may be no mail at all in a province's network; nothing depends on it."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the list of sessions."""
        return source_of(request)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG002 - allauth's form
        """As if the account did not exist."""
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, signal_kwargs: Any, **_: Any
    ) -> HttpResponse:
        """Every factor was given: the session begins, the browser is known, and one goes where one wanted to."""
        life.begin(request)
        response = HttpResponseRedirect(redirect_url or start_of(Role(user.role)))
        user_logged_in.send(User, request=request, response=response, user=user, **(signal_kwargs or {}))
        remember_browser(request, response, user.username)
        return response


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of TOTP and recovery codes lie encrypted in the database, by a key that is not in it."""

    def encrypt(self, text: str) -> str:
        """A secret as it is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows above the code."""
        return "Y te so"

    def _get_site_name(self) -> str:
        return "Y tế số"


def _fernet() -> MultiFernet:
    """By the newest secret of the pages; older ones open still."""
    return MultiFernet([_by(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _by(secret: str) -> Fernet:
    key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"yteso factors").digest()
    return Fernet(base64.urlsafe_b64encode(key))
