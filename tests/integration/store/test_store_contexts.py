"""Content is judged by what it names: in an export, in a search of everything, and what an earlier release stored."""

from datetime import UTC, datetime, timedelta

import pytest

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.store import reindex, wall
from yteso.store.bulk.stretches import Selection, of_shard
from yteso.store.contexts import named
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove
from yteso.store.verify import verify_rights
from yteso.store.verify_contexts import bad_context

DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
FILE = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}


@pytest.fixture
def walled(database_url, readers_url):
    database = Database(database_url, readers=readers_url, max_size=2).open()
    database.raise_wall()
    yield database
    database.close()


@pytest.fixture
def files(walled, store, administrator):
    visits = [
        {
            "resourceType": "Encounter",
            "id": f"e{facility}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/p{facility}"},
            "serviceProvider": {"identifier": {"value": facility}},
        }
        for facility in ("79001", "79002")
    ]
    contents = [
        {**FILE, "id": f"f{one['id']}", "securityContext": {"reference": f"Encounter/{one['id']}"}} for one in visits
    ]
    with walled.connection() as conn:
        store.write(conn, administrator, [Put(one) for one in [*visits, *contents]])


def exported(database):
    """Ids of Binaries that an export of a doctor holds."""
    limit = require(DOCTOR, "search", "Binary")
    with database.connection() as conn:
        t = conn.execute("SELECT store.present_t()").fetchone()[0] + 1
        selection = Selection(limit, t, datetime.now(UTC), types=["Binary"])
        with wall.on_behalf(conn):
            wall.name(conn, limit)
            asked = [of_shard(selection, shard, (0, 0), 9) for shard in range(256)]
            return {row[1] for text, params in asked for row in conn.execute(text.encode(), params)}


def test_an_export_holds_the_files_of_what_the_reader_may_see(walled, files):
    assert exported(walled) == {"fe79001"}


def test_what_an_earlier_release_stored_is_for_nobody_so_bound_until_it_is_indexed_again(
    walled, store, files, monkeypatch
):
    monkeypatch.setattr(reindex, "GRACE", timedelta(0))
    limit = require(DOCTOR, "read", "Binary")

    def seen():
        with walled.reading() as conn:
            return [store.read(conn, DOCTOR, limit, "Binary", f"fe{one}") is not None for one in ("79001", "79002")]

    assert seen() == [True, False]
    with walled.connection() as conn:
        conn.execute("DELETE FROM store.context")
        conn.execute(
            "INSERT INTO store.parameter (id, url, code, types, state, definition)"
            " VALUES ('*', '', '', ARRAY[9::smallint], 'indexing', '{}')"
        )
    assert seen() == [False, False]
    work = reindex.Reindex(walled, PostgresStore())
    assert "" in [work.step("*") for _ in range(6)]
    assert seen() == [True, False]


CHANGES = [
    "UPDATE store.context SET of_type = NULL, of_shard = NULL, of_hid = NULL WHERE ver = 1",
    "UPDATE store.context SET (of_shard, of_hid) = (SELECT shard, hid FROM store.resource WHERE id = 'e79001')",
    "DELETE FROM store.context WHERE ver = 2",
    "INSERT INTO store.context SELECT shard, hid, 9, of_shard, of_type, of_hid FROM store.context WHERE ver = 2",
    "INSERT INTO store.context VALUES (1, 1, 1, NULL, NULL, NULL)",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_verifier_names_a_context_that_is_not_as_the_content_says(walled, store, administrator, files, change):
    with walled.connection() as conn:
        moved = {**FILE, "id": "fe79001", "securityContext": {"reference": "Encounter/e79002"}}
        store.write(conn, administrator, [Put(moved)])
        store.write(conn, administrator, [Remove("Binary", "fe79002")])
    with walled.connection() as conn:
        codec = store.codec(conn)
        assert bad_context(conn, codec) is None
        conn.execute(change)
        assert (bad_context(conn, codec) or "").startswith("store.context ")
        assert verify_rights(conn, codec).about == bad_context(conn, codec)


def test_the_verifier_lets_what_an_earlier_release_stored_be(walled, store, administrator, files):
    with walled.connection() as conn:
        conn.execute("DELETE FROM store.context")
        store.write(conn, administrator, [Put({**FILE, "id": "fe79001", "data": "eQ=="})])
        assert bad_context(conn, store.codec(conn)) is None


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        (None, None),
        ({"reference": "Patient/p"}, None),
        ({"reference": "Encounter/e"}, 44),
        ({"reference": "Encounter/e/_history/2"}, 44),
        ({"reference": "Binary/b"}, 0),
        ({"reference": "#c"}, 0),
        ({"reference": "urn:uuid:0c5a1e0e-0000-4000-8000-000000000000"}, 0),
        ({"reference": "https://other.example/fhir/Encounter/e"}, 0),
        ({"reference": "Nothing/x"}, 0),
        ({"identifier": {"value": "x"}}, 0),
        ("odd", 0),
    ],
)
def test_what_a_context_names(context, kind):
    content = {**FILE, **({"securityContext": context} if context is not None else {})}
    assert named(content)[1] == kind
