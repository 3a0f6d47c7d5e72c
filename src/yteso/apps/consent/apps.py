"""Django's configuration of this app: its addresses and its entries in the navigation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from yteso.access.principal import Role
from yteso.web.navigation import Entry

STAFF = (Role.DOCTOR, Role.NURSE, Role.STATION, Role.STAFF)


class ConsentConfig(AppConfig):
    """Consent."""

    name = "yteso.apps.consent"
    label = "consent"
    url_prefix = "consent/"
    navigation = (
        Entry(_("Mở hồ sơ"), "key", "consent:open", "/consent/open", frozenset(STAFF)),
        Entry(_("Xét mở khẩn cấp"), "eye", "consent:review", "/consent/review", frozenset([Role.DATA_OFFICER])),
        Entry(_("Quyền riêng tư"), "lock", "consent:own", "/consent/", frozenset([Role.CITIZEN])),
    )
