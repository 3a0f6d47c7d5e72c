"""The forms of signing in and of one's own account. They check their fields; the views decide what follows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yteso.base.direction import has_unseen
from yteso.web import rules
from yteso.web.accounts.models import User
from yteso.web.errors import told


def _password(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=256, strip=False, widget=forms.PasswordInput)


class LogInForm(forms.Form):
    """Username and password. Why it failed is not told: an unknown name and a wrong password look the same."""

    username = forms.CharField(label=_("Tên đăng nhập"), max_length=64)
    password = _password(_("Mật khẩu"))

    def clean_username(self) -> str:
        """Names are kept in lower case."""
        return str(self.cleaned_data["username"]).strip().casefold()

    def refuse(self) -> None:
        """The one sentence for every failure."""
        self.add_error(None, _("Tên đăng nhập hoặc mật khẩu không đúng."))


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(label=_("Mã xác thực"), max_length=24)

    def refuse(self) -> None:
        """Wrong, or used before: nobody types the next one behind it."""
        self.data = {}
        self.add_error("code", _("Mã không đúng hoặc đã dùng. Chờ mã mới rồi nhập lại."))


class PasskeyForm(forms.Form):
    """What the browser's passkey said, as JSON."""

    credential = forms.JSONField()
    name = forms.CharField(label=_("Tên khóa"), max_length=40, required=False)


class NewPasswordForm(forms.Form):
    """A new password of one's choice."""

    new = _password(_("Mật khẩu mới"), _("Ít nhất 14 ký tự (người dân: 12). Một câu dài dễ nhớ tốt hơn ký tự lạ."))

    def __init__(self, user: User, *args: Any, **names: Any) -> None:
        super().__init__(*args, **names)
        self.user = user

    def clean_new(self) -> str:
        """Long enough, not known, not like the name; also for an account of the demo."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new


class PasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = _password(_("Mật khẩu hiện tại"))
    field_order = ("present", "new")

    def clean_present(self) -> str:
        """It must be the account's password."""
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise ValidationError(_("Mật khẩu hiện tại không đúng."))
        return present


class ProofForm(forms.Form):
    """The password once more, or a code."""

    password = forms.CharField(
        label=_("Mật khẩu, hoặc mã xác thực"), max_length=256, strip=False, widget=forms.PasswordInput
    )

    def refuse(self) -> None:
        """Neither."""
        self.add_error("password", _("Mật khẩu hoặc mã không đúng."))


class AccountForm(forms.Form):
    """An account as an administrator fills it in. `roles`: those this administrator may give."""

    username = forms.CharField(
        label=_("Tên đăng nhập"), max_length=64, help_text=_("Chữ thường không dấu, số, dấu chấm, gạch.")
    )
    display_name = forms.CharField(label=_("Họ tên"), max_length=120)
    role = forms.ChoiceField(label=_("Vai trò"))
    facility = forms.CharField(
        label=_("Cơ sở"), max_length=5, required=False, help_text=_("Mã cơ sở khám chữa bệnh, 5 ký tự.")
    )
    person = forms.CharField(
        label=_("Mã hồ sơ của người dân"), max_length=64, required=False, help_text=_("Chỉ cho vai trò người dân.")
    )

    practitioner = forms.CharField(
        label=_("Mã trong danh bạ nhân viên y tế"),
        max_length=64,
        required=False,
        help_text=_("Mã (id) của Practitioner; ứng dụng được cho biết ai đang dùng."),
    )

    def __init__(self, roles: list[tuple[str, Any]], *args: Any, **names: Any) -> None:
        super().__init__(*args, **names)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]

    def clean_display_name(self) -> str:
        """A name that reads as what it is: no sign in it turns what stands beside it, or is seen by nobody."""
        name = " ".join(str(self.cleaned_data["display_name"]).split())
        if has_unseen(name):
            issue = told(rules.UNSEEN.at(field=self.fields["display_name"].label))
            raise ValidationError("{code}: {text} {fix}".format_map(issue))
        return name
