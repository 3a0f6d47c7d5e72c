"""The second wall comes to a database that is there already, says what it lacks, and is mended at the next start."""

import json
from dataclasses import replace

import psycopg
import pytest
from tests.integration.store.earlier import as_before, write_earlier

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.db import Database, Reader
from yteso.db.migrate import ROOT, migrate
from yteso.db.roles import make_roles, tell_leakproof, try_roles, unfit_reader
from yteso.db.server_conf import ADMIN_ROLE, READER_ROLE
from yteso.ops.compose import ROOMS, build
from yteso.ops.prepare import prepare
from yteso.store import wall
from yteso.store.protocol import Put

CITIZEN = Principal("cong-dan", Role.CITIZEN, person="p1")
PEOPLE = [{"resourceType": "Patient", "id": f"p{n}", "name": [{"text": f"Lê Văn Thử {n}"}]} for n in range(3)]


@pytest.fixture
def before(empty_database_url, tmp_path):
    """A database as it was before the wall, on which no superuser said anything."""
    return as_before(90, empty_database_url, tmp_path)


@pytest.fixture
def walled(database_url, readers_url):
    database = Database(database_url, readers=readers_url, max_size=2).open()
    database.raise_wall()
    yield database
    database.close()


def as_administrator(server, url):
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    return psycopg.connect(server.dsn(name, ADMIN_ROLE), autocommit=True)


def seen(database):
    with database.reading() as conn:
        wall.name(conn, require(CITIZEN, "search", "Patient"))
        return isinstance(conn, Reader), [one for (one,) in conn.execute("SELECT id FROM store.resource ORDER BY id")]


def test_the_wall_comes_to_what_was_stored_before(before, server):
    database = Database(before).open()
    with database.connection() as conn:
        for one in PEOPLE:
            write_earlier(conn, one)
    migrate(before, ROOMS)
    with database.connection() as conn:
        assert wall.missing(conn) == ["leakproof"]
        try_roles(conn)
        assert wall.raise_wall(conn) == ["leakproof"]
    with as_administrator(server, before) as admin:
        tell_leakproof(admin)
    with database.connection() as conn:
        assert wall.raise_wall(conn) == []
    assert seen(database) == (False, ["p0", "p1", "p2"])
    database.raise_wall()
    assert seen(database) == (True, ["p1"])
    database.close()


def test_a_process_reads_behind_the_wall_only_where_all_of_it_stands(
    database_url, server, tmp_path, store, administrator
):
    settings = Settings(home=tmp_path, database_url=database_url)
    with Database(database_url).open().connection() as conn:
        store.write(conn, administrator, [Put(one) for one in PEOPLE])
    services = build(settings, application="test")
    assert seen(services.database) == (True, ["p1"])
    assert json.loads(services.health().healthz(None).body)["wall"] == "ok"
    with as_administrator(server, database_url) as admin:
        admin.execute("ALTER FUNCTION pg_catalog.arraycontains(anyarray, anyarray) NOT LEAKPROOF")
    state = json.loads(services.health().healthz(None).body)
    assert (state["wall"], state["wall_lacks"]) == ("down", ["leakproof"])
    services.close()
    services = build(settings, application="test")
    assert seen(services.database)[0] is False
    services.close()


def test_what_was_broken_is_mended_and_mending_twice_changes_nothing(walled):
    with walled.connection() as conn:
        for broken in (
            "DROP POLICY wall_care ON store.resource",
            "ALTER TABLE store.string DISABLE ROW LEVEL SECURITY",
            "ALTER FUNCTION store.write_notes(jsonb) SECURITY INVOKER",
        ):
            conn.execute(broken)
            assert wall.missing(conn) == ["policies"]
            assert wall.raise_wall(conn) == []
            assert wall.raise_wall(conn) == []


def test_roles_are_made_once_and_inherit_nothing(server, database_url):
    with as_administrator(server, database_url) as admin:
        make_roles(admin, "yteso")
        make_roles(admin, "yteso")
        inherited = (
            "SELECT count(*) FROM pg_auth_members WHERE roleid::regrole::text LIKE 'yteso\\_%' AND inherit_option"
        )
        assert admin.execute(inherited).fetchone() == (0,)
        strong = "(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
        found = admin.execute(f"SELECT count(*), bool_or({strong}) FROM pg_roles WHERE rolname LIKE 'yteso\\_%'")
        assert found.fetchone() == (7, False)
        enter = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'yteso\\_%' AND rolcanlogin"
        assert admin.execute(enter).fetchall() == [(READER_ROLE,)]


