"""The forms of signing in and of changing one's password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yteso.web.accounts.models import User


class LogInForm(forms.Form):
    """Username and password. Why it failed is not told: an unknown name and a wrong password look the same."""

    username = forms.CharField(label=_("Tên đăng nhập"), max_length=64)
    password = forms.CharField(label=_("Mật khẩu"), max_length=256, strip=False, widget=forms.PasswordInput)

    def __init__(self, request: HttpRequest, *args: Any, **names: Any) -> None:
        super().__init__(*args, **names)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Ask the back ends (the throttle is one of them)."""
        data = super().clean() or {}
        if data.get("username") and data.get("password"):
            self.user = authenticate(
                self.request, username=data["username"].strip().casefold(), password=data["password"]
            )
            if self.user is None:
                raise ValidationError(_("Tên đăng nhập hoặc mật khẩu không đúng."))
        return data


class PasswordForm(forms.Form):
    """The present password and a new one."""

    present = forms.CharField(label=_("Mật khẩu hiện tại"), max_length=256, strip=False, widget=forms.PasswordInput)
    new = forms.CharField(
        label=_("Mật khẩu mới"),
        help_text=_("Ít nhất 14 ký tự. Một câu dài dễ nhớ tốt hơn ký tự lạ."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
    )

    def __init__(self, user: User, *args: Any, **names: Any) -> None:
        super().__init__(*args, **names)
        self.user = user

    def clean_present(self) -> str:
        """It must be the account's password."""
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise ValidationError(_("Mật khẩu hiện tại không đúng."))
        return present

    def clean_new(self) -> str:
        """At least 14 characters, not common, not like the name; also for an account of the demo."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new


class ProofForm(forms.Form):
    """The password once more."""

    password = forms.CharField(label=_("Mật khẩu"), max_length=256, strip=False, widget=forms.PasswordInput)

    def __init__(self, user: User, *args: Any, **names: Any) -> None:
        super().__init__(*args, **names)
        self.user = user

    def clean_password(self) -> str:
        """It must be the account's password."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("Mật khẩu không đúng."))
        return password
