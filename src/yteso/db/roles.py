"""The roles behind row-level security, and the word of a superuser that looking into an array tells nothing of it.

Run by the server's administrator: our own server does it at each start, elsewhere it is tried and may be refused.
"""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg import errors, sql

from yteso.db.connection import Connection
from yteso.db.server_conf import BOUND_ROLES, READER_ROLE, READING

_TOLD = ("arraycontains", "arrayoverlap")
"""The functions of `@>` and `&&`. Their answers and errors tell nothing of rows that are not shown; PostgreSQL uses an
index with a condition before the policies of a table only when it has been told so (`LEAKPROOF`)."""


def make_roles(conn: Connection, owner: str) -> None:
    """Roles which `owner` may take, and the reader too, who is no member of the owner. They own and inherit nothing."""
    there = {name for (name,) in conn.execute("SELECT rolname FROM pg_roles").fetchall()}
    for name in (READER_ROLE, *BOUND_ROLES):
        if name not in there:
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
        for taker in (owner, READER_ROLE) if name != READER_ROLE else (owner,):
            granted = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
            conn.execute(granted.format(sql.Identifier(name), sql.Identifier(taker)))


def let_reader_in(conn: Connection) -> None:
    """The reader logs in by itself: on our own server, where the operating system vouches for who asks."""
    conn.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(READER_ROLE)))


_UNFIT = """
SELECT array_remove(ARRAY[
    CASE WHEN (current_database(), pg_postmaster_start_time()) <> (%s, %s) THEN 'another database' END,
    CASE WHEN r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR EXISTS (
        SELECT FROM unnest(%s::text[]) o JOIN pg_roles p ON p.rolname = o
        WHERE pg_has_role(session_user, p.oid, 'MEMBER')) THEN 'rights of the owner' END,
    CASE WHEN EXISTS (
        SELECT FROM unnest(%s::text[]) b LEFT JOIN pg_roles p ON p.rolname = b
        WHERE p.oid IS NULL OR NOT pg_has_role(session_user, p.oid, 'SET')) THEN 'a missing role' END], NULL)
FROM pg_roles r WHERE r.rolname = session_user"""


def unfit_reader(dsn: str, readers: str) -> list[str]:
    """Why the log-in of `readers` is none for who reads for people from the database of `dsn`; empty when it is one."""
    asked = "SELECT current_database(), pg_postmaster_start_time(), ARRAY[current_user, session_user]::text[]"
    with psycopg.connect(dsn) as owner:
        known = owner.execute(asked).fetchone()
    assert known is not None
    try:
        with psycopg.connect(readers, options=READING) as reader:
            row = reader.execute(_UNFIT.encode(), (*known, [READER_ROLE, *BOUND_ROLES])).fetchone()
    except psycopg.OperationalError:
        psycopg.connect(dsn).close()  # raises when nobody is answered: that says nothing of this log-in
        return ["no answer"]
    assert row is not None
    return list(row[0])


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
