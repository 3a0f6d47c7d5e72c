"""Django's configuration of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_save
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
        Entry(_("Ứng dụng và máy"), "key", "oauth_apps", "/oauth/apps", frozenset({Role.ADMINISTRATOR})),
    )

    def ready(self) -> None:
        """A changed account ends the tokens that speak of it; a password's hash made anew stands in the audit."""
        from yteso.web.accounts.held import note_kept_anew
        from yteso.web.accounts.models import User, kept_anew
        from yteso.web.oauth.tokens import account_saved

        post_save.connect(account_saved, sender=User, dispatch_uid="end tokens")
        kept_anew.connect(note_kept_anew, sender=User, dispatch_uid="kept anew")
