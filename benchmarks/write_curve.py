"""Does a write cost more as the record grows? Store transactions of 45 resources at 0.1 to 3 million resources.

`python -m benchmarks.write_curve [--sizes N N …] [--visits N] [--rounds N] [--turns N] [--out FOLDER]`

The tables are filled in large batches; at each size the database is copied, so that all sizes stand beside each other
on one server and are measured in turn: the turns of one size stand beside those of the others, whatever else the
machine does meanwhile. A turn is a checkpoint and then rounds of `PostgresStore.write`, one process, committed
durably, with history, all indexes and the audit chain. Its first round is the dearest that can happen: the first
change of each page after a checkpoint writes all of it to the log. CPU of PostgreSQL, bytes of its log and pages
written whole stand beside the rates.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.bulk import postgres_seconds
from benchmarks.search_latency import BATCH, build
from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import PER_VISIT
from benchmarks.store_write import measure
from yteso.db import Database
from yteso.db.server_conf import ADMIN_ROLE, APP_ROLE

_FAR = 10**8
"""Visits measured have numbers far above those that fill the tables."""
_PEOPLE = 10**15
"""So many that none of 70,000 visits meets a person of another."""


@dataclass(frozen=True)
class Round:
    """Of one round, a resource: CPU of the whole server in µs, bytes of the log, pages written whole."""

    resources_per_second: float
    postgres_cpu_us: float
    log_bytes: float
    whole_pages: float


def run(dsn: str, visits: int, first: int, *, checkpoint: bool = False) -> Round:
    """One round over the visits `first` … `first + visits`."""
    count = visits * PER_VISIT
    with psycopg.connect(_as_admin(dsn), autocommit=True) as admin:
        if checkpoint:
            admin.execute("CHECKPOINT")
        cpu, log, pages = postgres_seconds(dsn), *_log(admin)
        rate = measure(dsn, "store", 1, visits, first)
        after, log_after, pages_after = postgres_seconds(dsn), *_log(admin)
    return Round(rate, (after - cpu) / count * 1e6, (log_after - log) / count, (pages_after - pages) / count)


def _log(admin: psycopg.Connection[Any]) -> tuple[float, float]:
    """Bytes of the log, and pages in it that were written whole."""
    row = admin.execute("SELECT wal_bytes::float, wal_fpi::float FROM pg_stat_wal").fetchone()
    assert row is not None
    return row


def told(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """As part of the report."""
    return {one.name: spread([getattr(round, one.name) for round in rounds]) for one in fields(Round)}


def grown(dsn: str, sizes: Sequence[int]) -> dict[int, str]:
    """How many resources -> the connection string of a database that holds them, for each size a copy."""
    found: dict[int, str] = {}
    stored = begin = 0
    for size in sizes:
        database = Database(dsn, max_size=1).open()
        visits = -(-(size - stored) // (PER_VISIT * BATCH)) * BATCH
        stored, begin = build(database, visits * PER_VISIT, _PEOPLE, begin), begin + visits
        database.close()
        found[stored] = _copy(dsn, f"of_{size}")
    return found


def _copy(dsn: str, name: str) -> str:
    """The connection string of a copy of the database."""
    found = urlsplit(dsn)
    with psycopg.connect(_as_admin(dsn), dbname="postgres", autocommit=True) as admin:
        order = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        admin.execute(order.format(sql.Identifier(name), sql.Identifier(found.path.strip("/"))))
    return found._replace(path=f"/{name}").geturl()


def _as_admin(dsn: str) -> str:
    return dsn.replace(f"//{APP_ROLE}@", f"//{ADMIN_ROLE}@")


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000, 3_000_000])
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=4, help="of a turn, beside the first")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    with fresh_database() as dsn:
        places = grown(dsn, options.sizes)
        first: dict[int, list[Round]] = {size: [] for size in places}
        then: dict[int, list[Round]] = {size: [] for size in places}
        for turn in range(options.turns):
            for size in random.sample(list(places), len(places)):
                for at in range(options.rounds + 1):
                    begin = _FAR + (turn * (options.rounds + 1) + at) * options.visits
                    (then if at else first)[size].append(run(places[size], options.visits, begin, checkpoint=not at))
    points = [{"resources": size, "after_a_checkpoint": told(first[size]), "then": told(then[size])} for size in places]
    report("write_curve", {"points": points}, options.out)


if __name__ == "__main__":
    main()
