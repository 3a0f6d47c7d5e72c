"""Does a write cost more as the record grows? Store transactions of 45 resources at 0.1 to 3 million resources.

`python -m benchmarks.write_curve [--sizes N N …] [--visits N] [--rounds N] [--turns N] [--out FOLDER]`

The tables are filled in large batches; at each size the server's files are copied, so that each size is an
installation of its own, with the server's memory for itself and one process that writes to it and stays. They are
measured in turn: the turns of one size stand beside those of the others, whatever else the machine does meanwhile. A
turn is a checkpoint and then rounds of `PostgresStore.write`, committed durably, with history, all indexes and the
audit chain. Its first round is the dearest that can happen: the first change of each page after a checkpoint writes
all of it to the log. CPU of PostgreSQL and of the writing process, bytes of the log and pages written whole stand
beside the rates. The first turn of each, which brings pages into the server's memory, is not counted.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing as mp
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.bulk import postgres_seconds
from benchmarks.search_latency import BATCH, build
from benchmarks.store_measure import report, spread
from benchmarks.store_visits import PER_VISIT, visit
from benchmarks.store_write import write_store
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.db.migrate import migrate
from yteso.db.server_conf import ADMIN_ROLE
from yteso.fhir.json import dumps
from yteso.store.protocol import Put

_FAR = 10**8
"""Visits measured have numbers far above those that fill the tables."""
_PEOPLE = 10**15
"""So many that none of 70,000 visits meets a person of another."""


@dataclass(frozen=True)
class Round:
    """Of one round, a resource: CPU of the whole server and of who writes (µs), bytes of log, whole pages in it."""

    resources_per_second: float
    postgres_cpu_us: float
    client_cpu_us: float
    log_bytes: float
    whole_pages: float


class Writer:
    """A process with one connection to a server, up as long as this is open."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._line, other = mp.Pipe()
        self._process = mp.Process(target=_work, args=(server.dsn(), other), daemon=True)
        self._process.start()

    def run(self, visits: int, first: int, *, checkpoint: bool) -> Round:
        """One round over the visits `first` … `first + visits`."""
        count = visits * PER_VISIT
        dsn = self._server.dsn(role=ADMIN_ROLE)
        with psycopg.connect(dsn, autocommit=True) as admin:
            if checkpoint:
                admin.execute("CHECKPOINT")
            self._line.send(range(first, first + visits))
            self._line.recv()  # the documents are made
            cpu, log, pages = postgres_seconds(dsn), *_log(admin)
            self._line.send(None)
            seconds, own = self._line.recv()
            after, log_after, pages_after = postgres_seconds(dsn), *_log(admin)
        spent = (after - cpu, own)
        return Round(
            count / seconds,
            *(one / count * 1e6 for one in spent),
            (log_after - log) / count,
            (pages_after - pages) / count,
        )

    def close(self) -> None:
        """End the process."""
        self._line.send(None)
        self._process.join()


def _work(dsn: str, line: Connection) -> None:
    database = Database(dsn, max_size=1).open()
    while numbers := line.recv():
        made = [[Put(one, text=dumps(one)) for one in visit(number, _PEOPLE)] for number in numbers]
        gc.collect()
        line.send(None)
        line.recv()
        start, own = time.monotonic(), time.process_time()
        write_store(database, made)
        line.send((time.monotonic() - start, time.process_time() - own))
    database.close()


def _log(admin: psycopg.Connection[Any]) -> tuple[float, float]:
    """Bytes of the log, and pages in it that were written whole."""
    row = admin.execute("SELECT wal_bytes::float, wal_fpi::float FROM pg_stat_wal").fetchone()
    assert row is not None
    return row


def told(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """As part of the report."""
    return {one.name: spread([getattr(round, one.name) for round in rounds]) for one in fields(Round)}


@contextmanager
def grown(sizes: Sequence[int]) -> Iterator[dict[int, EmbeddedServer]]:
    """How many resources -> a server that holds them, for each size a copy of the same files. Gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="yteso-bench-") as folder, ExitStack() as up:
        Path(folder).chmod(0o755)
        first = EmbeddedServer(Path(folder) / "yteso-bench-all")
        first.start()
        up.callback(first.stop)
        migrate(first.dsn(), ("store",))
        found: dict[int, EmbeddedServer] = {}
        stored = begin = 0
        for size in sizes:
            database = Database(first.dsn(), max_size=1).open()
            visits = -(-(size - stored) // (PER_VISIT * BATCH)) * BATCH
            stored, begin = build(database, visits * PER_VISIT, _PEOPLE, begin), begin + visits
            database.close()
            first.stop()
            found[stored] = _copy(Path(folder), first, size)
            up.callback(found[stored].stop)
            if size != sizes[-1]:
                first.start()
        yield found


def _copy(folder: Path, server: EmbeddedServer, size: int) -> EmbeddedServer:
    home = folder / f"yteso-bench-{size}"
    home.mkdir()
    subprocess.run(["cp", "-a", "--reflink=auto", server.folder, home], check=True)
    copy = EmbeddedServer(home)
    copy.start()
    return copy


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000, 3_000_000])
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=4, help="of a turn, beside the first")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    with grown(options.sizes) as servers:
        writers = {size: Writer(server) for size, server in servers.items()}
        first: dict[int, list[Round]] = {size: [] for size in writers}
        then: dict[int, list[Round]] = {size: [] for size in writers}
        for turn in range(options.turns + 1):
            for size in random.sample(list(writers), len(writers)):
                for at in range(options.rounds + 1):
                    begin = _FAR + (turn * (options.rounds + 1) + at) * options.visits
                    round = writers[size].run(options.visits, begin, checkpoint=not at)
                    if turn:
                        (then if at else first)[size].append(round)
        for writer in writers.values():
            writer.close()
    points = [
        {"resources": size, "after_a_checkpoint": told(first[size]), "then": told(then[size])} for size in servers
    ]
    report("write_curve", {"points": points}, options.out)


if __name__ == "__main__":
    main()
