"""Django's configuration of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry


class AccountsConfig(AppConfig):
    """The accounts."""

    name = "yteso.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    navigation = (
        Entry(
            _("Tài khoản"),
            "users",
            "accounts",
            "/accounts/",
            frozenset({Role.ADMINISTRATOR, Role.FACILITY_ADMINISTRATOR}),
        ),
    )
