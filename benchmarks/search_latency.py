"""How fast the database answers the everyday searches on a million resources or more.

`python -m benchmarks.search_latency [--resources N] [--rounds N] [--searches N] [--out FOLDER]`

Builds the rows with the store's own row maker (one batch of visits a transaction), then asks each kind of
search with random values. Times are of the statement `search.sql` makes, run and fetched over the socket, with the
rights of an administrator (one kind: of a doctor); the time inside PostgreSQL (EXPLAIN ANALYZE: planning and execution)
stands beside it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import CCCD, ICD, ICD_SYSTEM, PER_VISIT, SERVICE_SYSTEM, START, TESTS, person, visit
from yteso.access.restriction import EVERYTHING, Restriction
from yteso.base.ids import stable_id
from yteso.db import Connection, Database
from yteso.search import sql
from yteso.search.parse import parse
from yteso.search.plan import Plan
from yteso.store import apply
from yteso.store.links import Asking, reach
from yteso.store.postgres import PostgresStore
from yteso.store.rows import index_of, row_of

BATCH = 50
DOCTOR = Restriction(types=None, care_facility="79001")


def build(database: Database, resources: int, people: int, begin: int = 0) -> int:
    """Fill the tables with that many resources, from visit `begin` on; gives back how many there are then."""
    store = PostgresStore()
    known: set[tuple[int, int, str]] = set()
    for first in range(begin, begin + resources // PER_VISIT, BATCH):
        rows = [row_of(one) for number in range(first, first + BATCH) for one in visit(number, people)]
        fresh = {row.key: row for row in rows if row.key not in known}
        known.update(key for key in fresh if key not in known and fresh[key].resource["resourceType"] == "Patient")
        pairs = [(row, index_of(row)) for _, row in sorted(fresh.items())]
        with database.connection() as conn:
            codec = store.codec(conn)
            apply.carry_out(conn, codec, [], pairs, [], {})
    with database.connection() as conn:
        conn.execute("SELECT gin_clean_pending_list('store.resource_tok')")
        conn.execute("ANALYZE")
        row = conn.execute("SELECT count(*) FROM store.resource").fetchone()
    assert row is not None
    return int(row[0])


def _serves(resource: dict[str, Any], facility: str) -> bool:
    return bool(resource.get("serviceProvider", {}).get("identifier", {}).get("value") == facility)


def _day(chance: random.Random, days: int) -> str:
    return (START + timedelta(days=chance.randrange(days))).date().isoformat()


def searches(people: int, visits: int) -> dict[str, Callable[[random.Random], tuple[str, str, Restriction]]]:
    """Kind -> a random search of it: (type, query string, rights)."""

    def identifier(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Patient", f"identifier={CCCD}|{person(chance.randrange(people))[0]}", EVERYTHING

    def name_and_birth(chance: random.Random) -> tuple[str, str, Restriction]:
        _, name, birth, _ = person(chance.randrange(people))
        return "Patient", f"name={name}&birthdate={birth}", EVERYTHING

    def patient_and_code(chance: random.Random) -> tuple[str, str, Restriction]:
        tests = [one for one in visit(chance.randrange(visits), people) if one["resourceType"] == "Observation"]
        asked = chance.choice(tests)
        code = asked["code"]["coding"][0]["code"]
        text = f"patient={asked['subject']['reference']}&code={SERVICE_SYSTEM}|{code}&_sort=-date"
        return "Observation", text, EVERYTHING

    def patient_by_date(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Observation", f"patient={stable_id('person', str(chance.randrange(people)))}&_sort=-date", EVERYTHING

    def code_and_dates(chance: random.Random) -> tuple[str, str, Restriction]:
        start = START + timedelta(days=chance.randrange(600))
        span = f"date=ge{start.date()}&date=lt{(start + timedelta(days=60)).date()}"
        return "Observation", f"code={SERVICE_SYSTEM}|{chance.choice(TESTS)}&{span}&_sort=-date", EVERYTHING

    def diagnosis(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Condition", f"code={ICD_SYSTEM}|{chance.choice(ICD)}&_count=50", EVERYTHING

    def visits_of_a_day(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Encounter", f"date={_day(chance, 700)}&status=finished&_sort=-date", EVERYTHING

    def of_a_doctor(chance: random.Random) -> tuple[str, str, Restriction]:
        cared = next(
            number
            for number in iter(lambda: chance.randrange(visits), None)
            if any(_serves(one, DOCTOR.care_facility) for one in visit(number, people))
        )
        (patient,) = (one for one in visit(cared, people) if one["resourceType"] == "Patient")
        return "Patient", f"name={patient['name'][0]['text']}&birthdate={patient['birthDate']}", DOCTOR

    def results_by_name(chance: random.Random) -> tuple[str, str, Restriction]:
        _, name, _, _ = person(chance.randrange(people))
        return "Observation", f"subject:Patient.name={name}&code={SERVICE_SYSTEM}|{chance.choice(TESTS)}", EVERYTHING

    def results_of_women(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Observation", f"subject:Patient.gender=female&code={SERVICE_SYSTEM}|{chance.choice(TESTS)}", EVERYTHING

    def people_with_a_diagnosis(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Patient", f"_has:Condition:patient:code={ICD_SYSTEM}|{chance.choice(ICD)}", EVERYTHING

    def results_of_visits_of_a_day(chance: random.Random) -> tuple[str, str, Restriction]:
        return "Observation", f"encounter:Encounter.date={_day(chance, 700)}", EVERYTHING

    kinds = (
        results_by_name,
        results_of_women,
        people_with_a_diagnosis,
        results_of_visits_of_a_day,
        identifier,
        name_and_birth,
        patient_and_code,
        patient_by_date,
        code_and_dates,
        diagnosis,
        visits_of_a_day,
        of_a_doctor,
    )
    return {kind.__name__: kind for kind in kinds}


def ask(conn: Connection, store: PostgresStore, asked: tuple[str, str, Restriction]) -> tuple[float, float, int]:
    """(milliseconds over the socket, milliseconds in the database, rows) of one search.

    What links come down to is looked up within the first; the second is of the statement of the page alone.
    """
    kind, text, rights = asked
    query, issues = parse(kind, text.replace("+", "%2B"))
    assert not issues
    now = datetime.now(UTC)
    start = time.perf_counter()
    reached = reach(Asking(conn, store.codec(conn), rights, now), query)
    statement, params, _ = sql.page(Plan(query, now, reached), rights)
    rows = conn.execute(statement.encode(), params, prepare=False).fetchall()
    taken = (time.perf_counter() - start) * 1000
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
    plan: Any = conn.execute(explain.encode(), params, prepare=False).fetchone()
    return taken, plan[0][0]["Planning Time"] + plan[0][0]["Execution Time"], len(rows)


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=1_035_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--searches", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    with fresh_database() as dsn:
        database = Database(dsn).open()
        start = time.monotonic()
        count = build(database, options.resources, options.people)
        store = PostgresStore()
        built = time.monotonic() - start
        for name, make in searches(options.people, options.resources // PER_VISIT).items():
            rounds = []
            for number in range(options.rounds):
                chance = random.Random(f"{name} {number}")
                with database.connection() as conn:
                    rounds.append([ask(conn, store, make(chance)) for _ in range(options.searches)])
            found[name] = {
                "median_ms": spread([percentile([one[0] for one in round], 0.5) for round in rounds]),
                "p95_ms": spread([percentile([one[0] for one in round], 0.95) for round in rounds]),
                "in_database_median_ms": spread([percentile([one[1] for one in round], 0.5) for round in rounds]),
                "in_database_p95_ms": spread([percentile([one[1] for one in round], 0.95) for round in rounds]),
                "rows_median": percentile([one[2] for round in rounds for one in round], 0.5),
            }
            print(name, found[name]["median_ms"], found[name]["p95_ms"], found[name]["in_database_p95_ms"], flush=True)
        database.close()
    report(
        "search_latency",
        {"resources": count, "people": options.people, "built_in_s": round(built), "searches": found},
        options.out,
    )


if __name__ == "__main__":
    main()
