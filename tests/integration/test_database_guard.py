"""The guard: a database that may forget acknowledged data is refused."""

from __future__ import annotations

import psycopg
import pytest

from yteso.base.errors import CannotStart
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.db.guard import require_durable


def test_the_embedded_server_is_durable(database: Database) -> None:
    with database.connection() as conn:
        require_durable(conn)


def test_synchronous_commit_off_in_the_session_is_refused(database: Database) -> None:
    with database.connection() as conn:
        conn.execute("SET LOCAL synchronous_commit = off")
        with pytest.raises(CannotStart) as refusal:
            require_durable(conn)
    assert refusal.value.issue.code == "DB-0001"
    assert "synchronous_commit" in refusal.value.issue.text_en


def test_a_setting_of_one_role_in_one_database_is_refused(database: Database) -> None:
    with database.connection() as conn:
        name = conn.info.dbname
        conn.execute(f'ALTER ROLE yteso IN DATABASE "{name}" SET synchronous_commit = false')
        with pytest.raises(CannotStart, match="role yteso"):
            require_durable(conn)
        conn.rollback()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_wide_setting_is_refused(server: EmbeddedServer, name: str) -> None:
    with psycopg.connect(server.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER SYSTEM SET {name} = off")
        admin.execute("SELECT pg_reload_conf()")
        try:
            await_setting(server, name, "off")
            with psycopg.connect(server.dsn("postgres")) as conn, pytest.raises(CannotStart, match=name):
                require_durable(conn)
        finally:
            admin.execute(f"ALTER SYSTEM RESET {name}")
            admin.execute("SELECT pg_reload_conf()")
            await_setting(server, name, "on")


def await_setting(server: EmbeddedServer, name: str, value: str) -> None:
    for _ in range(500):
        with psycopg.connect(server.dsn("postgres")) as conn:
            if conn.execute(f"SHOW {name}").fetchone() == (value,):
                return
    raise AssertionError(f"{name} did not become {value}")
