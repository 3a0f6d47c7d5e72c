"""Django's configuration of this app: its addresses and its entry in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry

ROLES = (Role.ADMINISTRATOR, Role.OPERATOR, Role.STAFF)


class IntakeConfig(AppConfig):
    """Intake."""

    name = "yteso.apps.intake"
    label = "intake"
    url_prefix = "intake/"
    navigation = (Entry(_("Tiếp nhận dữ liệu"), "inbox", "intake:start", "/intake/", frozenset(ROLES)),)
