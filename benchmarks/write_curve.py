"""Does a write cost more as the record grows? Store transactions of 45 resources at 0.1 to 3 million resources.

`python -m benchmarks.write_curve [--sizes N N …] [--visits N] [--rounds N] [--out FOLDER]`

Between the measurements the tables are filled in large batches; each point is several rounds of `PostgresStore.write`,
one process, committed durably, with history, all indexes and the audit chain.
"""

from __future__ import annotations

import argparse

from benchmarks.search_latency import BATCH, build
from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import PER_VISIT
from benchmarks.store_write import measure
from yteso.db import Database

_FAR = 10**8
"""Visits measured have numbers far above those that fill the tables."""
_PEOPLE = 10**15
"""So many that none of 70,000 visits meets a person of another."""


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
            rates = []
            for _ in range(options.rounds):
                rates.append(measure(dsn, "store", 1, options.visits, _FAR + written))
                written += options.visits
            points.append({"resources": stored, "resources_per_second": spread(rates)})
    first = points[0]["resources_per_second"]["median"]
    last = points[-1]["resources_per_second"]["median"]
    report("write_curve", {"points": points, "last_of_first": round(last / first, 3)}, options.out)


if __name__ == "__main__":
    main()
