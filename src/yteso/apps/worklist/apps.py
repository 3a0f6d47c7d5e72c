"""Django's configuration of this app: its address and its entry in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.client.worklists import ROLES
from yteso.web.navigation import Entry


class WorklistConfig(AppConfig):
    """Worklist."""

    name = "yteso.apps.worklist"
    label = "worklist"
    url_prefix = "worklist/"
    navigation = (Entry(_("Việc trong ngày"), "list-details", "worklist:start", "/worklist/", frozenset(ROLES)),)
