"""What rights and audit cost a search as a user meets it: over HTTP, in CPU of the web process and of PostgreSQL.

`python -m benchmarks.rights_http [--visits N] [--rounds N] [--requests N] [--concurrency N] [--readers N]
[--kinds NAME,…] [--out FOLDER]`

The searches of `rights_cost`, sent to two web processes on one database, in turn: one as it is installed, asked by a
doctor (`bound`: rights, consents, labels, second wall, budget, committed audit row) and by who is bound by nothing
(`free`: audit and budget only); one with neither wall nor audit (`bare_web`), by who is bound by nothing (`bare`).
What waiting for the disk costs is told by a fourth way, that nobody has: as `bound`, but no commit waits (`unflushed`).
With `--readers` so many colleagues ask in turn, each of whom is named and counted for themselves. How many ask at a
time (`--concurrency`) decides how many share a transaction, and so what a commit costs each.
A ratio is of one round; all processes of PostgreSQL count, those in the background too.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.http_load import load, request
from benchmarks.rights_cost import ANYBODY, Question, concluded, questions, shown, told, treated_all
from benchmarks.search_latency import build
from benchmarks.store_measure import quartiles, report
from benchmarks.store_visits import PER_VISIT
from benchmarks.walk_http import _await_server, platform
from yteso.access.bearer import Bearer
from yteso.access.principal import Principal
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.db.server_conf import ADMIN_ROLE
from yteso.fhir.json import loads
from yteso.signing import load_or_create

WAYS = ("bound", "free", "bare", "unflushed")
MANY = "doctor=1000000,integrator=1000000"
"""Budgets that nobody reaches here."""


@contextmanager
def both(port: int) -> Iterator[tuple[Database, Path, dict[str, list[int]]]]:
    """PostgreSQL and two web processes: the second, on the next port, knows neither wall nor audit."""
    os.environ["YTESO_BUDGETS"] = MANY
    with platform(port, 0) as (database, home, processes):
        environment = {
            **os.environ,
            "YTESO_HOME": str(home),
            "YTESO_DATABASE_URL": database.dsn,
            "YTESO_PORT": str(port + 1),
            "YTESO_PARENT": str(os.getpid()),
        }
        with (home / "bare.log").open("wb") as output:
            bare = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.bare_web", "web"], env=environment, stdout=output, stderr=output
            )
        try:
            _await_server(port + 1)
            yield database, home, {**processes, "bare": [bare.pid]}
        finally:
            bare.terminate()
            bare.wait()


@contextmanager
def unflushed(home: Path) -> Iterator[None]:
    """Meanwhile no commit waits for the disk."""
    with psycopg.connect(EmbeddedServer(home).dsn(role=ADMIN_ROLE), autocommit=True) as conn:
        _flush(conn, b"off")
        yield
        _flush(conn, b"on")


def _flush(conn: psycopg.Connection[Any], value: bytes) -> None:
    conn.execute(b"ALTER SYSTEM SET synchronous_commit = " + value)
    conn.execute(b"SELECT pg_reload_conf()")
    time.sleep(0.05)  # each process of the server reads it with its next statement


def family(pid: int) -> list[int]:
    """A process and its living descendants; none of one that ended meanwhile."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def spent(pids: Sequence[int]) -> float:
    """Microseconds these processes and their descendants were on a CPU, all threads (proc(5) schedstat)."""
    total = 0
    for pid in {one for root in pids for one in family(root)}:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                total += int(thread.read_text(encoding="ascii").split()[0])
    return total / 1000


def same_answers(port: int, asked: Sequence[Question], tokens: dict[str, str]) -> None:
    """AssertionError when rights change an answer."""
    for question in asked:
        found = {way: _ids(port + (way == "bare"), question, tokens[way]) for way in WAYS}
        if not found["bound"] == found["free"] == found["bare"]:
            raise AssertionError(f"rights changed the answer to {question}")


def _ids(port: int, question: Question, token: str) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", _path(question), headers={"Authorization": f"Bearer {token}"})
    return [entry["resource"]["id"] for entry in loads(connection.getresponse().read()).get("entry", ())]


def _path(question: Question) -> str:
    return f"/fhir/{question[0]}?{question[1].replace('|', '%7C')}"


