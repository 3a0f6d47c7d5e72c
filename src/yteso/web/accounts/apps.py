"""Django's configuration of this room."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts."""

    name = "yteso.web.accounts"
    label = "accounts"
