"""The whole walk, from HTTP to committed FHIR: how many visits a second, and what each step of it costs.

`python -m benchmarks.walk_http [--visits N] [--walkers N] [--senders N] [--rounds N] [--port P] [--out FOLDER]`

Starts PostgreSQL, the real web process and the real walkers, and when all are up, sends the files of a simulated
province through the front door (`POST /exchange/bhyt`, one connection per sender, one token per account, as facilities'
software does) and waits until every file was walked: identity, rules, receipts, index and audit included, committed
durably. Making the files is not part of any time. The steps are timed in CPU milliseconds a visit, in one process,
without a database.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import io
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from benchmarks.store_measure import report, spread
from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.db.migrate import migrate
from yteso.exchange.adapters.bhyt.map import link, map_visit
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.exchange.claim import waiting
from yteso.fhir import json
from yteso.ops.compose import ROOMS
from yteso.sandbox import Province, SimFile
from yteso.signing import load_or_create
from yteso.store.postgres import PostgresStore
from yteso.store.rows import index_of, row_of
from yteso.terminology import UNKNOWN_CODE, code_bundle
from yteso.validate.rules.bhyt import check
from yteso.validate.structure import check_resource


def measure_steps(files: Sequence[SimFile]) -> dict[str, float]:
    """CPU milliseconds a visit of each pure step; the second pass counts, when schemas and caches are there."""
    gc.disable()
    _steps(files)
    spent = _steps(files)
    gc.enable()
    return spent


def _steps(files: Sequence[SimFile]) -> dict[str, float]:
    spent: dict[str, float] = {}
    visits = 0

    def timed(name: str, act: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = act()
        spent[name] = spent.get(name, 0.0) + time.process_time() - start
        return result

    for file in files:
        stream = io.BytesIO(file.content)
        for visit in timed("read", lambda stream=stream: list(read_visits(stream, "bench"))):
            if not visit.position or visit.blocked:
                continue
            visits += 1
            timed("rules", lambda visit=visit: check(visit.tables, visit.facility, visit.layer, date(2026, 11, 22)))
            mapped = timed("map", lambda visit=visit: map_visit(visit))
            resources = [mapped.patient, *mapped.resources]
            content = timed("digest", lambda resources=resources: json.dumps(resources))
            timed("digest", lambda content=content: blake2b(content, digest_size=16).digest())
            if UNKNOWN_CODE.encode() in content:
                timed("code", lambda resources=resources: code_bundle(resources))
            timed("structure", lambda resources=resources: [check_resource(one) for one in resources])
            linked = timed("link", lambda mapped=mapped: link(mapped, mapped.encounter_id))
            rows = timed("canonical", lambda linked=linked: [row_of(one) for one in linked])
            timed("index", lambda rows=rows: [index_of(row) for row in rows])
    return {name: round(seconds / visits * 1000, 3) for name, seconds in spent.items()}


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, of what it has reaped and of its living descendants."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
        spent[int(folder.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    family, total = [pid], 0.0
    while family:
        one = family.pop()
        total += spent.get(one, 0.0)
        family += parents.get(one, [])
    return total


@contextmanager
def platform(port: int, walkers: int) -> Iterator[tuple[Database, Path, dict[str, list[int]]]]:
    """PostgreSQL, the web process and the walkers, as `yteso up` runs them, on a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="yteso-bench-"))
    server = EmbeddedServer(home)
    server.start()
    children: list[subprocess.Popen[bytes]] = []
    try:
        dsn = server.dsn()
        migrate(dsn, ROOMS)
        database = Database(dsn, max_size=2).open()
        with database.connection() as conn:
            PostgresStore().maintain(conn)
        load_or_create(home)
        environment = {
            **os.environ,
            "YTESO_HOME": str(home),
            "YTESO_DATABASE_URL": dsn,
            "YTESO_PORT": str(port),
            "YTESO_PARENT": str(os.getpid()),
        }
        commands = [["yteso.ops.serve", "web"]] + [["yteso.ops.worker"]] * walkers
        with (home / "children.log").open("wb") as output:
            for command in commands:
                arguments = [sys.executable, "-m", *command]
                children.append(subprocess.Popen(arguments, env=environment, stdout=output, stderr=output))
        _await_server(port)
        _await_walkers(database, walkers)
        postmaster = int(next(home.rglob("postmaster.pid")).read_text().split()[0])
        pids = [child.pid for child in children]
        yield database, home, {"postgres": [postmaster], "web": pids[:1], "walkers": pids[1:]}
        database.close()
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()
        server.stop()
        shutil.rmtree(home)


