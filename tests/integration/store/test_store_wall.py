"""The second wall comes to a database that is there already, says what it lacks, and is mended at the next start."""

import json

import psycopg
import pytest
from tests.integration.store.earlier import as_before, write_earlier

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.base.settings import Settings
from yteso.db import Database, Reader
from yteso.db.migrate import migrate
from yteso.db.roles import make_roles, tell_leakproof, try_roles
from yteso.db.server_conf import ADMIN_ROLE
from yteso.ops.compose import ROOMS, build
from yteso.store import wall
from yteso.store.protocol import Put

CITIZEN = Principal("cong-dan", Role.CITIZEN, person="p1")
PEOPLE = [{"resourceType": "Patient", "id": f"p{n}", "name": [{"text": f"Lê Văn Thử {n}"}]} for n in range(3)]


@pytest.fixture
def before(empty_database_url, tmp_path):
    """A database as it was before the wall, on which no superuser said anything."""
    return as_before(90, empty_database_url, tmp_path)


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


def test_what_was_broken_is_mended_and_mending_twice_changes_nothing(database):
    with database.connection() as conn:
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
        strong = "(rolsuper OR rolbypassrls OR rolcanlogin)"
        found = admin.execute(f"SELECT count(*), bool_or({strong}) FROM pg_roles WHERE rolname LIKE 'yteso\\_%'")
        assert found.fetchone() == (7, False)
