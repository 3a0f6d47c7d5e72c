"""What rights and audit cost: searches and writes as they are, beside the same ones without them, in one run.

`python -m benchmarks.rights_cost [--visits N] [--rounds N] [--searches N] [--kinds NAME,…] [--out FOLDER]`

- searches: a doctor's, within the care relation of the facility, consent, closings and labels in the query, second
  wall, budget, and an audit row committed each (`bound`); beside the same questions, with the same answers, of who is
  bound by nothing: with the audit and the budget (`free`), which tells what the rights add, and with neither (`bare`).
  As the door runs them: callers of `THREADS` share transactions. Questions that lead to no patient are asked for a
  facility that treated everybody, so that the pages are the same;
- writes: visits of 45 resources as a facility's machine sends them (`whole`); beside the same ones without audit rows
  and leaves, without labels, care, other relations and consents (`bare`).
What is left out is taken out of the store by name, here only. The ways of a round run one after the other, in random
order; a ratio is of one round, of times and of CPU (this process and the server's for its connections, proc(5)
schedstat), so 1.10 means a tenth more. Other work on the machine changes times much and CPU little; hence quartiles.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import quote

from benchmarks.search_latency import DOCTOR as CARE
from benchmarks.search_latency import build
from benchmarks.store_measure import fresh_database, quartiles, report
from benchmarks.store_visits import PER_VISIT, SERVICE_SYSTEM, START, TESTS, person, visit
from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.base.http import Request
from yteso.db import Connection, Database, Statement, run_together
from yteso.fhir.json import dumps, loads
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import apply, audit, budgets, find, labels, write
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

FACILITY = CARE.care_facility
DOCTOR = Principal("doctor", Role.DOCTOR, facility=FACILITY)
MACHINE = Principal("machine", Role.FACILITY, facility=FACILITY)
ANYBODY = Principal("anybody", Role.INTEGRATOR)
THREADS = 8
LIMIT, WRITE_LIMIT = 1.20, 1.10
"""What a search and a write may cost with rights and audit, of what they cost without."""
ALL = "79999"
"""A facility that treated everybody."""
DOCTOR_OF_ALL = Principal("doctor of all", Role.DOCTOR, facility=ALL)
Question = tuple[str, str]
"""(type, query string)."""
Result = TypeVar("Result")
Kind = tuple[Principal, Callable[[], Question]]


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


def treated_all(database: Database) -> None:
    """One facility more has seen every patient."""
    added = "INSERT INTO store.care (shard, pat, facility, hid) SELECT shard, pat, %s, hid FROM store.resource"
    with database.connection() as conn:
        conn.execute(f"{added} WHERE type = %s AND pat IS NOT NULL".encode(), (ALL, TYPE_NUMBER["Encounter"]))
        conn.execute("ANALYZE store.care")
        budgets.configure(conn, dict.fromkeys((Role.DOCTOR, Role.INTEGRATOR), (10**6, 10**6)))


def questions(visits: int, people: int, chance: random.Random) -> dict[str, Kind]:
    """Kind -> who asks a random question; each is answered the same with and without rights."""
    cared = _in_care(visits, people)

    def somebody() -> dict[str, Any]:
        return dict(visit(chance.choice(cared), people)[0])

    def patient() -> str:
        return str(somebody()["id"])

    def named(words: int = 9) -> str:
        return quote(" ".join(somebody()["name"][0]["text"].split()[:words]))

    def identifier() -> Question:
        one = somebody()["identifier"][0]
        return "Patient", f"identifier={one['system']}|{one['value']}"

    def name_and_birth() -> Question:
        one = somebody()
        return "Patient", f"name={quote(one['name'][0]['text'])}&birthdate={one['birthDate']}"

    def code_and_dates() -> Question:
        start = START + timedelta(days=chance.randrange(600))
        span = f"date=ge{start.date()}&date=lt{(start + timedelta(days=60)).date()}"
        return "Observation", f"code={SERVICE_SYSTEM}|{chance.choice(TESTS)}&{span}&_sort=-date&_count=20"

    own: dict[str, Callable[[], Question]] = {
        "identifier": identifier,
        "results of a patient by date": lambda: ("Observation", f"patient={patient()}&_sort=-date&_count=20"),
        "one test of a patient": lambda: (
            "Observation",
            f"patient={patient()}&code={SERVICE_SYSTEM}|{chance.choice(TESTS)}&_sort=-date",
        ),
        "visits of a patient": lambda: ("Encounter", f"patient={patient()}&_sort=-date"),
        "reports of a patient": lambda: ("DiagnosticReport", f"patient={patient()}&_sort=-date"),
        "name and day of birth": name_and_birth,
    }
    of_all: dict[str, Callable[[], Question]] = {
        "name alone": lambda: ("Patient", f"name={named()}"),
        "two words of a name": lambda: ("Patient", f"name={named(2)}"),
        "code within 60 days": code_and_dates,
    }
    return {
        **{name: (DOCTOR, question) for name, question in own.items()},
        **{name: (DOCTOR_OF_ALL, question) for name, question in of_all.items()},
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


@contextmanager
def _without(*what: tuple[object, str, object]) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, instead in what:
            stack.enter_context(patch.object(owner, name, instead))
        yield


def nothing(*_: object, **__: object) -> None:
    """In place of what is left out."""


def nobody(*_: object, **__: object) -> list[Any]:
    """In place of what is asked beside."""
    return []


def _at_once(conn: Connection, statements: Sequence[Statement]) -> list[Any]:
    """A search's statements with the end of their transaction, as nothing comes after them."""
    return run_together(conn, statements, ends=True)


