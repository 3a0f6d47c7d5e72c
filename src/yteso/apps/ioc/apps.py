"""Django's configuration of this app: its addresses and its entry in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry

ROLES = (Role.ADMINISTRATOR, Role.OPERATOR)


class IocConfig(AppConfig):
    """Operations centre."""

    name = "yteso.apps.ioc"
    label = "ioc"
    url_prefix = "ioc/"
    navigation = (Entry(_("Trung tâm điều hành"), "layout-dashboard", "ioc:start", "/ioc/", frozenset(ROLES)),)
