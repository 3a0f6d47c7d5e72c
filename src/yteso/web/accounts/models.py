"""The person who signs in. Machines' accounts are not here (`exchange.sender`)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role

kept_anew = Signal()
"""A password's hash was made again; `user` is whose."""


class UserManager(BaseUserManager["User"]):
    """Finds people by their username whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this username; raises User.DoesNotExist."""
        return self.get(username=(username or "").casefold())


class User(AbstractBaseUser):
    """`facility` is MA_CSKCB, needed by the roles bound to one; `person` the id of the Patient that a citizen is.

    `practitioner` is the id of the Practitioner that a member of staff is; apps are told it (SMART `fhirUser`).
    `demo` marks accounts of the sample province. `disabled_reason` tells why `is_active` is false.
    """

    ROLES: ClassVar = [
        (Role.ADMINISTRATOR.value, _("Quản trị viên")),
        (Role.OPERATOR.value, _("Điều hành Sở Y tế")),
        (Role.STAFF.value, _("Nhân viên cơ sở")),
        (Role.DOCTOR.value, _("Bác sĩ")),
        (Role.NURSE.value, _("Điều dưỡng")),
        (Role.LAB.value, _("Xét nghiệm")),
        (Role.PHARMACIST.value, _("Dược sĩ")),
        (Role.CASHIER.value, _("Thu ngân")),
        (Role.FACILITY_ADMINISTRATOR.value, _("Quản trị cơ sở")),
        (Role.STATION.value, _("Nhân viên trạm y tế")),
        (Role.SURVEILLANCE.value, _("Giám sát dịch tễ")),
        (Role.INSPECTOR.value, _("Thanh tra")),
        (Role.ANALYST.value, _("Phân tích số liệu")),
        (Role.DATA_OFFICER.value, _("Cán bộ bảo vệ dữ liệu")),
        (Role.CITIZEN.value, _("Người dân")),
        (Role.INTEGRATOR.value, _("Hệ thống tích hợp")),
    ]
    REASONS: ClassVar = [
        ("", ""),
        ("administrator", _("Quản trị viên khóa")),
        ("idle", _("45 ngày không đăng nhập")),
    ]
    username = models.CharField(max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]*\Z")])
    display_name = models.CharField(max_length=120)
    role = models.CharField(max_length=32, choices=ROLES)
    facility = models.CharField(max_length=5, blank=True, validators=[RegexValidator(r"^[0-9A-Z]{5}\Z")])
    person = models.CharField(max_length=64, blank=True, validators=[RegexValidator(r"^[A-Za-z0-9.-]+\Z")])
    practitioner = models.CharField(
        max_length=64, blank=True, db_default="", default="", validators=[RegexValidator(r"^[A-Za-z0-9.-]+\Z")]
    )
    language = models.CharField(max_length=2, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=20, blank=True, choices=REASONS)
    last_active = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.username

    def check_password(self, raw_password: str) -> bool:
        """Whether it is the password; kept by other parameters it is kept anew, in a transaction with who hears it."""
        before = self.password
        with transaction.atomic():
            good = super().check_password(raw_password)
            if self.password != before:
                kept_anew.send(User, user=self)
        return good

    def get_full_name(self) -> str:
        """For passkeys: what a phone shows beside the key."""
        return self.display_name


class Throttle(models.Model):
    """A counter of attempts (`throttle`); `key` is a keyed hash."""

    key = models.CharField(max_length=64, primary_key=True)
    attempts = models.IntegerField()
    until = models.DateTimeField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Recovery(models.Model):
    """A one-time link by which the owner of an account sets a password; only its hash is kept."""

    token = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_by = models.CharField(max_length=64)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} until {self.expires:%Y-%m-%d %H:%M}"


class Identity(models.Model):
    """Somebody's account at a provider of OpenID Connect: the pair (issuer, subject) belongs to one account here."""

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    made = models.DateTimeField(default=timezone.now)
    last_used = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What the database holds us to."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_per_identity")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"
