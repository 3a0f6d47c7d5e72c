"""Ids stand in keys by their number: the wide layout becomes the narrow one, and no id hides another."""

import pytest
from tests.integration.store.earlier import as_before
from tests.integration.store.test_store_search_parameters import found, quick, run  # noqa: F401 - a fixture too

from yteso.access.restriction import EVERYTHING
from yteso.base.errors import Refused
from yteso.base.ids import hid_of, random_id, shard_of
from yteso.db import Database
from yteso.db.migrate import migrate
from yteso.fhir.json import dumps
from yteso.ops.compose import ROOMS
from yteso.search.keys import number
from yteso.search.parse import parse
from yteso.store.codec import Codec
from yteso.store.protocol import Put
from yteso.store.rows import index_of, row_of

PEOPLE = [
    {"resourceType": "Patient", "id": f"p{n}", "name": [{"text": f"Lê Văn Thử {n}"}], "birthDate": "1990-01-02"}
    for n in range(5)
]


def write_wide(conn, resource):
    """A resource as the layout before had it."""
    row = row_of(resource)
    index = index_of(row)
    conn.execute(
        "INSERT INTO store.resource (shard, type, id, ver, t, ts, pat, code, d_lo, d_hi, tok, hash, dict, body)"
        " VALUES (%s, %s, %s, 1, store.present_t(), now(), %s, NULL, %s, %s, %s, %s, 0, %s)",
        (
            *row.key,
            number(index.pat),
            index.d_lo,
            index.d_hi,
            [number(key) for key in {*index.tok, *index.mark}],
            row.hash,
            Codec().pack("Patient", resource["id"], 0, row.text, row.offset),
        ),
    )
    for n, (key, text, at) in enumerate(index.strings):
        conn.execute(
            "INSERT INTO store.string VALUES (%s, %s, %s, %s, %s, %s, %s)", (*row.key, n, number(key), text, at)
        )


@pytest.fixture
def wide_url(empty_database_url, tmp_path):
    """A database as it was before the narrow layout."""
    return as_before(50, empty_database_url, tmp_path)


def test_what_was_stored_before_is_read_found_and_indexed_anew(wide_url, store, administrator):
    database = Database(wide_url).open()
    with database.connection() as conn:
        for person in PEOPLE:
            write_wide(conn, person)
    migrate(wide_url, ROOMS)
    with database.connection() as conn:
        read = store.read(conn, administrator, EVERYTHING, "Patient", "p3")
        assert '"id":"p3"' in read.body.decode()
    assert found(database, store, "name=van") == {person["id"] for person in PEOPLE}
    assert found(database, store, "_id=p1,p2") == {"p1", "p2"}
    run(database, store, "*")
    assert found(database, store, "birthdate:missing=false") == {person["id"] for person in PEOPLE}
    assert found(database, store, "gender:missing=true") == {person["id"] for person in PEOPLE}
    with database.connection() as conn:
        store.write(conn, administrator, [Put({**PEOPLE[0], "name": [{"text": "Trần Thử"}]})])
    assert found(database, store, "name=van") == {"p1", "p2", "p3", "p4"}
    assert found(database, store, "name=tran") == {"p0"}
    database.close()


def test_the_database_makes_the_same_number_of_an_id(database):
    with database.connection() as conn:
        for name in ("p", "0b1d8e2c-0000-8000-8000-000000000000", "A.b-9" * 12):
            assert conn.execute("SELECT store.hid(%s)", [name]).fetchone() == (number(hid_of(name)),)


def test_an_id_is_read_as_it_was_given_whether_it_is_kept_as_a_uuid_or_as_text(database, store, administrator):
    uuid = random_id()
    ids = [uuid, uuid.upper(), uuid.replace("-", ""), f"{uuid}0", "-", "a" * 64, "0b1d8e2c-0000-0000-0000-000000000000"]
    with database.connection() as conn:
        store.write(conn, administrator, [Put({**PEOPLE[0], "id": one}) for one in ids])
        kept = conn.execute("SELECT id FROM store.resource WHERE uid IS NOT NULL").fetchall()
        assert {one for (one,) in kept} == {ids[0], ids[-1]}
        for one in ids:
            assert store.read(conn, administrator, EVERYTHING, "Patient", one).id == one
    for text, order in (("_sort=_id", sorted(ids)), ("_sort=-_id", sorted(ids, reverse=True))):
        query, issues = parse("Patient", text)
        assert not issues
        with database.connection() as conn:
            assert [one.id for one in store.search(conn, administrator, EVERYTHING, query).matches] == order
    assert found(database, store, f"_id={uuid},{uuid.upper()}") == {uuid, uuid.upper()}


def test_an_id_with_the_number_of_another_one_is_refused_and_neither_reads_nor_overwrites_it(
    database, store, administrator
):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(PEOPLE[0])])
        conn.execute(
            "UPDATE store.resource SET hid = store.hid('other'), shard = %s WHERE id = 'p0'", [shard_of("other")]
        )
    with database.connection() as conn:
        assert store.read(conn, administrator, EVERYTHING, "Patient", "other") is None
        with pytest.raises(Refused) as refused:
            store.write(conn, administrator, [Put({"resourceType": "Patient", "id": "other"})])
        assert [issue.code for issue in refused.value.issues] == ["FHIR-0303"]
    assert found(database, store, "_id=other") == set()


def test_marks_answer_missing_and_a_system_alone_and_stay_out_of_the_index_of_tokens(database, store, administrator):
    person = {**PEOPLE[0], "identifier": [{"system": "http://s", "value": "1"}], "gender": "female"}
    with database.connection() as conn:
        store.write(conn, administrator, [Put(person), Put(PEOPLE[1])])
    assert found(database, store, "gender:missing=false") == {"p0"}
    assert found(database, store, "gender:missing=true") == {"p1"}
    assert found(database, store, "identifier=http://s|") == {"p0"}
    assert found(database, store, "identifier=http://s|,http://t|9") == {"p0"}
    assert found(database, store, "identifier:not=http://s|") == {"p1"}
    assert found(database, store, "identifier=http://t|") == set()
    index = index_of(row_of(person, dumps(person)))
    assert not set(index.tok) & set(index.mark)