def one_round(
    port: int,
    asked: Sequence[Question],
    tokens: dict[str, list[str]],
    processes: dict[str, list[int]],
    concurrency: int,
    home: Path,
) -> dict[str, dict[str, float]]:
    """Way -> microseconds of CPU a request: web, PostgreSQL, together; in random order."""
    found = {}
    for way in random.sample(WAYS, len(WAYS)):
        web, address = ("bare", port + 1) if way == "bare" else ("web", port)
        requests = [request("GET", _path(one), token) for one, token in zip(asked, cycle(tokens[way]))]
        with unflushed(home) if way == "unflushed" else nullcontext():
            before = spent(processes[web]), spent(processes["postgres"])
            load(address, requests, concurrency)
            own, server = spent(processes[web]) - before[0], spent(processes["postgres"]) - before[1]
        many = len(asked)
        found[way] = {"web": own / many, "postgres": server / many, "cpu": (own + server) / many}
    return found


def measure(
    port: int,
    kinds: dict[str, Any],
    bearer: Bearer,
    processes: dict[str, list[int]],
    options: argparse.Namespace,
    home: Path,
) -> dict[str, Any]:
    """Kind -> quartiles of the ratios, and what each way took."""
    found = {}
    for name, (who, question) in kinds.items():
        people = {"bound": who, "free": ANYBODY, "bare": ANYBODY, "unflushed": who}
        tokens = {
            way: [bearer.issue(each, timedelta(hours=3)) for each in colleagues(one, options.readers)]
            for way, one in people.items()
        }
        same_answers(port, [question() for _ in range(5)], {way: several[0] for way, several in tokens.items()})
        rounds = []
        for at in range(options.rounds + 1):
            asked = [question() for _ in range(options.requests)]
            taken = one_round(port, asked, tokens, processes, options.concurrency, home)
            if at:  # the first round warms plans and caches
                rounds.append(taken)
        found[name] = {
            "rights": _ratio(rounds, "free"),
            "audit": _ratio(rounds, "bare", "free"),
            "rights_and_audit": _ratio(rounds, "bare"),
            "without_waiting": _ratio(rounds, "bare", "unflushed"),
            **{
                way: {what: quartiles([one[way][what] for one in rounds])["lower"] for what in rounds[0][way]}
                for way in WAYS
            },
        }
        apart = (
            f"audit alone {shown(found[name]['audit'])}, waiting for no disk {shown(found[name]['without_waiting'])}"
        )
        print(f"{told(name, found[name]['rights'], found[name]['rights_and_audit'])}, {apart}", flush=True)
    return found


def colleagues(one: Principal, many: int) -> list[Principal]:
    """So many of the same role and facility."""
    return [replace(one, name=f"{one.name} {number}") for number in range(many)]


def _ratio(rounds: Sequence[dict[str, dict[str, float]]], other: str, way: str = "bound") -> dict[str, float]:
    return quartiles([one[way]["cpu"] / one[other]["cpu"] for one in rounds])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=6900)
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--requests", type=int, default=320)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--readers", type=int, default=1)
    parser.add_argument("--port", type=int, default=8159)
    parser.add_argument("--kinds", help="only these, parted by commas")
    parser.add_argument("--out")
    options = parser.parse_args()
    people, chance = options.visits // 4, random.Random(1)
    with both(options.port) as (database, home, processes):
        resources = build(database, options.visits * PER_VISIT, people)
        treated_all(database)
        kinds = questions(options.visits, people, chance)
        wanted = {name: kinds[name] for name in (options.kinds.split(",") if options.kinds else kinds)}
        found = measure(options.port, wanted, Bearer(load_or_create(home)), processes, options, home)
    ways = (
        ("rights", "rights alone"),
        ("audit", "audit alone"),
        ("rights_and_audit", "audit included"),
        ("without_waiting", "waiting for no disk"),
    )
    for what, title in ways:
        print(concluded({name: one[what] for name, one in found.items()}, f"searches over HTTP, {title}"))
    report(
        "rights_http",
        {"unit": "CPU with / without: quartiles of rounds; microseconds", "resources": resources, "search": found},
        options.out,
    )


if __name__ == "__main__":
    main()
