"""The store's own tests once more, on tables that are parted by hash of the shard (ADR 0027)."""

import re
from pathlib import Path

import psycopg
import pytest
from tests.integration.store.test_store_links import *  # noqa: F403
from tests.integration.store.test_store_rights import *  # noqa: F403
from tests.integration.store.test_store_search_parameters import *  # noqa: F403
from tests.integration.store.test_store_write import *  # noqa: F403

import yteso.store
from yteso.db import Database

PARTED = ("resource", "string", "moment", "number", "care")
PARTS = 4
DISTRIBUTED = (*PARTED, "history", "audit")


@pytest.fixture
def database_url(database_url):
    with psycopg.connect(database_url, autocommit=True) as conn:
        for table in PARTED:
            conn.execute(f"ALTER TABLE store.{table} RENAME TO {table}_whole")
            like = f"(LIKE store.{table}_whole INCLUDING ALL EXCLUDING STATISTICS)"
            conn.execute(f"CREATE TABLE store.{table} {like} PARTITION BY HASH (shard)")
            for part in range(PARTS):
                where = f"FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
                conn.execute(f"CREATE TABLE store.{table}_{part} PARTITION OF store.{table} {where}")
            conn.execute(f"DROP TABLE store.{table}_whole CASCADE")
        conn.execute("SELECT store.raise_wall()")
    return database_url


def test_rows_lie_in_several_partitions(database: Database, store, administrator):
    from yteso.store.protocol import Put

    with database.connection() as conn:
        people = [{"resourceType": "Patient", "id": f"p{n}", "name": [{"text": "Lê Thử"}]} for n in range(40)]
        store.write(conn, administrator, [Put(one) for one in people])
        filled = [conn.execute(f"SELECT count(*) FROM store.resource_{n}").fetchone()[0] for n in range(PARTS)]
    assert sum(filled) == 40
    assert all(filled)


def test_no_with_query_changes_a_distributed_table():
    changes = re.compile(rf"(INSERT INTO|DELETE FROM|UPDATE)\s+store\.({'|'.join(DISTRIBUTED)})\b")
    for file in Path(yteso.store.__file__).parent.rglob("*.sql"):
        if file.parent.name == "migrations":
            continue
        for statement in file.read_text(encoding="utf-8").split(";"):
            body = "\n".join(line for line in statement.splitlines() if not line.startswith("--"))
            assert not (body.lstrip().startswith("WITH") and changes.search(body)), (file.name, body)
