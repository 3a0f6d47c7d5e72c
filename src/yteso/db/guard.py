"""Refuses to work on a PostgreSQL that may forget what it acknowledged. Reads settings; changes nothing."""

from __future__ import annotations

from yteso.base.errors import CannotStart
from yteso.db.connection import Connection
from yteso.db.queries import Queries
from yteso.db.refusals import NOT_DURABLE

SQL = Queries.beside(__file__)
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
# The spellings PostgreSQL takes for "off" (guc.c parse_bool); `synchronous_commit` knows more values, all of them safe.
_OFF = frozenset({"off", "of", "false", "fals", "fal", "fa", "f", "no", "n", "0"})


def require_durable(conn: Connection) -> None:
    """Raise CannotStart (DB-0001) when a durable setting is off, also when it is off for one role only."""
    for name, value in conn.execute(SQL["fetch_durable_settings"]):
        _refuse_if_off(name, value, "server")
    for role, database, entry in conn.execute(SQL["fetch_session_overrides"]):
        name, _, value = entry.partition("=")
        _refuse_if_off(name, value, f"role {role}, database {database}")


def _refuse_if_off(name: str, value: str, where: str) -> None:
    if name in _DURABLE and value.strip("'\"").lower() in _OFF:
        raise CannotStart(NOT_DURABLE.at(setting=name, where=where))
