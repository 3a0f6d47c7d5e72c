"""How fast ndjson comes in and goes out, in one run on the same machine with its own embedded PostgreSQL.

`python -m benchmarks.bulk [--visits N] [--processes N] [--file FILE.ndjson…] [--out FOLDER]`

- import: bytes on disk -> read, judged, indexed, written with history and audit, by so many processes; client included;
- again: the same bytes once more, which change nothing;
- export: everything to files, as of one moment, by one process.
Without files, the sound resources of invented visits of 45. Making the input is not part of any time.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.store_measure import fresh_database, report
from benchmarks.store_visits import visit
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.db.migrate import migrate
from yteso.fhir.json import dumps
from yteso.store.bulk.desk import BulkDesk
from yteso.store.bulk.job import fetch_job
from yteso.store.postgres import PostgresStore
from yteso.validate.structure import check_resource

WHO = Principal("bench", Role.SYSTEM)
PEOPLE = 10**9


def _work(dsn: str, home: Path, job: str, barrier: Any) -> None:
    database = Database(dsn, max_size=2).open()
    desk = BulkDesk(database, PostgresStore(), home)
    barrier.wait()
    while True:
        desk.work(lambda: False, job, 0)
        with database.connection() as conn:
            found = fetch_job(conn, job)
        if found is None or found.state != "waiting":
            break
        time.sleep(0.02)
    database.close()


def run(dsn: str, home: Path, job: str, processes: int) -> float:
    """Seconds until the job is done, the processes being up already."""
    barrier = mp.Barrier(processes + 1, timeout=120)
    workers = [mp.Process(target=_work, args=(dsn, home, job, barrier)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.monotonic()
    for worker in workers:
        worker.join()
    return time.monotonic() - started


def load(desk: BulkDesk, dsn: str, home: Path, files: list[Path], processes: int) -> tuple[int, float]:
    """(lines, seconds) of importing all files, one after the other."""
    lines, seconds = 0, 0.0
    for file in files:
        started = time.monotonic()
        with file.open("rb") as stream:
            job = desk.import_upload(WHO, "bench", "", stream, file.name)
        seconds += time.monotonic() - started + run(dsn, home, job, processes)
        with desk.database.connection() as conn:
            found = fetch_job(conn, job)
            assert found is not None
            counts = desk.counts(conn, found)
        assert counts.failed == 0, f"{counts.failed} lines of {file} failed"
        lines += counts.created + counts.updated + counts.unchanged
    return lines, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--file", type=Path, nargs="*", default=[])
    parser.add_argument("--out")
    options = parser.parse_args()
    with fresh_database() as dsn, tempfile.TemporaryDirectory(prefix="yteso-bench-") as folder:
        migrate(dsn, ("jobs",))
        home = Path(folder)
        files = options.file or [home / "visits.ndjson"]
        if not options.file:
            with files[0].open("wb") as stream:
                for number in range(options.visits):
                    stream.writelines(dumps(one) + b"\n" for one in visit(number, PEOPLE) if not check_resource(one))
        database = Database(dsn).open()
        desk = BulkDesk(database, PostgresStore(), home)
        lines, seconds = load(desk, dsn, home, files, options.processes)
        _, again = load(desk, dsn, home, files, options.processes)
        with database.connection() as conn:
            job = desk.start_export(conn, WHO, "bench", {"level": "system"})
        out = run(dsn, home, job, 1)
        with database.connection() as conn:
            found = desk.find(conn, WHO, job)
        assert found is not None
        database.close()
        report(
            "bulk",
            {
                "resources": lines,
                "bytes": sum(file.stat().st_size for file in files),
                "processes": options.processes,
                "import_per_second": round(lines / seconds),
                "import_again_per_second": round(lines / again),
                "export_per_second": round(found[0].written / out),
                "export_bytes": sum(file.size for file in found[1]),
            },
            options.out,
        )


if __name__ == "__main__":
    main()
