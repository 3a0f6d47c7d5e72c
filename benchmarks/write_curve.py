"""Does a write cost more as the record grows? Store transactions of 45 resources at 0.1 to 3 million resources.

`python -m benchmarks.write_curve [--sizes N N …] [--visits N] [--rounds N] [--out FOLDER]`

Between the measurements the tables are filled in large batches; each point is several rounds of `PostgresStore.write`,
one process, committed durably, with history, all indexes and the audit chain. The first round follows a checkpoint: the
first change of each page writes all of it to the log then, the dearest that can happen; a province's pages are changed
again and again until the next one. CPU of PostgreSQL and bytes of its log a resource stand beside the rates, which fall
when others use the machine.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import psycopg

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
    with psycopg.connect(dsn.replace(f"//{APP_ROLE}@", f"//{ADMIN_ROLE}@"), autocommit=True) as admin:
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


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000, 3_000_000])
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    points = []
    with fresh_database() as dsn:
        stored = written = begin = 0
        for size in options.sizes:
            database = Database(dsn, max_size=1).open()
            visits = -(-(size - stored) // (PER_VISIT * BATCH)) * BATCH
            stored, begin = build(database, visits * PER_VISIT, _PEOPLE, begin), begin + visits
            database.close()
            rounds = []
            for at in range(options.rounds + 1):
                rounds.append(run(dsn, options.visits, _FAR + written, checkpoint=not at))
                written += options.visits
            points.append({"resources": stored, "after_a_checkpoint": told(rounds[:1]), "then": told(rounds[1:])})
    report("write_curve", {"points": points}, options.out)


if __name__ == "__main__":
    main()
