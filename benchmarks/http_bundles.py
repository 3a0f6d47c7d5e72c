"""Transaction bundles over HTTP: how many resources a second are checked, indexed, audited and committed.

`python -m benchmarks.http_bundles [--bundles FILE] [--visits N] [--concurrency N] [--rounds N] [--out FOLDER]`

`--bundles` is a tar archive of transaction bundles, a file each (the 60 Synthea patients, for instance); without it
invented visits of 45 resources are sent. Each round starts on an empty database. Client, server and database share the
machine.
"""

from __future__ import annotations

import argparse
import os
import tarfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.http_load import load, request
from benchmarks.store_measure import report, spread
from benchmarks.store_visits import visit
from benchmarks.walk_http import cpu_seconds, platform
from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.fhir import json
from yteso.signing import load_or_create


def bundles_of(archive: Path) -> Iterator[bytes]:
    """The files of a tar archive, as they are."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".json"):
                file = tar.extractfile(member)
                assert file is not None
                yield file.read()


def invented(visits: int) -> Iterator[bytes]:
    """One transaction a visit."""
    for number in range(visits):
        entries = [
            {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
            for one in visit(number, max(visits // 4, 1))
        ]
        yield json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def measure(bodies: list[bytes], port: int, concurrency: int) -> dict[str, float]:
    """One round on a fresh installation."""
    with platform(port, 0) as (database, home, processes):
        who = Principal("bench", Role.INTEGRATOR)
        token = Bearer(load_or_create(home)).issue(who, timedelta(hours=1))
        warm = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": []})
        load(port, [request("POST", "/fhir", token, warm)], 1)
        before = {name: sum(map(cpu_seconds, pids)) for name, pids in processes.items()}
        own = time.process_time()
        seconds, took = load(port, (request("POST", "/fhir", token, body) for body in bodies), concurrency)
        spent = {name: sum(map(cpu_seconds, pids)) - before[name] for name, pids in processes.items()}
        spent["client"] = time.process_time() - own
        with database.connection() as conn:
            row = conn.execute("SELECT count(*), sum(pg_column_size(r.*)) FROM store.resource r").fetchone()
            size = conn.execute(
                "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'store'::regnamespace"
                " AND relkind = 'r' AND relname IN ('resource', 'string', 'moment', 'number', 'care')"
            ).fetchone()
    assert row is not None
    assert size is not None
    return {
        "resources_per_second": row[0] / seconds,
        "bundles_per_second": len(bodies) / seconds,
        "resources": float(row[0]),
        "answer_median_ms": took[len(took) // 2] * 1000,
        "bytes_per_resource": float(size[0]) / row[0],
        **{f"cpu_us_per_resource_{name}": used / row[0] * 1e6 for name, used in spent.items() if used},
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundles", default="")
    parser.add_argument("--visits", type=int, default=800)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8159)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    bodies = list(bundles_of(Path(options.bundles)) if options.bundles else invented(options.visits))
    rounds = [measure(bodies, options.port, options.concurrency) for _ in range(options.rounds)]
    result: dict[str, Any] = {
        "bundles": os.path.basename(options.bundles) or "invented visits",
        "megabytes": round(sum(map(len, bodies)) / 1e6, 1),
        "web_workers": int(os.environ.get("YTESO_WEB_WORKERS") or 1),
        **{name: spread([one[name] for one in rounds]) for name in rounds[0]},
    }
    report("http_bundles", result, options.out)


if __name__ == "__main__":
    main()
