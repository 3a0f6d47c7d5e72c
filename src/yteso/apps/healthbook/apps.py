"""Django's configuration of this app: its addresses and its entries in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry

ROLES = (Role.CITIZEN,)


class HealthbookConfig(AppConfig):
    """Healthbook."""

    name = "yteso.apps.healthbook"
    label = "healthbook"
    url_prefix = "healthbook/"
    navigation = (
        Entry(_("Hồ sơ của tôi"), "heart", "healthbook:start", "/healthbook/record", frozenset(ROLES)),
        Entry(_("Thông báo"), "inbox", "healthbook:inbox", "/healthbook/inbox", frozenset(ROLES)),
        Entry(_("Ai đã xem"), "eye", "healthbook:who", "/healthbook/who", frozenset(ROLES)),
        Entry(
            _("Người đại diện"),
            "users",
            "healthbook:representatives",
            "/healthbook/representatives",
            frozenset(ROLES),
        ),
    )
