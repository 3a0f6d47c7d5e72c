"""A search that the reader's own keys lead finds what the same search finds without them, for every role and for apps.

Both ways go behind both walls. The world is small: there every facility's people lead.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.acceptance.matrix.world import build, who

from yteso.access.policy import restriction
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.search import sql
from yteso.search.parse import parse
from yteso.search.plan import Plan
from yteso.search.sorting import is_read
from yteso.store import wall
from yteso.store.leading import lead
from yteso.store.links import Asking, reach
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

FILE = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}
LOOSE = [
    {**FILE, "id": "b-own", "securityContext": {"reference": "Patient/p-own"}},
    {**FILE, "id": "b-same", "securityContext": {"reference": "Patient/p-same"}},
    {**FILE, "id": "b-free"},
    {"resourceType": "Device", "id": "d-own", "patient": {"reference": "Patient/p-own"}},
    {"resourceType": "Device", "id": "d-same", "patient": {"reference": "Patient/p-same"}},
    {"resourceType": "Device", "id": "d-free"},
]
ASKED = [
    ("Patient", ""),
    ("Patient", "name=mau&_sort=name"),
    ("Patient", "birthdate=1970-01-01"),
    ("Patient", "_has:Observation:patient:status=final"),
    ("Observation", "_sort=-date"),
    ("Observation", "status=final&_total=accurate"),
    ("Observation", "code:text=x"),
    ("Condition", "code=J00"),
    ("Condition", "code=A90,B20,J00&_sort=code"),
    ("Condition", "subject:Patient.birthdate=ge1950"),
    ("Encounter", "date:missing=true"),
    ("MedicationRequest", "intent=order&_sort=-_lastUpdated"),
    ("RelatedPerson", ""),
    ("Device", ""),
    ("Organization", ""),
]


def apps():
    for role in (Role.DOCTOR, Role.CITIZEN, Role.INTEGRATOR):
        yield replace(who(role), scope="patient/*.rs", patient="p-own")
        yield replace(who(role), scope="patient/*.rs user/Organization.rs", patient="p-same")


PEOPLE = [*map(who, Role), *apps()]
LED = [who(Role.DOCTOR), who(Role.CITIZEN), replace(who(Role.INTEGRATOR), scope="patient/*.rs", patient="p-own")]
"""Of these, there is much to see."""


@pytest.fixture(scope="module")
def database(fresh_database, server):
    with fresh_database() as dsn:
        database = Database(dsn, max_size=2).open()
        build(database)
        with database.connection() as conn:
            PostgresStore().write(conn, Principal("m", Role.SYSTEM), [Put(one) for one in LOOSE])
        database.raise_wall()
        yield database
        database.close()


def found(database, limit, query, *, led):
    """Ids in their order, all of them."""
    now = datetime.now(UTC)
    with database.reading() as conn:
        wall.name(conn, limit)
        asking = Asking(conn, PostgresStore().codec(conn), limit, now)
        plan = Plan(query, now, reach(asking, query), lead=lead(conn, limit) if led else None)
        assert (plan.lead is None) or led
        if is_read(query):
            rows = sorted(conn.execute(*_encoded(*sql.some(plan, limit, sql.COLUMNS, 2_001))).fetchall())
        else:
            text, params, _ = sql.page(plan, limit)
            rows = conn.execute(*_encoded(text, params)).fetchall()
        (total,) = conn.execute(*_encoded(*sql.total(plan, limit))).fetchone()
        assert total == len(rows)
        return [row[1] for row in rows], plan.lead is not None


def _encoded(text, params):
    return text.encode(), params


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: f"{one.role} {one.scope or ''} {one.patient}")
def test_a_led_search_finds_the_same(database, person):
    led = 0
    for kind, text in ASKED:
        limit = restriction(person, "search", kind)
        if limit is None:
            continue
        query, issues = parse(kind, f"{text}&_count=1000")
        assert not issues
        walked, _ = found(database, limit, query, led=False)
        answer, is_led = found(database, limit, query, led=True)
        assert answer == walked, (kind, text)
        led += is_led and bool(answer)
    assert led >= 5 or person not in LED
