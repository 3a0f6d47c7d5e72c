"""Django's settings module for one process, from the environment. See `configuration.py` for every choice."""

from __future__ import annotations

from yteso.base.settings import Settings
from yteso.web.configuration import django_settings

globals().update(django_settings(Settings.from_environment()))
