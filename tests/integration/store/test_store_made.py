"""Rows made while the document was at hand, as an import makes them, are the rows a write makes of the document."""

from tests.acceptance.matrix.world import TARGETS, consents, relations, resources

from yteso.store.protocol import Made, Put
from yteso.store.rows import index_of, row_of

TABLES = {
    "resource": "shard, type, id, hid, ver, pat, code, d_lo, d_hi, tok, hash, dict, body, label, maker, amount, unit,"
    " bare, (SELECT marks FROM store.shape s WHERE s.shape = resource.shape)",
    "string": "shard, type, hid, key, val, at",
    "moment": "shard, type, hid, key, lo, hi",
    "number": "shard, type, hid, key, lo, hi, unit, bare, code, coded",
    "care": "shard, pat, facility, hid",
    "relation": "shard, type, id, pat, holder, kind, since, until",
    "consent_rule": "shard, id, n, pat, permit, facility, account, role, purpose, type, label, maker, lo, hi,"
    " since, until",
}


PRESSURE = {
    "resourceType": "Observation",
    "id": "pressure",
    "status": "final",
    "subject": {"reference": "Patient/p-own"},
    "component": [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
        }
        for code, value in (("8480-6", 120), ("8462-4", 80))
    ],
}


def made(resource):
    row = row_of(resource)
    one = Made(row, index_of(row))
    row.document = None
    return one


def everything():
    world = [one for target in TARGETS for one in resources(target)]
    return [*world, *relations(), *consents(), PRESSURE]


def rows(database, store, who, changes):
    """What such a write leaves in every table, and what it says of each; it is undone."""
    with database.connection() as conn, conn.transaction(force_rollback=True):
        written = store.write(conn, who, changes).written
        found = {
            name: sorted(text for (text,) in conn.execute(f"SELECT ROW({columns})::text FROM store.{name}"))
            for name, columns in TABLES.items()
        }
        return found, [(one.type, one.id, one.version, one.status, one.text) for one in written]


def test_a_row_made_before_is_the_row_of_its_document(database, store, administrator):
    documents, rows_made = [
        rows(database, store, administrator, [kind(one) for one in everything()]) for kind in (Put, made)
    ]
    assert rows_made == documents
    assert all(documents[0].values()), "every table has rows to compare"
