"""Single FHIR requests over HTTP: creates, reads by id, search pages of 20, with rights and the audit row of each.

`python -m benchmarks.http_single [--resources N] [--requests N] [--concurrency N] [--rounds N] [--out FOLDER]`

Starts PostgreSQL and the real web process, fills the record with invented visits, then asks. Client, server and
database share the machine; the CPU each of them spends on a request is told beside the rate.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.http_load import load, request
from benchmarks.search_latency import build
from benchmarks.store_measure import report, spread
from benchmarks.store_visits import PER_VISIT, SERVICE_SYSTEM, TESTS, visit
from benchmarks.walk_http import cpu_seconds, platform
from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.base.ids import stable_id
from yteso.fhir import json
from yteso.signing import load_or_create


def creates(token: str, chance: random.Random, people: int) -> bytes:
    """`POST /fhir/Observation` of a laboratory result about a person who is there."""
    made = next(one for one in visit(chance.randrange(10**9), people) if one["resourceType"] == "Observation")
    body = {name: value for name, value in made.items() if name not in ("id", "encounter")}
    return request("POST", "/fhir/Observation", token, json.dumps(body))


def reads(token: str, chance: random.Random, visits: int, people: int) -> bytes:
    """`GET /fhir/Observation/[id]`."""
    made = [one for one in visit(chance.randrange(visits), people) if one["resourceType"] == "Observation"]
    return request("GET", f"/fhir/Observation/{chance.choice(made)['id']}", token)


def searches(token: str, chance: random.Random) -> bytes:
    """`GET /fhir/Observation?code=…&_count=20`, newest first."""
    code = f"{SERVICE_SYSTEM}%7C{chance.choice(TESTS)}"
    return request("GET", f"/fhir/Observation?code={code}&_sort=-date&_count=20", token)


def searches_of_patient(token: str, chance: random.Random, people: int) -> bytes:
    """`GET /fhir/Observation?patient=…&_count=20`, newest first."""
    patient = stable_id("person", str(chance.randrange(people)))
    return request("GET", f"/fhir/Observation?patient={patient}&_sort=-date&_count=20", token)


def measure(
    make: Callable[[random.Random], bytes], count: int, concurrency: int, port: int, processes: dict[str, list[int]]
) -> dict[str, float]:
    """One round: rate, times of the answers, CPU a request of each process."""
    chance = random.Random(time.time_ns())
    requests = [make(chance) for _ in range(count)]
    pids = {**processes, "client": [os.getpid()]}
    before = {name: sum(map(_own_cpu if name == "client" else cpu_seconds, of)) for name, of in pids.items()}
    seconds, took = load(port, requests, concurrency)
    spent = {
        name: sum(map(_own_cpu if name == "client" else cpu_seconds, of)) - before[name] for name, of in pids.items()
    }
    return {
        "per_second": count / seconds,
        "median_ms": took[len(took) // 2] * 1000,
        "p95_ms": took[len(took) * 95 // 100] * 1000,
        **{f"cpu_us_{name}": used / count * 1e6 for name, used in spent.items() if used},
    }


def _own_cpu(_: int) -> float:
    return time.process_time()


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8157)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    visits = options.resources // PER_VISIT
    people = max(visits // 4, 1)
    with platform(options.port, 0) as (database, home, processes):
        stored = build(database, options.resources, people)
        who = Principal("bench", Role.INTEGRATOR)
        token = Bearer(load_or_create(home)).issue(who, timedelta(hours=1))
        kinds: dict[str, Callable[[random.Random], bytes]] = {
            "read by id": lambda chance: reads(token, chance, visits, people),
            "search page of 20, code": lambda chance: searches(token, chance),
            "search page of 20, patient": lambda chance: searches_of_patient(token, chance, people),
            "create": lambda chance: creates(token, chance, people),
        }
        results: dict[str, Any] = {}
        for name, make in kinds.items():
            measure(make, 400, options.concurrency, options.port, processes)
            rounds = [
                measure(make, options.requests, options.concurrency, options.port, processes)
                for _ in range(options.rounds)
            ]
            results[name] = {key: spread([one.get(key, 0.0) for one in rounds]) for key in rounds[0]}
    report("http_single", {"resources": stored, "concurrency": options.concurrency, "kinds": results}, options.out)


if __name__ == "__main__":
    main()