UNAUDITED = ((audit, "write_notes_after", nobody), (find, "run_together", _at_once))
BARE_WRITE = (
    (audit, "as_json", lambda _: "[]"),
    (write, "_leaf", lambda *_: b""),
    (labels, "mark", nothing),
    (apply, "care_rows", lambda *_: ()),
    (apply, "add_relations", nothing),
    (apply, "add_consents", nothing),
)


def _spent(server: Sequence[int]) -> int:
    """Nanoseconds this process and these of the server were on a CPU."""
    files = (Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii") for pid in server)
    return time.process_time_ns() + sum(int(text.split()[0]) for text in files)


def _server(conn: Connection) -> list[int]:
    """The server's processes for connections of clients."""
    asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    return [pid for (pid,) in conn.execute(asked).fetchall()]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way took in one round, in microseconds an act."""

    time: float
    cpu: float


def _cost(database: Database, acts: int, work: Callable[[], Result]) -> tuple[Cost, Result]:
    """What so many acts took, and what came of them. `database`: to ask which processes the server has."""
    with database.connection() as conn:
        server = _server(conn)
    start, before = time.perf_counter_ns(), _spent(server)
    result = work()
    taken, used = time.perf_counter_ns() - start, _spent(server) - before
    return Cost(taken / acts / 1000, used / acts / 1000), result


def _compared(rounds: Sequence[dict[str, Cost]], one: str, other: str) -> dict[str, dict[str, float]]:
    """Quartiles of what the first way cost for what the second did, round by round."""
    return {
        what: quartiles([getattr(found[one], what) / getattr(found[other], what) for found in rounds])
        for what in ("cpu", "time")
    }


def _told(rounds: Sequence[dict[str, Cost]]) -> dict[str, float]:
    """Microseconds of CPU of each way, the lower quartile."""
    return {f"{way}_cpu_us": quartiles([found[way].cpu for found in rounds])["lower"] for way in rounds[0]}


def told(name: str, rights: dict[str, float], both: dict[str, float]) -> str:
    """One line for people: medians and quartiles of one kind of search."""
    return f"{name}: rights {shown(rights)}, rights and audit {shown(both)}"


def shown(found: dict[str, float]) -> str:
    """Median and quartiles."""
    return f"{found['median']:.2f} ({found['lower']:.2f} - {found['upper']:.2f})"


def concluded(kinds: dict[str, dict[str, float]], what: str) -> str:
    """What is asked for (less than a fifth more for a search), of all kinds: their medians and how many keep it."""
    medians = sorted(one["median"] for one in kinds.values())
    kept = f"below {LIMIT:.2f} in {sum(one < LIMIT for one in medians)} of {len(medians)} kinds"
    return f"{what}: {statistics.median(medians):.2f} ({medians[0]:.2f} - {medians[-1]:.2f}), {kept}"


def measure_searches(dsn: str, kinds: dict[str, Kind], rounds: int, count: int, chance: random.Random) -> Any:
    """Kind -> what the rights add to it, and rights and audit together."""
    watching, free, bound = (Database(dsn, max_size=4).open() for _ in range(3))
    bound.raise_wall()
    inside, outside = Api(bound, PostgresStore()), Api(free, PostgresStore())
    found = {}
    for name, (who, question) in kinds.items():
        ways = {"bound": (inside, who, ()), "free": (outside, ANYBODY, ()), "bare": (outside, ANYBODY, UNAUDITED)}
        costs = []
        for at in range(rounds + 1):
            asked = [question() for _ in range(count)]
            answers: dict[str, Any] = {}
            taken = {}
            for way in chance.sample(list(ways), len(ways)):
                api, principal, left_out = ways[way]
                with _without(*left_out):
                    taken[way], answers[way] = _cost(watching, count, partial(_ask, api, principal, asked))
            if not answers["bound"] == answers["free"] == answers["bare"]:
                raise AssertionError(f"{name}: rights changed an answer")
            if at:  # the first round warms plans and caches
                costs.append(taken)
        found[name] = {
            "rights": _compared(costs, "bound", "free"),
            "rights_and_audit": _compared(costs, "bound", "bare"),
            **_told(costs),
        }
        print(told(name, found[name]["rights"]["cpu"], found[name]["rights_and_audit"]["cpu"]), flush=True)
    for database in (watching, free, bound):
        database.close()
    return found


def measure_writes(database: Database, first: int, people: int, rounds: int, count: int) -> Any:
    """What rights and audit add to writing visits."""
    store, costs = PostgresStore(), []

    def put(visits: Sequence[Sequence[Put]]) -> None:
        for one in visits:
            with database.connection() as conn:
                store.write(conn, MACHINE, one)

    for at in range(rounds + 1):
        taken: dict[str, Cost] = {}
        for way in ("whole", "bare") if at % 2 else ("bare", "whole"):
            numbers, first = range(first, first + count), first + count
            made = [[Put(one, text=dumps(one)) for one in visit(number, people)] for number in numbers]
            with _without(*() if way == "whole" else BARE_WRITE):
                taken[way], _ = _cost(database, count, partial(put, made))
        if at:
            costs.append(taken)
    return {"rights_and_audit": _compared(costs, "whole", "bare"), **_told(costs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=6900)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--searches", type=int, default=160)
    parser.add_argument("--kinds", help="only these, parted by commas")
    parser.add_argument("--out")
    options = parser.parse_args()
    people, chance = options.visits // 4, random.Random(person(1)[0])
    with fresh_database() as dsn:
        database = Database(dsn, max_size=2).open()
        resources = build(database, options.visits * PER_VISIT, people)
        treated_all(database)
        kinds = questions(options.visits, people, chance)
        wanted = {name: kinds[name] for name in (options.kinds.split(",") if options.kinds else kinds)}
        searches = measure_searches(dsn, wanted, options.rounds, options.searches, chance)
        writes = measure_writes(database, 10**6, 10**9, 2 * options.rounds, 50)
        database.close()
    for what, title in (("rights", "searches, rights alone"), ("rights_and_audit", "searches, audit included")):
        print(concluded({name: one[what]["cpu"] for name, one in searches.items()}, title))
    print(f"writes, audit included: {shown(writes['rights_and_audit']['cpu'])}, aim {WRITE_LIMIT:.2f}")
    report(
        "rights_cost",
        {
            "unit": "with / without, same answers: quartiles of rounds",
            "resources": resources,
            "threads": THREADS,
            "search": searches,
            "write": writes,
        },
        options.out,
    )


if __name__ == "__main__":
    main()
