"""What happens to a hidden record alone moves no version, no moment and no ETag of what names it, byte for byte.

One database before and after. Who writes the name itself writes what names it: that it was written again is told, and
nothing else (ADR 50).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.acceptance.matrix.world import build, who
from tests.generative.non_interference_world import HIDDEN, SEEN, without_names
from tests.generative.test_non_interference import send

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.db import Database
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put, Remove

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SYSTEM = Principal("m", Role.SYSTEM)
NAMED = ("Observation/o-v1", "Encounter/e-part", "List/l-v", "DiagnosticReport/dr-v", "Patient/p-same")
QUESTIONS = [
    *NAMED,
    *(f"{one}/_history" for one in NAMED),
    *(f"{one}/_history/1" for one in NAMED),
    "Observation/_history?_count=50",
    "Encounter/_history?_since=2020-01-01",
    "_history?_count=100",
    "Observation?patient=p-same&_sort=-_lastUpdated",
    "Encounter?patient=p-same&_lastUpdated=ge2020-01-01&_total=accurate",
    "Patient/p-same/$everything?_since=2020-01-01",
    "Patient/p-same/$everything?_count=5",
]
ROLES = (Role.DOCTOR, Role.NURSE, Role.INSPECTOR)
BARE = {"Observation/o-h1", "Observation/o-h2", "Condition/c-h1", "Encounter/e-h1"}


@pytest.fixture
def place(fresh_database) -> Iterator[tuple[Api, Database, PostgresStore]]:
    with fresh_database() as dsn:
        database, store = Database(dsn, max_size=2).open(), PostgresStore()
        build(database)
        yield Api(database, PostgresStore(), lambda: NOW), database, store
        database.close()


def told(api: Api, role: Role) -> dict[str, Any]:
    """Each answer with its status, ETag and Last-Modified; what one gets who has this very version already."""
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        status, headers, body = send(api, who(role), "GET", question)
        found[question] = status, {name: headers.get(name) for name in ("ETag", "Last-Modified")}, body
        if headers.get("ETag"):
            again = {"if-none-match": headers["ETag"], "if-modified-since": headers.get("Last-Modified", "")}
            found[f"{question} again"] = send(api, who(role), "GET", question, headers=again)[0]
    return found


def write(database: Database, store: PostgresStore, *changes: Put | Remove) -> None:
    with database.connection() as conn:
        store.write(conn, SYSTEM, list(changes))


@pytest.mark.parametrize("role", ROLES)
def test_what_is_hidden_moves_nothing_of_what_names_it(place, role):
    api, database, store = place
    write(database, store, *(Put(one) for one in (*HIDDEN, *SEEN)))
    before = told(api, role)
    for changes in (
        [Put({**HIDDEN[0], "status": "amended"})],
        [Put({**one, "language": "vi"}) for one in HIDDEN if f"{one['resourceType']}/{one['id']}" in BARE],
        [Remove("Observation", "o-h3"), Remove("Observation", "o-h1")],
        [Put(HIDDEN[0])],
    ):
        write(database, store, *changes)
        after = told(api, role)
        assert [one for one in before if before[one] != after[one]] == []


def test_who_writes_a_name_is_told_to_have_written_and_nothing_else(place):
    """A limit of ADR 50, held to what it is: another version of the same content."""
    api, database, store = place
    names = next(one for one in SEEN if one["id"] == "e-part")
    write(database, store, *(Put(without_names(one)) for one in SEEN), *(Put(one) for one in HIDDEN))
    first = json.loads(send(api, who(Role.DOCTOR), "GET", "Encounter/e-part")[2])
    write(database, store, Put(names))
    second = json.loads(send(api, who(Role.DOCTOR), "GET", "Encounter/e-part")[2])
    assert (first["meta"].pop("versionId"), second["meta"].pop("versionId")) == ("1", "2")
    assert first["meta"].pop("lastUpdated") < second["meta"].pop("lastUpdated")
    assert first == second
