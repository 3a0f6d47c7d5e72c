"""What a search costs that names neither a patient nor a code, when the reader's own keys lead it and when they do not.

`python -m benchmarks.own_keys [--resources N] [--people N] [--rounds N] [--out FOLDER]`

Rows are those of `search_latency`. Readers: a citizen, one who represents two others, doctors of facilities with 5, 500
and 5,000 patients. Each search runs behind both walls, its audit row with it; the same one then with the keys taken out
of the store by name, here only, and the answers are the same. CPU of the server's process for the connection (proc(5)
schedstat) and rows of the record that were looked at.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.search_latency import build
from benchmarks.store_measure import fresh_database, report, spread
from benchmarks.store_visits import CCCD, TESTS
from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.search.keys import number, patient_key
from yteso.search.parse import parse
from yteso.search.query import Query
from yteso.store import find, include, links
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Search

FACILITIES = {"B5": 5, "B500": 500, "B5000": 5_000}
SEARCHES = [
    ("Observation", "_count=20"),
    ("Observation", "_sort=-date"),
    ("Observation", "_total=accurate"),
    ("Observation", f"code={TESTS[5]}"),
    ("Observation", "_include=Observation:encounter"),
    ("Encounter", "date=ge2024-01-01"),
    ("Encounter", "date=ge2024-01-01&_revinclude=Observation:encounter"),
    ("Patient", "_has:Observation:patient:status=final"),
    ("Patient", "_sort=family"),
    ("Patient", f"identifier={CCCD}|079000000000"),
]
_TOUCHED = (
    "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables"
    " WHERE schemaname = 'store' AND relname = 'resource'"
)


def readers(database: Database) -> dict[str, Principal]:
    """Who asks; their relations are written as rows."""
    chance = random.Random("own keys")
    with database.connection() as conn:
        ids = [id for (id,) in conn.execute("SELECT id FROM store.resource WHERE type = 103 ORDER BY id")]
        keys = {id: number(patient_key(id)) for id in ids}
        for facility, many in FACILITIES.items():
            some = [keys[id] for id in chance.sample(ids, min(many, len(ids)))]
            text = "INSERT INTO store.care SELECT p, p, 0, %s FROM unnest(%s::bigint[]) p"
            conn.execute(text, (facility, some))
        for ward in ids[1:3]:
            text = "INSERT INTO store.relation VALUES (0, 1, 'r', %s, 'p', %s, '2020-01-01', '2099-01-01')"
            conn.execute(text, (keys[ward], f"Patient/{ids[3]}"))
        conn.execute("ANALYZE")
    doctors = {f"doctor of {many}": Principal(name, Role.DOCTOR, name) for name, many in FACILITIES.items()}
    people = {"citizen": ids[0], "guardian of two": ids[3]}
    return {name: Principal(name, Role.CITIZEN, person=id) for name, id in people.items()} | doctors


def ask(database: Database, store: PostgresStore, who: Principal, query: Query) -> tuple[float, int, Any]:
    """(milliseconds of CPU, rows of the record looked at, what was found)."""
    limit = require(who, "search", query.type)
    with database.reading() as conn:
        spent = Path(f"/proc/{conn.info.backend_pid}/schedstat")
        (before,) = conn.execute(_TOUCHED).fetchone() or (0,)
        start = int(spent.read_text(encoding="ascii").split()[0])
        page = store.search_together(conn, [Search(who, limit, query)])[0] or store.search(conn, who, limit, query)
        taken = int(spent.read_text(encoding="ascii").split()[0]) - start
        (after,) = conn.execute(_TOUCHED).fetchone() or (0,)
    return taken / 1e6, int(after - before), ([one.id for one in page.matches], page.total, len(page.included))


def measure(
    database: Database, store: PostgresStore, who: Principal, query: Query, rounds: int
) -> dict[str, dict[str, Any]]:
    """With the keys and without, in turn, once to warm up; AssertionError when they find something else."""
    found: dict[str, list[tuple[float, int, Any]]] = {"led": [], "walked": []}
    for _ in range(rounds + 1):
        found["led"].append(ask(database, store, who, query))
        with ExitStack() as stack:
            for module in (find, links, include):
                stack.enter_context(patch.object(module, "lead", lambda *_: None))
            found["walked"].append(ask(database, store, who, query))
    assert all(one[2] == found["led"][0][2] for ways in found.values() for one in ways), query
    return {way: {"cpu_ms": spread([one[0] for one in of[1:]]), "rows": of[-1][1]} for way, of in found.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=1_080_000)
    parser.add_argument("--people", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out")
    options = parser.parse_args(arguments)
    found: dict[str, Any] = {}
    with fresh_database() as dsn:
        database = Database(dsn, max_size=2).open()
        count, store = build(database, options.resources, options.people), PostgresStore()
        database.raise_wall()
        for name, who in readers(database).items():
            for kind, text in SEARCHES:
                query, issues = parse(kind, text)
                assert not issues
                one = found[f"{name}: {kind}?{text}"] = measure(database, store, who, query, options.rounds)
                told = {way: (of["cpu_ms"]["median"], of["rows"]) for way, of in one.items()}
                print(f"{name}: {kind}?{text}", told, flush=True)
        database.close()
    report("own_keys", {"resources": count, "people": options.people, "searches": found}, options.out)


if __name__ == "__main__":
    main()
