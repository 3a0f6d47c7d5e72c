"""Rows that give somebody a right, of every room that has such: adopted by the chain once, compared with it later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yteso.base.clock import system_clock
from yteso.base.settings import Settings
from yteso.db import Connection, Database, Queries
from yteso.exchange import sender as machines
from yteso.oauth.clients import fetch_clients, rights_of
from yteso.oauth.grants import fetch_held, fetch_refresh_rights
from yteso.store import budgets
from yteso.store.held import Right, adopt, bad_held
from yteso.store.verify import see_one_moment

SQL = Queries.beside(__file__)


def adopt_present(conn: Connection, settings: Settings) -> bool:
    """Whatever is there when an installation first has this release; False when it had it before."""
    if conn.execute(SQL["note_adopted"]).fetchone() is None:
        return False
    adopt(conn, [*present(conn), *_accounts(settings).present()])
    return True


def bad_right(database: Database, settings: Settings) -> str | None:
    """The first that is not as the chain says it was left, in words."""
    with database.connection() as conn:
        see_one_moment(conn)
        bad = bad_held(conn, present(conn))
    bad_account: str | None = bad or _accounts(settings).bad()
    return bad_account


def present(conn: Connection) -> Iterator[Right]:
    """Apps, what was given to them, facilities' machines, and budgets."""
    for client in fetch_clients(conn):
        yield from rights_of(client)
    for grant in fetch_held(conn, system_clock()):
        yield grant.right
    yield from fetch_refresh_rights(conn, system_clock())
    yield from machines.fetch_rights(conn)
    yield budgets.held_right(conn)


def _accounts(settings: Settings) -> Any:
    """The pages' accounts; Django is loaded only here."""
    from yteso.web import setup

    setup.configure(settings)
    from yteso.web.accounts import held

    return held