def _await_server(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the web process does not answer")


def _await_walkers(database: Database, walkers: int) -> None:
    for _ in range(300):
        with database.connection() as conn:
            row = conn.execute("SELECT count(*) FROM jobs.procrastinate_workers").fetchone()
        if row is not None and row[0] >= walkers:
            return
        time.sleep(0.1)
    raise SystemExit("the walkers do not come up")


def send_all(files: Sequence[SimFile], home: Path, port: int, senders: int) -> list[float]:
    """Every file through the door; the seconds each answer took."""
    bearer = Bearer(load_or_create(home))
    accounts = {file.username: Principal(file.username, Role.FACILITY, file.facility) for file in files}
    tokens = {name: bearer.issue(who, timedelta(hours=1)) for name, who in accounts.items()}
    waiting_files: queue.SimpleQueue[SimFile] = queue.SimpleQueue()
    for file in files:
        waiting_files.put(file)
    took: list[float] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            try:
                file = waiting_files.get_nowait()
            except queue.Empty:
                return
            headers = {"Authorization": f"Bearer {tokens[file.username]}", "Content-Type": "application/xml"}
            start = time.perf_counter()
            connection.request("POST", "/exchange/bhyt", file.content, headers)
            answer = connection.getresponse()
            body = answer.read()
            took.append(time.perf_counter() - start)
            if answer.status not in (200, 202):
                raise SystemExit(f"refused: {body[:300]!r}")

    threads = [threading.Thread(target=work) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def measure_walk(files: Sequence[SimFile], port: int, walkers: int, senders: int) -> dict[str, float]:
    """One round on a fresh installation: visits and resources a second until the last file was walked."""
    with platform(port, walkers) as (database, home, processes):
        before = {name: sum(map(cpu_seconds, pids)) for name, pids in processes.items()}
        start = time.perf_counter()
        took = sorted(send_all(files, home, port, senders))
        while True:
            with database.connection() as conn:
                if not waiting(conn):
                    break
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        spent = {name: sum(map(cpu_seconds, pids)) - before[name] for name, pids in processes.items()}
        with database.connection() as conn:
            row = conn.execute("SELECT sum(visits), sum(accepted), count(*) FROM exchange.intake").fetchone()
            resources = conn.execute("SELECT count(*) FROM store.resource").fetchone()
    assert row is not None
    assert resources is not None
    assert row[2] == len(files), "a file was lost"
    return {
        "visits_per_second": row[0] / seconds,
        "resources_per_second": resources[0] / seconds,
        "visits": float(row[0]),
        **{f"cpu_ms_per_visit_{name}": used / float(row[0]) * 1000 for name, used in spent.items()},
        "answer_median_ms": took[len(took) // 2] * 1000,
        "answer_p99_ms": took[len(took) * 99 // 100] * 1000,
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=3000)
    parser.add_argument("--walkers", type=int, default=2)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8155)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    files = list(Province(seed=1).files(options.visits))
    rounds = [measure_walk(files, options.port, options.walkers, options.senders) for _ in range(options.rounds)]
    result: dict[str, Any] = {
        "files": len(files),
        "megabytes": round(sum(len(file.content) for file in files) / 1e6, 1),
        "walkers": options.walkers,
        **{name: spread([one[name] for one in rounds]) for name in rounds[0]},
        "step_cpu_ms_per_visit": measure_steps(files[:400]),
    }
    report("walk_http", result, options.out)


if __name__ == "__main__":
    main()
