"""Django's configuration of this app: its addresses and its entry in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry

ROLES = (Role.STAFF, Role.DOCTOR)


class ReviewConfig(AppConfig):
    """Review."""

    name = "yteso.apps.review"
    label = "review"
    url_prefix = "review/"
    navigation = (Entry(_("Nghi vấn nhân thân"), "users", "review:start", "/review/", frozenset(ROLES)),)
