"""How fast ndjson comes in and goes out, in one run on the same machine with its own embedded PostgreSQL.

`python -m benchmarks.bulk [--visits N] [--processes N] [--file FILE.ndjson…] [--out FOLDER]`

- import: bytes on disk -> read, judged, indexed, written with history and audit, by so many processes; client included;
- again: the same bytes once more, which change nothing;
- export: everything to files, as of one moment, by one process.
Without files, the sound resources of invented visits of 45. Making the input is not part of any time, nor is
starting the processes. CPU is told beside the rates, because rates fall when others use the machine.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from benchmarks.store_measure import fresh_database, report
from benchmarks.store_visits import visit
from benchmarks.walk_http import cpu_seconds
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.db.migrate import migrate
from yteso.fhir.json import dumps
from yteso.search.extract import extract
from yteso.store.bulk.desk import BulkDesk
from yteso.store.bulk.job import fetch_job
from yteso.store.bulk.load import read_line
from yteso.store.postgres import PostgresStore
from yteso.validate.structure import check_resource

WHO = Principal("bench", Role.SYSTEM)
PEOPLE = 10**9
WARM = 3_000


@dataclass
class Spent:
    """Lines of the input, seconds it took, CPU seconds of our processes and of PostgreSQL."""

    lines: int = 0
    seconds: float = 0.0
    python: float = 0.0
    postgres: float = 0.0

    def told(self, name: str) -> dict[str, int | float]:
        """As part of the report."""
        return {
            f"{name}_per_second": round(self.lines / self.seconds),
            f"{name}_cpu_us_python": round(self.python / self.lines * 1e6, 1),
            f"{name}_cpu_us_postgres": round(self.postgres / self.lines * 1e6, 1),
        }


def _work(dsn: str, home: Path, job: str, warm: Path, start: Any, done: Any) -> None:
    database = Database(dsn, max_size=2).open()
    desk = BulkDesk(database, PostgresStore(), home)
    for document in _read(warm):
        extract(document)
    before = time.process_time()
    start.wait()
    while True:
        desk.work(lambda: False, job, 0)
        with database.connection() as conn:
            found = fetch_job(conn, job)
        if found is None or found.state != "waiting":
            break
        time.sleep(0.1)
    done.put(time.process_time() - before)
    database.close()


def _read(file: Path) -> Iterator[dict[str, Any]]:
    """The first resources of a file: reading them makes a process warm, as a walker is."""
    with file.open("rb") as stream:
        for line in islice(stream, WARM):
            put, _ = read_line(line)
            if put is not None:
                yield put.resource


def run(dsn: str, home: Path, job: str, warm: Path, processes: int) -> tuple[float, float]:
    """(seconds, CPU seconds of our processes) until the job is done, the processes being up and warm."""
    start, done = mp.Barrier(processes + 1, timeout=120), mp.Queue()
    arguments = (dsn, home, job, warm, start, done)
    workers = [mp.Process(target=_work, args=arguments) for _ in range(processes)]
    for worker in workers:
        worker.start()
    start.wait()
    started = time.monotonic()
    used = sum(done.get(timeout=3600) for _ in workers)
    seconds = time.monotonic() - started
    for worker in workers:
        worker.join()
    return seconds, used


def load(desk: BulkDesk, dsn: str, home: Path, files: list[Path], processes: int) -> Spent:
    """What importing all files takes, one after the other."""
    spent = Spent(postgres=-postgres_seconds(dsn))
    for file in files:
        started, own = time.monotonic(), time.process_time()
        with file.open("rb") as stream:
            job = desk.import_upload(WHO, "bench", "", stream, file.name)
        spent.seconds += time.monotonic() - started
        spent.python += time.process_time() - own
        seconds, used = run(dsn, home, job, file, processes)
        spent.seconds += seconds
        spent.python += used
        with desk.database.connection() as conn:
            found = fetch_job(conn, job)
            assert found is not None
            counts = desk.counts(conn, found)
        assert counts.failed == 0, f"{counts.failed} lines of {file} failed"
        spent.lines += counts.created + counts.updated + counts.unchanged
    spent.postgres += postgres_seconds(dsn)
    return spent


def unload(desk: BulkDesk, dsn: str, home: Path, warm: Path) -> tuple[Spent, int]:
    """What exporting everything takes, and how many bytes come out."""
    with desk.database.connection() as conn:
        job = desk.start_export(conn, WHO, "bench", {"level": "system"})
    postgres = postgres_seconds(dsn)
    seconds, used = run(dsn, home, job, warm, 1)
    with desk.database.connection() as conn:
        found = desk.find(conn, WHO, job)
    assert found is not None
    spent = Spent(found[0].written, seconds, used, postgres_seconds(dsn) - postgres)
    return spent, sum(file.size for file in found[1])


def postgres_seconds(dsn: str) -> float:
    """CPU seconds of the server with everything it has started so far."""
    socket = Path(conninfo_to_dict(dsn)["host"])
    home = next(folder for folder in (socket, *socket.parents) if folder.name.startswith("yteso-bench-"))
    note = next(home.rglob("postmaster.pid"))
    return cpu_seconds(int(note.read_text(encoding="ascii").split()[0]))


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
        first = load(desk, dsn, home, files, options.processes)
        again = load(desk, dsn, home, files, options.processes)
        out, size = unload(desk, dsn, home, files[0])
        database.close()
        report(
            "bulk",
            {
                "resources": first.lines,
                "bytes": sum(file.stat().st_size for file in files),
                "processes": options.processes,
                **first.told("import"),
                **again.told("import_again"),
                **out.told("export"),
                "export_bytes": size,
            },
            options.out,
        )


if __name__ == "__main__":
    main()
