"""Django's configuration of this app: its addresses and its entry in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry


class PrivacyConfig(AppConfig):
    """Privacy."""

    name = "yteso.apps.privacy"
    label = "privacy"
    url_prefix = "privacy/"
    navigation = (
        Entry(
            _("Yêu cầu của tôi"), "shield-check", "privacy:mine", "/privacy/requests/mine", frozenset([Role.CITIZEN])
        ),
        Entry(_("Bàn bảo vệ dữ liệu"), "list-details", "privacy:start", "/privacy/", frozenset([Role.DATA_OFFICER])),
    )
