"""What row-level security adds to a search: the same searches of a doctor with the wall and without it, in turn.

`python -m benchmarks.second_wall [--resources N] [--rounds N] [--searches N] [--out FOLDER]`

Rows are those of `search_latency`. Times are of one search in its own transaction, its audit row and commit included,
as the FHIR door runs it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
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


def ask(database: Database, store: PostgresStore, asked: Asked) -> tuple[float, list[str]]:
    """(milliseconds, ids) of one search in a transaction of its own."""
    query, issues = parse(asked[0], asked[1].replace("+", "%2B"))
    assert not issues
    one = Search(DOCTOR, require(DOCTOR, "search", query.type), query)
    start = time.perf_counter()
    with database.reading() as conn:
        page = store.search_together(conn, [one])[0] or store.search(conn, one.who, one.limit, query)
    return (time.perf_counter() - start) * 1000, [match.id for match in page.matches]


def measure(
    ways: dict[str, Database], store: PostgresStore, make: Callable[[], Asked], chance: random.Random, many: int
) -> dict[str, float]:
    """Way -> median milliseconds of the same searches; raises AssertionError when the answers differ."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(many):
        asked, answers = make(), []
        for way in chance.sample(list(ways), len(ways)):
            milliseconds, ids = ask(ways[way], store, asked)
            taken[way].append(milliseconds)
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
            found[name] = {
                **{f"{way}_median_ms": spread([one[way] for one in rounds]) for way in ways},
                "added_percent": spread([(one["walled"] / one["open"] - 1) * 100 for one in rounds]),
            }
            print(name, found[name], flush=True)
        for database in ways.values():
            database.close()
    report("second_wall", {"resources": count, "people": options.people, "searches": found}, options.out)


if __name__ == "__main__":
    main()
