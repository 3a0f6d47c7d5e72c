"""$everything of a patient of 500 resources, $summary and $lastn over HTTP, one after the other.

`python -m benchmarks.http_record [--visits N] [--patients N] [--requests N] [--rounds N] [--out FOLDER]`

Starts PostgreSQL and the real web process, writes patients of invented visits (45 resources each), then asks. Client,
server and database share the machine.
"""

from __future__ import annotations

import argparse
import random
from datetime import timedelta
from typing import Any

from benchmarks.http_load import load, request
from benchmarks.store_measure import report, spread
from benchmarks.store_visits import visit
from benchmarks.walk_http import platform
from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.base.ids import stable_id
from yteso.db import Database
from yteso.signing import load_or_create
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

WHO = Principal("bench", Role.INTEGRATOR)


def fill(database: Database, visits: int, patients: int) -> None:
    """So many visits of each patient."""
    store = PostgresStore()
    for number in range(visits * patients):
        with database.connection() as conn:
            store.write(conn, WHO, [Put(one) for one in visit(number, patients)], "bench")


def measure(paths: list[str], token: str, port: int) -> dict[str, float]:
    """One round, one request at a time: the times of the answers."""
    seconds, took = load(port, (request("GET", path, token) for path in paths), 1)
    middle, slow = took[len(took) // 2], took[len(took) * 95 // 100]
    return {"per_second": len(paths) / seconds, "median_ms": middle * 1000, "p95_ms": slow * 1000}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=12)
    parser.add_argument("--patients", type=int, default=40)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8158)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    chance = random.Random(1)
    with platform(options.port, 0) as (database, home, _):
        fill(database, options.visits, options.patients)
        token = Bearer(load_or_create(home)).issue(WHO, timedelta(hours=1))
        ids = [stable_id("person", str(number)) for number in range(options.patients)]
        kinds = {
            "everything": lambda: f"/fhir/Patient/{chance.choice(ids)}/$everything",
            "summary": lambda: f"/fhir/Patient/{chance.choice(ids)}/$summary",
            "lastn": lambda: f"/fhir/Observation/$lastn?patient={chance.choice(ids)}",
        }
        results: dict[str, Any] = {}
        for name, path in kinds.items():
            measure([path() for _ in range(20)], token, options.port)
            rounds = [
                measure([path() for _ in range(options.requests)], token, options.port) for _ in range(options.rounds)
            ]
            results[name] = {key: spread([one[key] for one in rounds]) for key in rounds[0]}
    report("http_record", {"visits": options.visits, "patients": options.patients, "kinds": results}, options.out)


if __name__ == "__main__":
    main()
