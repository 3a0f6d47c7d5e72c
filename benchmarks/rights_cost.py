"""What rights and audit cost: searches and writes as they are, beside the same ones without them, in one run.

`python -m benchmarks.rights_cost [--visits N] [--rounds N] [--searches N] [--out FOLDER]`

- searches: a doctor's, within the care relation of the facility, consent, closings and labels in the query and an audit
  row committed each; beside the same questions, with the same answers, unbound and unaudited. As the door runs them:
  `TOGETHER` callers share a transaction;
- writes: visits of 45 resources as a facility's machine sends them; beside the same ones without audit rows and leaves,
  without labels, care, other relations and consents.
What is left out is taken out of the store by name, here only. Each pair of rounds runs directly one after the other, in
turn first and second; the ratio is of times, so 1.10 means a tenth more.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from benchmarks.search_latency import DOCTOR as CARE
from benchmarks.search_latency import build
from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import PER_VISIT, SERVICE_SYSTEM, TESTS, person, visit
from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.db import Connection, Database
from yteso.fhir.json import dumps, loads
from yteso.store import apply, audit, labels, write
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

FACILITY = CARE.care_facility
DOCTOR = Principal("doctor", Role.DOCTOR, facility=FACILITY)
MACHINE = Principal("machine", Role.FACILITY, facility=FACILITY)
ANYBODY = Principal("anybody", Role.INTEGRATOR)
THREADS = 8
Question = tuple[str, str]
"""(type, query string)."""


def _in_care(visits: int, people: int) -> list[int]:
    """Numbers of the visits at the doctor's facility."""
    return [
        number
        for number in range(visits)
        if any(
            one.get("serviceProvider", {}).get("identifier", {}).get("value") == FACILITY
            for one in visit(number, people)
        )
    ]


def questions(visits: int, people: int, chance: random.Random) -> dict[str, Callable[[], Question]]:
    """Kind -> a random question about somebody in care; each is answered the same with and without rights."""
    cared = _in_care(visits, people)

    def patient() -> str:
        resources = visit(chance.choice(cared), people)
        return str(resources[0]["id"])

    def identifier() -> Question:
        found: Any = visit(chance.choice(cared), people)[0]
        one = found["identifier"][0]
        return "Patient", f"identifier={one['system']}|{one['value']}"

    return {
        "identifier": identifier,
        "results of a patient by date": lambda: ("Observation", f"patient={patient()}&_sort=-date&_count=20"),
        "one test of a patient": lambda: (
            "Observation",
            f"patient={patient()}&code={SERVICE_SYSTEM}|{chance.choice(TESTS)}&_sort=-date",
        ),
        "visits of a patient": lambda: ("Encounter", f"patient={patient()}&_sort=-date"),
    }


def _ask(api: Api, who: Principal, asked: Sequence[Question]) -> list[list[str]]:
    """Ids of each answer."""

    def one(question: Question) -> list[str]:
        request = Request("GET", f"/{question[0]}", question[1], {}, io.BytesIO(), "http://bench/fhir")
        response = api.handle(request, who)
        body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
        if response.status != 200:
            raise AssertionError(body[:400])
        return [entry["resource"]["id"] for entry in loads(body).get("entry", ())]

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, asked))


def _number(conn: Connection, _: object) -> Any:
    return conn.execute("SELECT store.present_t(), clock_timestamp()", prepare=True).fetchone()


@contextmanager
def _without(*what: tuple[object, str, object]) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, instead in what:
            stack.enter_context(patch.object(owner, name, instead))
        yield


def _nothing(*_: object) -> None:
    """In place of what a bare write leaves out."""


UNAUDITED = ((audit, "write_notes", _nothing),)
BARE_WRITE = (
    (audit, "write_notes", _number),
    (write, "_leaf", lambda *_: b""),
    (labels, "mark", _nothing),
    (apply, "care_rows", lambda *_: ()),
    (apply, "add_relations", _nothing),
    (apply, "add_consents", _nothing),
)


def measure_searches(dsn: str, kinds: dict[str, Callable[[], Question]], rounds: int, count: int) -> Any:
    """Kind -> spread of (time with rights and audit) / (time without)."""
    free, bound = (Database(dsn, max_size=4).open() for _ in range(2))
    bound.raise_wall()
    doors = {True: Api(bound, PostgresStore()), False: Api(free, PostgresStore())}
    ratios = {}
    for kind, question in kinds.items():
        found = []
        for at in range(rounds + 1):
            asked = [question() for _ in range(count)]
            answers, times = {}, {}
            for is_bound in (True, False) if at % 2 else (False, True):
                with _without(*() if is_bound else UNAUDITED):
                    start = time.perf_counter()
                    answers[is_bound] = _ask(doors[is_bound], DOCTOR if is_bound else ANYBODY, asked)
                    times[is_bound] = time.perf_counter() - start
            if answers[True] != answers[False]:
                raise AssertionError(f"{kind}: rights changed an answer")
            if at:  # the first pair warms plans and caches
                found.append(times[True] / times[False])
        ratios[kind] = spread(found)
    free.close()
    bound.close()
    return ratios


def measure_writes(database: Database, first: int, people: int, rounds: int, count: int) -> dict[str, float]:
    """Spread of (time with rights and audit) / (time without) of the same number of visits."""
    store, found = PostgresStore(), []

    def put(visits: Sequence[Sequence[Put]]) -> None:
        for one in visits:
            with database.connection() as conn:
                store.write(conn, MACHINE, one)

    for at in range(rounds + 1):
        times: dict[bool, float] = {}
        for is_whole in (True, False) if at % 2 else (False, True):
            numbers, first = range(first, first + count), first + count
            made = [[Put(one, text=dumps(one)) for one in visit(number, people)] for number in numbers]
            with _without(*() if is_whole else BARE_WRITE):
                start = time.perf_counter()
                put(made)
                times[is_whole] = time.perf_counter() - start
        if at:
            found.append(times[True] / times[False])
    return spread(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--searches", type=int, default=240)
    parser.add_argument("--out")
    options = parser.parse_args()
    people = options.visits // 4
    with fresh_database() as dsn:
        database = Database(dsn, max_size=2).open()
        resources = build(database, options.visits * PER_VISIT, people)
        kinds = questions(options.visits, people, random.Random(person(1)[0]))
        searches = measure_searches(dsn, kinds, options.rounds, options.searches)
        writes = measure_writes(database, 10**6, 10**9, options.rounds, 100)
        database.close()
    report(
        "rights_cost",
        {
            "unit": "time with rights and audit / time without, same answers",
            "resources": resources,
            "threads": THREADS,
            "search": searches,
            "write": writes,
        },
        options.out,
    )


if __name__ == "__main__":
    main()
