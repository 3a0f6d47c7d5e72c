"""The person who signs in. Machines' accounts are not here (`exchange.sender`)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role


class UserManager(BaseUserManager["User"]):
    """Finds people by their username whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this username; raises User.DoesNotExist."""
        return self.get(username=(username or "").casefold())


class User(AbstractBaseUser):
    """`facility` is MA_CSKCB, needed by the roles bound to one; `demo` marks accounts of the sample province."""

    ROLES: ClassVar = [
        (Role.ADMINISTRATOR.value, _("Quản trị viên")),
        (Role.OPERATOR.value, _("Điều hành Sở Y tế")),
        (Role.STAFF.value, _("Nhân viên cơ sở")),
        (Role.DOCTOR.value, _("Bác sĩ")),
    ]
    username = models.CharField(max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]*\Z")])
    display_name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=ROLES)
    facility = models.CharField(max_length=5, blank=True, validators=[RegexValidator(r"^[0-9A-Z]{5}\Z")])
    language = models.CharField(max_length=2, blank=True)
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.username
