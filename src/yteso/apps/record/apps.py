"""Django's configuration of this app: its addresses and its entry in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry

ROLES = (Role.STAFF, Role.DOCTOR, Role.NURSE, Role.STATION, Role.INSPECTOR)


class RecordConfig(AppConfig):
    """Record."""

    name = "yteso.apps.record"
    label = "record"
    url_prefix = "record/"
    navigation = (Entry(_("Hồ sơ người bệnh"), "user-search", "record:start", "/record/", frozenset(ROLES)),)
