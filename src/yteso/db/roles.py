"""The roles behind row-level security, and the word of a superuser that looking into an array tells nothing of it.

Run by the server's administrator: our own server does it at each start, elsewhere it is tried and may be refused.
"""

from __future__ import annotations

from contextlib import suppress

from psycopg import errors, sql

from yteso.db.connection import Connection
from yteso.db.server_conf import BOUND_ROLES, READER_ROLE

_TOLD = ("arraycontains", "arrayoverlap")
"""The functions of `@>` and `&&`. Their answers and errors tell nothing of rows that are not shown; PostgreSQL uses an
index with a condition before the policies of a table only when it has been told so (`LEAKPROOF`)."""


def make_roles(conn: Connection, owner: str) -> None:
    """Roles nobody can log in as, which `owner` may take. They own nothing and inherit nothing."""
    there = {name for (name,) in conn.execute("SELECT rolname FROM pg_roles").fetchall()}
    for name in (READER_ROLE, *BOUND_ROLES):
        if name not in there:
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
        granted = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
        conn.execute(granted.format(sql.Identifier(name), sql.Identifier(owner)))


def tell_leakproof(conn: Connection) -> None:
    """Mark the functions where they are not marked yet; only a superuser may."""
    unmarked = "SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND NOT proleakproof"
    for (name,) in conn.execute(f"{unmarked} AND proname = ANY(%s)".encode(), (list(_TOLD),)).fetchall():
        function = sql.SQL("ALTER FUNCTION pg_catalog.{}(anyarray, anyarray) LEAKPROOF")
        conn.execute(function.format(sql.Identifier(name)))


def try_roles(conn: Connection) -> None:
    """The same as whoever is connected, inside a transaction; what is refused is left."""
    with suppress(errors.InsufficientPrivilege), conn.transaction():
        make_roles(conn, conn.info.user)
    with suppress(errors.InsufficientPrivilege), conn.transaction():
        tell_leakproof(conn)