@pytest.mark.parametrize(
    "become",
    ["SET ROLE yteso", "SET SESSION AUTHORIZATION yteso", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres"],
)
def test_who_has_a_readers_connection_cannot_become_the_owner(walled, become):
    with walled.reading() as conn:
        wall.name(conn, require(CITIZEN, "search", "Patient"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute(become)
        conn.execute("RESET ROLE")
        assert conn.execute("SELECT current_user, session_user").fetchone() == (READER_ROLE, READER_ROLE)
        conn.execute("RESET SESSION AUTHORIZATION")
        assert conn.execute("SELECT count(*) FROM store.resource").fetchone() == (0,)


def test_a_log_in_that_is_too_strong_or_too_weak_reads_for_nobody(server, database_url, readers_url):
    assert unfit_reader(database_url, readers_url) == []
    assert unfit_reader(database_url, database_url) == ["rights of the owner"]
    assert unfit_reader(database_url, server.dsn("template1", READER_ROLE)) == ["another database"]
    assert unfit_reader(database_url, readers_url.replace(READER_ROLE, "nobody_at_all")) == ["no answer"]
    with as_administrator(server, database_url) as admin:
        admin.execute(f"REVOKE yteso_care FROM {READER_ROLE}")
        try:
            assert unfit_reader(database_url, readers_url) == ["a missing role"]
        finally:
            make_roles(admin, "yteso")


def test_the_platform_does_not_start_on_a_log_in_that_cannot_read(database_url, readers_url, tmp_path):
    settings = Settings(home=tmp_path, database_url=database_url)
    prepare(replace(settings, reader_database_url=readers_url))
    with pytest.raises(CannotStart) as stopped:
        prepare(replace(settings, reader_database_url=database_url))
    assert (stopped.value.issue.code, "rights of the owner" in stopped.value.issue.text) == ("DB-0009", True)


def test_policies_of_before_are_made_anew(walled):
    """As where the roles were lacking when the migration ran."""
    before = (ROOT / "store" / "migrations" / "0090_pre_wall.sql").read_text(encoding="utf-8")
    raise_wall = before[before.index("CREATE FUNCTION store.raise_wall") :].replace("CREATE ", "CREATE OR REPLACE ", 1)
    now = (ROOT / "store" / "migrations" / "0176_pre_fewer_look_ups.sql").read_text(encoding="utf-8")
    with walled.connection() as conn:
        conn.execute(raise_wall)
        assert wall.missing(conn) == ["policies"]
        conn.execute(now[now.index("-- What is missing") : now.index("SELECT store.raise_wall();")])
        assert wall.missing(conn) == ["policies"]
        assert wall.raise_wall(conn) == []


def role(conn):
    return conn.execute("SELECT current_user").fetchone()[0]


def test_an_owners_connection_is_lowered_while_it_reads_for_somebody(walled, store, administrator):
    limit = require(CITIZEN, "search", "Patient")
    with walled.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in PEOPLE])
        with wall.on_behalf(conn):
            assert role(conn) == "yteso"
            wall.name(conn, limit)
            assert role(conn) == "yteso_person"
            assert [one for (one,) in conn.execute("SELECT id FROM store.resource")] == ["p1"]
        assert role(conn) == "yteso"
        assert conn.execute("SELECT count(*) FROM store.resource").fetchone() == (3,)
        store.read(conn, CITIZEN, limit, "Patient", "p1")
        store.write(conn, administrator, [Put({**PEOPLE[0], "gender": "male"})])


def test_the_owner_is_back_after_a_reading_that_failed(walled):
    limit = require(CITIZEN, "search", "Patient")

    def fail(conn, statement):
        with wall.on_behalf(conn):
            wall.name(conn, limit)
            conn.execute(statement)
            raise ZeroDivisionError

    with walled.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            fail(conn, "SELECT count(*) FROM store.audit")
        assert (role(conn), conn.reading, conn.lowered) == ("yteso", False, False)
        with pytest.raises(ZeroDivisionError):
            fail(conn, "SELECT 1")
        assert (role(conn), conn.reading, conn.lowered) == ("yteso", False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            fail(conn, "SELECT count(*) FROM store.audit")
        conn.rollback()
        assert (role(conn), conn.reading, conn.lowered) == ("yteso", False, False)
        with wall.on_behalf(conn):
            wall.name(conn, limit)
            with pytest.raises(psycopg.errors.UndefinedTable), conn.transaction():
                conn.execute("SELECT * FROM store.no_such_table")
            assert role(conn) == "yteso_person"
        assert role(conn) == "yteso"


def test_nobody_is_read_for_inside_anothers_reading_nor_outside_of_one(walled):
    limit = require(CITIZEN, "search", "Patient")
    with walled.connection() as conn:
        with pytest.raises(AssertionError):
            wall.name(conn, limit)
        with wall.on_behalf(conn), pytest.raises(AssertionError), wall.on_behalf(conn):
            raise ValueError


def test_who_may_see_everything_costs_an_owner_nothing(walled):
    with walled.connection() as conn, wall.on_behalf(conn):
        wall.name(conn, EVERYTHING)
        assert role(conn) == "yteso"
        wall.name(conn, require(CITIZEN, "search", "Patient"))
        wall.name(conn, EVERYTHING)
        assert role(conn) == "yteso_every"
