"""Where the bytes of a stored resource are: the table's columns, each index, the side tables.

`python -m benchmarks.size [--bundles FILE] [--loads N] [--days N] [--visits N] [--out FOLDER]`

`--bundles` is a tar archive of transaction bundles, a file each (the 60 Synthea patients, for instance), loaded so many
times with other ids and so many days later each time (0: the same moments again, which indexes of dates keep once);
without it invented visits of 45 resources. Everything goes through
`PostgresStore.write`, a bundle a transaction. Dictionaries are trained on every second bundle (or visit) of another
load, which is then taken away: half of what is measured are people they never saw.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.http_bundles import bundles_of
from benchmarks.store_measure import fresh_database, report
from benchmarks.store_visits import visit
from yteso.access.principal import Principal, Role
from yteso.base.ids import stable_id
from yteso.db import Connection, Database
from yteso.fhir import json
from yteso.store.dictionaries import load_newest, train
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

WHO = Principal("bench", Role.SYSTEM)
TABLES = ("resource", "string", "moment", "number", "care")
_URN = re.compile(rb"urn:uuid:[0-9a-f-]{36}")
_DAY = re.compile(rb'(?<=")[12][0-9]{3}-[01][0-9]-[0-3][0-9]')

Load = list[list[dict[str, Any]]]
"""Resources of each transaction."""


def synthea(archive: Path, number: int, days: int = 1) -> Load:
    """The bundles of an archive with the ids and references that a server gives them; other ones for each number."""
    named = enumerate(bundles_of(archive))
    return [list(_named(json.loads(text), f"{number}/{at}", number * days)) for at, text in named]


def _named(bundle: dict[str, Any], near: str, days: int) -> Iterator[dict[str, Any]]:
    names = {
        one["fullUrl"].encode(): (one["resource"]["resourceType"], stable_id(one["fullUrl"], near, near=near))
        for one in bundle["entry"]
    }

    def later(found: re.Match[bytes]) -> bytes:
        return (date.fromisoformat(found[0].decode()) + timedelta(days=days)).isoformat().encode()

    for one in bundle["entry"]:
        text = _URN.sub(lambda found: "/".join(names[found[0]]).encode(), json.dumps(one["resource"]))
        kind, id = names[one["fullUrl"].encode()]
        yield {"resourceType": kind, **json.loads(_DAY.sub(later, text)), "id": id}


def fill(database: Database, loads: Iterable[Load]) -> tuple[int, int]:
    """Write them; gives back the number of resources and the bytes of their JSON."""
    store, count, size = PostgresStore(), 0, 0
    for load in loads:
        for resources in load:
            puts = [Put(one, text=json.dumps(one)) for one in resources]
            with database.connection() as conn:
                store.write(conn, WHO, puts)
            count += len(puts)
            size += sum(len(one.text) for one in puts)
    return count, size


def teach(database: Database, load: Load) -> None:
    """A dictionary from these; they do not stay."""
    fill(database, [load])
    with database.connection() as conn:
        codec = PostgresStore().codec(conn)
        train(conn, codec)
        load_newest(conn, codec)
        conn.execute("TRUNCATE " + ", ".join(f"store.{name}" for name in TABLES))


def columns(conn: Connection) -> dict[str, float]:
    """Bytes of each column of the table, a resource."""
    names = [
        name
        for (name,) in conn.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'store.resource'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''"
        )
    ]
    sums = ", ".join(f"coalesce(sum(pg_column_size({name})), 0)::float / count(*)" for name in names)
    row = conn.execute(f"SELECT {sums}, sum(pg_column_size(r.*))::float / count(*) FROM store.resource r").fetchone()
    assert row is not None
    return dict(zip([*names, "whole rows"], (round(one, 1) for one in row), strict=True))


def relations(conn: Connection, count: int) -> dict[str, float]:
    """Bytes of each table and index, a resource."""
    rows = conn.execute(
        "SELECT c.relname, pg_total_relation_size(c.oid) - coalesce(pg_indexes_size(c.oid), 0) FROM pg_class c"
        " WHERE c.relnamespace = 'store'::regnamespace AND c.relname = ANY(%s)"
        " UNION ALL SELECT i.indexrelid::regclass::text, pg_relation_size(i.indexrelid) FROM pg_index i JOIN pg_class c"
        " ON c.oid = i.indrelid WHERE c.relnamespace = 'store'::regnamespace AND c.relname = ANY(%s)",
        [list(TABLES), list(TABLES)],
    )
    return {name: round(size / count, 1) for name, size in rows}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundles", type=Path)
    parser.add_argument("--loads", type=int, default=3)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--out", default="")
    options = parser.parse_args()

    def made(number: int) -> Load:
        if options.bundles:
            return synthea(options.bundles, number, options.days)
        return [visit(number * options.visits + one, 10**9) for one in range(options.visits)]

    with fresh_database() as dsn:
        database = Database(dsn).open()
        teach(database, made(0)[::2])
        count, size = fill(database, (made(number) for number in range(1, options.loads + 1)))
        with database.connection() as conn:
            conn.execute("SELECT gin_clean_pending_list('store.resource_tok')")
            found = relations(conn, count)
            result = {
                "resources": count,
                "json_bytes_per_resource": round(size / count, 1),
                "bytes_per_resource": round(sum(found.values()), 1),
                "of_the_json": round(sum(found.values()) * count / size, 3),
                "relations": found,
                "columns": columns(conn),
            }
        database.close()
    report("size", result, options.out)


if __name__ == "__main__":
    main()
