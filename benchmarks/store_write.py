"""How fast the store writes visits of 45 resources, beside a raw COPY of the same payload, in one run on the same rows.

`python -m benchmarks.store_write [--visits N] [--rounds N] [--out FOLDER]`

- ceiling (`raw_1`): COPY of (shard, type, id, body) into a table with its primary key only, one visit a transaction;
- store: `PostgresStore.write` with history, all indexes, audit chain, look-up of what is there, one visit each;
each with 1 and 2 processes, committed durably. Making the JSON documents and their bytes is not part of any time: the
doors and the walk have them already.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing as mp
import time
from struct import pack
from typing import Any

from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import PER_VISIT, visit
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.db.packed import copy_buffer
from yteso.fhir.json import dumps
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.store.rows import Row, row_of

WHO = Principal("bench", Role.SYSTEM)
PEOPLE = 10**9
"""So many that no two visits share a patient: the raw table cannot update."""
RAW = "CREATE TABLE raw (shard smallint, type smallint, id text, body bytea, PRIMARY KEY (shard, type, id))"


def write_store(database: Database, visits: list[list[Put]]) -> None:
    """Each of these as a transaction."""
    store = PostgresStore()
    for resources in visits:
        with database.connection() as conn:
            store.write(conn, WHO, resources)


def _write_raw(database: Database, visits: list[list[Row]]) -> None:
    for rows in visits:
        buffer = copy_buffer(map(_raw_row, rows))
        with (
            database.connection() as conn,
            conn.cursor() as cursor,
            cursor.copy("COPY raw (shard, type, id, body) FROM STDIN (FORMAT binary)") as copy,
        ):
            copy.write(buffer)


def _raw_row(row: Row) -> bytes:
    shard, kind, id = row.key
    name = id.encode()
    return pack(">hihihi", 4, 2, shard, 2, kind, len(name)) + name + pack(">i", len(row.text)) + row.text


def _worker(dsn: str, kind: str, numbers: range, barrier: Any, results: Any) -> None:
    made = [[Put(one, text=dumps(one)) for one in visit(number, PEOPLE)] for number in numbers]
    raw = [[row_of(one.resource, one.text) for one in puts] for puts in made] if kind == "raw" else []
    database = Database(dsn, max_size=1).open()
    gc.collect()
    gc.freeze()
    barrier.wait()
    start = time.monotonic()
    if kind == "raw":
        _write_raw(database, raw)
    else:
        write_store(database, made)
    results.put((start, time.monotonic()))
    database.close()


def measure(dsn: str, kind: str, processes: int, visits: int, first: int) -> float:
    """Resources per second of one round over the visits `first` … `first + visits`."""
    barrier, results = mp.Barrier(processes, timeout=300), mp.Queue()
    share = visits // processes
    ranges = [range(first + at * share, first + (at + 1) * share) for at in range(processes)]
    workers = [mp.Process(target=_worker, args=(dsn, kind, numbers, barrier, results)) for numbers in ranges]
    for worker in workers:
        worker.start()
    times = [results.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    return share * processes * PER_VISIT / (max(end for _, end in times) - min(start for start, _ in times))


def _ratios(rates: list[float], ceilings: list[float]) -> list[float]:
    return [rate / ceiling for rate, ceiling in zip(rates, ceilings, strict=True)]


def _size(dsn: str) -> int:
    """Bytes per resource, indexes and audit included."""
    database = Database(dsn).open()
    with database.connection() as conn:
        row = conn.execute(
            "SELECT sum(pg_total_relation_size(c.oid)) / (SELECT count(*) FROM store.resource) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'store' AND c.relkind = 'r'"
        ).fetchone()
    database.close()
    assert row is not None
    return round(row[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out")
    options = parser.parse_args()
    found: dict[str, list[float]] = {}
    with fresh_database() as dsn:
        database = Database(dsn).open()
        with database.connection() as conn:
            conn.execute(RAW)
        database.close()
        for at in range(2 * options.rounds):
            for kind in ("raw", "store"):
                processes = 1 + at % 2
                rate = measure(dsn, kind, processes, options.visits, at * options.visits)
                found.setdefault(f"{kind}_{processes}", []).append(rate)
        size = _size(dsn)
    report(
        "store_write",
        {
            "unit": "resources per second, 45 a transaction",
            "visits_per_round": options.visits,
            **{name: spread(values) for name, values in found.items()},
            **{f"store_2_of_{raw}": spread(_ratios(found["store_2"], found[raw])) for raw in ("raw_1", "raw_2")},
            "bytes_per_resource_with_indexes": size,
        },
        options.out,
    )


if __name__ == "__main__":
    main()
