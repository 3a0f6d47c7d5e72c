"""A database made ready: migrations, the pages' tables, the durability guard, egress budgets, our own packages.

Safe to run twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from yteso.access.budget import budgets
from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.db import Connection, Database, is_away
from yteso.db.guard import require_durable
from yteso.db.migrate import migrate
from yteso.db.refusals import AWAY, NO_ANSWER, READER
from yteso.db.roles import try_roles, unfit_reader
from yteso.ops.compose import ROOMS
from yteso.ops.patience import CONNECT_SECONDS, patiently
from yteso.store.budgets import configure

log = logging.getLogger(__name__)


def prepare(settings: Settings, bring_back: Callable[[], object] | None = None) -> None:
    """Bring the database of `settings.database_url` to this version.

    A server that goes away meanwhile is waited for; `bring_back` starts one of our own. Raises CannotStart (DB-0001,
    DB-0005, DB-0007, DB-0009, DB-0010, KEY-0001).
    """
    _require_given(settings)
    try:
        patiently(lambda: _prepare(settings), bring_back or (lambda: None))
    except Exception as error:
        if is_away(error):
            raise CannotStart((AWAY if bring_back else NO_ANSWER).at()) from error
        raise


def _prepare(settings: Settings) -> None:
    migrate(settings.database_url, ROOMS)
    _migrate_pages(settings)
    _lock_samples(settings)
    database = Database(settings.database_url, max_size=2, application="yteso prepare").open(CONNECT_SECONDS)
    try:
        with database.connection() as conn:
            require_durable(conn)
            configure(conn, budgets(settings.budgets))
            _adopt(conn, settings)
        if _raise_wall(database) and settings.reader_database_url:
            _require_reader(settings)
        _load_own_packages(database)
    finally:
        database.close()


def _adopt(conn: Connection, settings: Settings) -> None:
    from yteso.ops.held import adopt_present
    from yteso.web import setup

    adopt_present(conn, settings)
    setup.close()


def _load_own_packages(database: Database) -> None:
    from yteso.ops.own_packages import load_operations, load_topics, load_vn_core
    from yteso.store.postgres import PostgresStore

    store = PostgresStore()
    load_vn_core(database, store)
    load_topics(database, store)
    load_operations(database, store)


def _raise_wall(database: Database) -> bool:
    """On a server that is not ours the roles are tried for; where they are refused /healthz says `"wall": "down"`."""
    from yteso.store import wall

    with database.connection() as conn:
        if wall.missing(conn):
            try_roles(conn)
            wall.raise_wall(conn)
        return not wall.missing(conn)


def _require_reader(settings: Settings) -> None:
    if why := unfit_reader(settings.database_url, settings.reader_database_url):
        raise CannotStart(READER.at(why=", ".join(why)))


def _require_given(settings: Settings) -> None:
    """Keys that the operator gives are whole and ours alone to read; else nothing starts."""
    from yteso.signing.identity_keys import load_or_create_identity
    from yteso.signing.keys import load_or_create
    from yteso.signing.safe import load_or_create_safe
    from yteso.web.secret import load_or_create_secrets

    if settings.keys is not None:
        for load in (load_or_create, load_or_create_identity, load_or_create_safe, load_or_create_secrets):
            load(settings.home, settings.keys)


def _lock_samples(settings: Settings) -> None:
    """Who tried the platform first and opens it to others now has no account that others know."""
    if not settings.is_local:
        from yteso.ops.province import lock_samples
        from yteso.web import setup

        for name in lock_samples(settings):
            log.warning("the sample account %s is locked: the installation is open to others", name)
        setup.close()


def _migrate_pages(settings: Settings) -> None:
    from yteso.web import setup

    setup.migrate(settings)
    setup.close()
