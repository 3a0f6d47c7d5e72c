"""What a search of who is bound to some patients looks at does not grow with the records of others.

Rows are counted as PostgreSQL counts them for the transaction, behind both walls, audit and includes with them.
"""

import pytest

from yteso.access.policy import require
from yteso.access.principal import Principal, Role
from yteso.db import Database
from yteso.search.parse import parse
from yteso.store.protocol import Put, Search

READERS = {
    "citizen": Principal("cong-dan", Role.CITIZEN, person="p0"),
    "guardian": Principal("me", Role.CITIZEN, person="mother"),
    "doctor": Principal("bac-si", Role.DOCTOR, "79001"),
}
SEEN = {"citizen": {"p0"}, "guardian": {"mother", "p1"}, "doctor": {"p0", "p2"}}
ASKED = [
    ("Observation", "_count=20"),
    ("Observation", "_sort=-date"),
    ("Observation", "_sort=_lastUpdated&_count=1"),
    ("Observation", "_total=accurate"),
    ("Observation", "_summary=count"),
    ("Observation", "status=final"),
    ("Observation", "status:not=cancelled&_sort=-date"),
    ("Observation", "date=ge2020"),
    ("Observation", "value-quantity=gt1&_sort=value-quantity"),
    ("Observation", "_filter=status eq final"),
    ("Observation", "encounter:Encounter.status=finished"),
    ("Encounter", "date=ge2020&_revinclude=Observation:encounter"),
    ("Encounter", "_include=Encounter:patient&_include=Encounter:service-provider"),
    ("Patient", "_has:Observation:patient:status=final"),
    ("Patient", "_sort=family"),
    ("Patient", "gender=female&_sort=gender"),
]
OF_A_PERSON = [
    ("Observation", "code=HGB"),
    ("Observation", "performer=Organization/org&code=HGB"),
    ("Encounter", "service-provider=Organization/org"),
    ("Patient", "name=le"),
    ("Patient", "birthdate=1980-01-01"),
    ("Organization", "_id=org&_revinclude=Encounter:service-provider"),
]
"""A person's own keys come before names and codes as well."""


def record(number, facility="79002"):
    name, subject = f"p{number}", {"reference": f"Patient/p{number}"}
    yield {
        "resourceType": "Patient",
        "id": name,
        "name": [{"family": "Lê", "given": ["Thử"]}],
        "birthDate": "1980-01-01",
        "gender": "female",
    }
    yield {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": subject,
        "period": {"start": "2024-01-01", "end": "2024-01-02"},
        "serviceProvider": {"reference": "Organization/org", "identifier": {"value": facility}},
    }
    for day in range(1, 4):
        yield {
            "resourceType": "Observation",
            "id": f"o{number}-{day}",
            "status": "final",
            "code": {"coding": [{"code": "HGB"}]},
            "subject": subject,
            "encounter": {"reference": f"Encounter/e{number}"},
            "performer": [{"reference": "Organization/org"}],
            "effectiveDateTime": f"2024-01-0{day}",
            "valueQuantity": {"value": 100 + day, "unit": "g/L"},
        }


@pytest.fixture
def walled(database_url, readers_url):
    database = Database(database_url, readers=readers_url, max_size=2).open()
    database.raise_wall()
    yield database
    database.close()


def fill(database, store, who, numbers):
    with database.connection() as conn:
        store.write(conn, who, [Put(one) for number in numbers for one in record(number)])
    with database.connection() as conn:
        conn.execute("ANALYZE")


@pytest.fixture
def world(walled, store, administrator):
    mother = {
        "resourceType": "RelatedPerson",
        "id": "r1",
        "active": True,
        "patient": {"reference": "Patient/p1"},
        "identifier": [{"system": "urn:yteso:patient", "value": "mother"}],
        "extension": [{"url": "urn:yteso:representation-evidence", "valueString": "giấy khai sinh"}],
        "relationship": [{"coding": [{"code": "MTH"}]}],
    }
    with walled.connection() as conn:
        own = [{**one, "birthDate": "2020-01-01"} for one in record(1) if one["resourceType"] == "Patient"]
        store.write(
            conn,
            administrator,
            [
                Put({"resourceType": "Organization", "id": "org", "name": "Trạm Mẫu"}),
                *(Put(one) for number in (0, 2) for one in record(number, "79001")),
                *(Put(one) for one in [*list(record(1))[1:], *own]),
                Put({"resourceType": "Patient", "id": "mother", "birthDate": "1980-01-01"}),
                Put(mother),
            ],
        )
    fill(walled, store, administrator, range(10, 310))
    return walled


_TOUCHED = (
    "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables"
    " WHERE schemaname = 'store' AND relname IN ('resource', 'string', 'moment', 'number')"
)


def touched(conn):
    """Since some moment before this transaction: of use is the difference."""
    return int(conn.execute(_TOUCHED).fetchone()[0])


def look(database, store, reader, kind, text):
    """(ids of the page and what came beside, total, rows of the record that were looked at)."""
    who = READERS[reader]
    query, issues = parse(kind, text)
    assert not issues
    limit = require(who, "search", kind)
    with database.reading() as conn:
        before = touched(conn)
        page = store.search_together(conn, [Search(who, limit, query)])[0] or store.search(conn, who, limit, query)
        rows = touched(conn) - before
    return [one.id for one in page.matches], sorted(one.id for one in page.included), page.total, rows


def owners(database, ids):
    with database.connection() as conn:
        rows = conn.execute(
            "SELECT p.id FROM store.resource r JOIN store.resource p ON p.pat = r.pat AND p.type = 103"
            " WHERE r.id = ANY(%s)",
            (list(ids),),
        )
        return {one for (one,) in rows}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_looked_at_does_not_grow_with_the_records_of_others(world, store, administrator, reader):
    asked = [*ASKED, *(OF_A_PERSON if reader != "doctor" else [])]
    before = {one: look(world, store, reader, *one) for one in asked}
    fill(world, store, administrator, range(400, 1000))
    after = {one: look(world, store, reader, *one) for one in asked}
    for one in asked:
        *answer, rows = before[one]
        assert after[one][:3] == tuple(answer), one
        assert after[one][3] <= rows + 3 < 150, one
        assert owners(world, [*answer[0], *answer[1]]) <= SEEN[reader], one
    assert len(before["Observation", "_count=20"][0]) == 3 * len(SEEN[reader] - {"mother"})


def test_who_is_bound_to_nobody_walks_over_the_rows_as_before(world, store, administrator):
    """The count tells what it should: this one grows."""
    query, _ = parse("Observation", "status:not=final")
    anybody = Principal("tich-hop", Role.INTEGRATOR)
    rights = require(anybody, "search", "Observation")
    looked_at = []
    for numbers in (range(1100, 1101), range(1200, 1300)):
        fill(world, store, administrator, numbers)
        with world.reading() as conn:
            before = touched(conn)
            store.search(conn, anybody, rights, query)
            looked_at.append(touched(conn) - before)
    assert looked_at[1] > looked_at[0] + 250
