"""What row-level security adds to a search: the same searches of a doctor with the wall and without it, in turn.

`python -m benchmarks.second_wall [--resources N] [--rounds N] [--searches N] [--out FOLDER]`

Rows are those of `search_latency`. Times are of one search in its own transaction, its audit row and commit included,
as the FHIR door runs it. The CPU of client and server is told beside it, which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.search_latency import _serves, build
from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import ICD, ICD_SYSTEM, PER_VISIT, SERVICE_SYSTEM, TESTS, visit
from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.search.parse import parse
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Search

DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
Asked = tuple[str, str]


def searches(people: int, visits: int) -> dict[str, Callable[[random.Random], Asked]]:
    """Kind -> a random search of it about what the doctor's facility treated."""
    cared = [at for at in range(visits) if any(_serves(one, DOCTOR.facility) for one in visit(at, people))]

    def one_of(chance: random.Random, type: str) -> dict[str, Any]:
        return chance.choice([one for one in visit(chance.choice(cared), people) if one["resourceType"] == type])

    def patient_and_code(chance: random.Random) -> Asked:
        asked = one_of(chance, "Observation")
        code = asked["code"]["coding"][0]["code"]
        return "Observation", f"patient={asked['subject']['reference']}&code={SERVICE_SYSTEM}|{code}&_sort=-date"

    def patient_by_date(chance: random.Random) -> Asked:
        return "Observation", f"patient={one_of(chance, 'Observation')['subject']['reference']}&_sort=-date"

    def identifier(chance: random.Random) -> Asked:
        (number, *_) = one_of(chance, "Patient")["identifier"]
        return "Patient", f"identifier={number['system']}|{number['value']}"

    def name_and_birth(chance: random.Random) -> Asked:
        patient = one_of(chance, "Patient")
        return "Patient", f"name={patient['name'][0]['text']}&birthdate={patient['birthDate']}"

    def diagnosis(chance: random.Random) -> Asked:
        return "Condition", f"code={ICD_SYSTEM}|{chance.choice(ICD)}&_count=50"

    def newest_of_a_code(chance: random.Random) -> Asked:
        return "Observation", f"code={SERVICE_SYSTEM}|{chance.choice(TESTS)}&_sort=-date"

    kinds = (patient_and_code, patient_by_date, identifier, name_and_birth, diagnosis, newest_of_a_code)
    return {kind.__name__: kind for kind in kinds}


def spent(pid: int) -> int:
    """Nanoseconds this process and the server's process of a connection were on a CPU (proc(5) schedstat)."""
    server = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]
    return time.process_time_ns() + int(server)


def ask(database: Database, store: PostgresStore, asked: Asked) -> tuple[float, float, list[str]]:
    """(milliseconds, milliseconds of CPU, ids) of one search in a transaction of its own."""
    query, issues = parse(asked[0], asked[1].replace("+", "%2B"))
    assert not issues
    one = Search(DOCTOR, require(DOCTOR, "search", query.type), query)
    with database.reading() as conn:
        pid = conn.info.backend_pid
    start, before = time.perf_counter(), spent(pid)
    with database.reading() as conn:
        page = store.search_together(conn, [one])[0] or store.search(conn, one.who, one.limit, query)
    taken, used = time.perf_counter() - start, spent(pid) - before
    return taken * 1000, used / 1e6, [match.id for match in page.matches]


def measure(
    ways: dict[str, Database], store: PostgresStore, make: Callable[[], Asked], chance: random.Random, many: int
) -> dict[str, float]:
    """Medians of the same searches each way, milliseconds and of CPU; AssertionError when the answers differ."""
    taken: dict[str, list[float]] = {f"{way}{what}": [] for way in ways for what in ("", "_cpu")}
    for _ in range(many):
        asked, answers = make(), []
        for way in chance.sample(list(ways), len(ways)):
            milliseconds, cpu, ids = ask(ways[way], store, asked)
            taken[way].append(milliseconds)
            taken[f"{way}_cpu"].append(cpu)
            answers.append(ids)
        assert all(ids == answers[0] for ids in answers), asked
    return {way: statistics.median(values) for way, values in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--searches", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    with fresh_database() as dsn:
        ways = {"open": Database(dsn, max_size=1).open(), "walled": Database(dsn, max_size=1).open()}
        ways["walled"].raise_wall()
        count, store = build(ways["open"], options.resources, options.people), PostgresStore()
        for name, make in searches(options.people, options.resources // PER_VISIT).items():
            chance = random.Random(name)
            asked = partial(make, chance)
            measure(ways, store, asked, chance, 10)
            rounds = [measure(ways, store, asked, chance, options.searches) for _ in range(options.rounds)]
            found[name] = {f"{way}_ms": spread([one[way] for one in rounds]) for way in rounds[0]}
            for what in ("", "_cpu"):
                added = [(one[f"walled{what}"] / one[f"open{what}"] - 1) * 100 for one in rounds]
                found[name][f"added{what}_percent"] = spread(added)
            print(name, {key: one["median"] for key, one in found[name].items()}, flush=True)
        for database in ways.values():
            database.close()
    report("second_wall", {"resources": count, "people": options.people, "searches": found}, options.out)


if __name__ == "__main__":
    main()
