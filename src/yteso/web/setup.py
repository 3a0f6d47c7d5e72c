"""Django outside a web server: for `ops`, the command line and tests. Plain functions, no view.

`configure` may be called again with another installation: its settings count then, and the connection is pointed to
its database; a connection that the server broke off is closed, as Django does only between requests. What Django itself
was configured with (addresses, the names of cookies, the secret) stays.
"""

from __future__ import annotations

from io import StringIO

import django
from django.conf import settings as django_conf
from django.core.management import call_command
from django.db import close_old_connections, connections

from yteso.base.settings import Settings
from yteso.web.configuration import SCHEMA, database, django_settings

_MIGRATION_LOCK = 0x7974_6573_6F77_6562  # "ytesoweb": one migration at a time on one database


def configure(settings: Settings) -> None:
    """Make Django ready in this process with these settings."""
    if not django_conf.configured:
        django_conf.configure(**django_settings(settings))
        django.setup()
    else:
        django_conf.YTESO = settings
        if settings.database_url:
            _point_to(settings.database_url)
        close_old_connections()


def migrate(settings: Settings) -> None:
    """Bring Django's tables (schema `web`) to this version; safe to run twice, by two processes, or after a kill."""
    configure(settings)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def close() -> None:
    """Give back this thread's connection."""
    connections.close_all()


def _point_to(dsn: str) -> None:
    wanted = database(dsn)
    present = connections["default"].settings_dict
    if any(present.get(name) != value for name, value in wanted.items()):
        connections["default"].close()
        present.update(wanted)
