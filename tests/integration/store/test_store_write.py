"""What `store.write` promises: versions, nothing for nothing, conflicts, tombstones, all or nothing."""

import threading
from decimal import Decimal

import pytest

from yteso.access.restriction import EVERYTHING
from yteso.base.errors import Refused
from yteso.db import is_conflict
from yteso.fhir.json import content_hash, loads
from yteso.store import dictionaries
from yteso.store.codec import canonical
from yteso.store.dictionaries import add_dictionary, train
from yteso.store.protocol import Put, Remove, VersionConflict


def patient(id="p1", **more):
    return {"resourceType": "Patient", "id": id, "name": [{"text": "Nguyễn Thị Thử"}], **more}


def statuses(transaction):
    return [(one.status, one.version) for one in transaction.written]


def test_a_resource_is_created_updated_unchanged_and_read_back(database, store, administrator):
    with database.connection() as conn:
        first = store.write(conn, administrator, [Put(patient())])
    with database.connection() as conn:
        same = store.write(conn, administrator, [Put(patient(meta={"versionId": "9"}))])
        second = store.write(conn, administrator, [Put(patient(gender="female"))])
        found = store.read(conn, administrator, EVERYTHING, "Patient", "p1")
        old = store.read_version(conn, administrator, EVERYTHING, "Patient", "p1", 1)
    assert statuses(first) == [("created", 1)]
    assert statuses(same) == [("unchanged", 1)]
    assert same.t == 0
    assert same.written[0].updated == first.written[0].updated
    assert statuses(second) == [("updated", 2)]
    assert second.t > first.t
    assert loads(found.body)["gender"] == "female"
    assert loads(found.body)["meta"]["versionId"] == "2"
    assert "gender" not in loads(old.body)
    assert (old.version, old.t) == (1, first.t)


def test_an_unchanged_write_leaves_no_trace(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient())])
    count = "SELECT (SELECT count(*) FROM store.audit), (SELECT count(*) FROM store.history)"
    with database.connection() as conn:
        before = conn.execute(count).fetchone()
        store.write(conn, administrator, [Put(patient())])
        assert conn.execute(count).fetchone() == before


def test_the_body_is_the_exact_document(database, store, administrator):
    document = {
        "resourceType": "Observation",
        "id": "o1",
        "meta": {"source": "s"},
        "zeta": Decimal("1.00"),
        "alpha": [Decimal("0.10"), -5, "đ", None, {"b": True, "a": False}],
        "div": "x" * 200_000,
    }
    with database.connection() as conn:
        store.write(conn, administrator, [Put(document)])
        body = store.read(conn, administrator, EVERYTHING, "Observation", "o1").body
    assert b'"zeta":1.00,"alpha":[0.10,-5,"\xc4\x91",null,{"b":true,"a":false}]' in body
    read = loads(body)
    assert list(read) == list(document)
    read["meta"] = {"source": read["meta"]["source"]}
    assert read == document


def test_a_deleted_resource_is_a_tombstone_and_its_versions_go_on(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient())])
        gone = store.write(conn, administrator, [Remove("Patient", "p1")])
        again = store.write(conn, administrator, [Remove("Patient", "p1"), Remove("Patient", "never")])
        tomb = store.read(conn, administrator, EVERYTHING, "Patient", "p1")
        back = store.write(conn, administrator, [Put(patient(), expected=0)])
        history = store.history(conn, administrator, EVERYTHING, "Patient", "p1").matches
    assert statuses(gone) == [("deleted", 2)]
    assert statuses(again) == [("absent", 2), ("absent", 0)]
    assert (tomb.deleted, tomb.body, tomb.version) == (True, b"", 2)
    assert statuses(back) == [("created", 3)]
    assert [(one.version, one.deleted) for one in history] == [(3, False), (2, True), (1, False)]


@pytest.mark.parametrize("expected", [0, 2, 7])
def test_a_version_that_is_not_there_is_a_conflict(database, store, administrator, expected):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient())])
    with pytest.raises(VersionConflict), database.connection() as conn:
        store.write(conn, administrator, [Put(patient(gender="male"), expected=expected)])
    with pytest.raises(VersionConflict), database.connection() as conn:
        store.write(conn, administrator, [Remove("Patient", "p1", expected=expected)])


def test_a_conflict_in_one_change_undoes_the_others(database, store, administrator):
    with pytest.raises(VersionConflict), database.connection() as conn:
        store.write(conn, administrator, [Put(patient("p1")), Put(patient("p2"), expected=4)])
    with database.connection() as conn:
        assert store.peek(conn, [("Patient", "p1"), ("Patient", "p2")]) == {}
        assert conn.execute("SELECT count(*) FROM store.audit").fetchone() == (0,)


def test_a_rollback_leaves_nothing(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient(birthDate="1980")), Put({"resourceType": "Basic", "id": "b"})])
        conn.rollback()
    tables = ("resource", "history", "string", "moment", "number", "care", "audit")
    with database.connection() as conn:
        for table in tables:
            assert conn.execute(f"SELECT count(*) FROM store.{table}").fetchone() == (0,), table
        assert conn.execute("SELECT max(n) FROM store.lane").fetchone() == (0,)


def race(database, store, administrator, puts):
    """Run the puts at once, each in its own transaction, and give back what became of each."""
    barrier = threading.Barrier(len(puts))
    outcomes = [None] * len(puts)

    def run(at):
        try:
            with database.connection() as conn:
                barrier.wait()
                outcomes[at] = store.write(conn, administrator, [puts[at]]).written[0].status
        except Exception as error:
            outcomes[at] = "conflict" if isinstance(error, VersionConflict) or is_conflict(error) else repr(error)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(puts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_writers_with_the_same_expectation_one_wins(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient())])
    for version in range(1, 6):
        puts = [Put(patient(gender=f"g{version}{n}"), expected=version) for n in range(3)]
        assert race(database, store, administrator, puts) == ["conflict", "conflict", "updated"]


def test_of_two_first_writers_one_wins_and_the_other_is_told(database, store, administrator):
    for n in range(5):
        puts = [Put(patient(f"new{n}", gender=f"g{m}"), expected=0) for m in range(3)]
        assert race(database, store, administrator, puts) == ["conflict", "conflict", "created"]


def test_writers_without_expectation_follow_each_other(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(patient())])
    puts = [Put(patient(gender=f"g{n}")) for n in range(4)]
    assert race(database, store, administrator, puts) == ["updated"] * 4
    with database.connection() as conn:
        versions = [one.version for one in store.history(conn, administrator, EVERYTHING, "Patient", "p1").matches]
    assert versions == [5, 4, 3, 2, 1]


def test_of_several_changes_to_one_resource_the_last_counts(database, store, administrator):
    with database.connection() as conn:
        done = store.write(conn, administrator, [Put(patient(gender="male")), Put(patient(gender="female"))])
        body = store.read(conn, administrator, EVERYTHING, "Patient", "p1").body
    assert statuses(done) == [("created", 1), ("created", 1)]
    assert loads(body)["gender"] == "female"


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ({"resourceType": "Shoe", "id": "x"}, "FHIR-0301"),
        ({"id": "x"}, "FHIR-0301"),
        ({"resourceType": "Patient"}, "FHIR-0302"),
        ({"resourceType": "Patient", "id": "a b"}, "FHIR-0302"),
        ({"resourceType": "Patient", "id": "x" * 65}, "FHIR-0302"),
        ({"resourceType": "Patient", "id": 5}, "FHIR-0302"),
    ],
)
def test_a_resource_without_a_type_or_id_is_refused(database, store, administrator, resource, code):
    with database.connection() as conn, pytest.raises(Refused, match=code):
        store.write(conn, administrator, [Put(resource)])


def test_old_index_entries_go_with_the_old_version(database, store, administrator):
    old = {
        "resourceType": "Observation",
        "id": "o1",
        "code": {"coding": [{"code": "1"}, {"code": "2"}]},
        "valueQuantity": {"value": 5},
        "valueString": "cũ",
    }
    new = {"resourceType": "Observation", "id": "o1", "code": {"coding": [{"code": "3"}]}}
    with database.connection() as conn:
        store.write(conn, administrator, [Put(old)])
        store.write(conn, administrator, [Put(new)])
        for table in ("string", "moment", "number"):
            assert conn.execute(f"SELECT count(*) FROM store.{table}").fetchone() == (0,), table


def test_a_row_with_the_whole_hash_of_an_earlier_release_is_still_known_to_be_the_same(database, store, administrator):
    one = patient("p1", gender="female")
    with database.connection() as conn:
        store.write(conn, administrator, [Put(one)])
        assert conn.execute("SELECT length(hash) FROM store.resource").fetchone() == (8,)
        conn.execute("UPDATE store.resource SET hash = %s", (content_hash(canonical(one)[0]),))
        assert store.write(conn, administrator, [Put(one)]).written[0].status == "unchanged"
        assert store.write(conn, administrator, [Put(patient("p1"))]).written[0].status == "updated"


def test_a_dictionary_trained_on_the_rows_serves_new_rows_and_old_rows_stay_readable(database, store, administrator):
    rows = [
        Put(patient(f"p{n}", birthDate=f"19{n % 90 + 10}-01-01", gender="male" if n % 2 else "female"))
        for n in range(900)
    ]
    with database.connection() as conn:
        store.write(conn, administrator, rows)
        before = store.codec(conn).dictionary_of("Patient")
        number = train(conn, store.codec(conn))
        assert number >= 100
        assert train(conn, store.codec(conn)) == number
        store.maintain(conn)
        store.write(conn, administrator, [Put(patient("late"))])
        used = {row[0] for row in conn.execute("SELECT DISTINCT dict FROM store.resource")}
        assert before in used
        assert used - {before} == {store.codec(conn).dictionary_of("Patient")}
        for one in ("p0", "p899", "late"):
            assert loads(store.read(conn, administrator, EVERYTHING, "Patient", one).body)["id"] == one


def test_a_site_gets_its_own_dictionaries_by_itself_once_there_is_enough_to_learn_from(
    database, store, administrator, monkeypatch
):
    monkeypatch.setattr(dictionaries, "SAMPLES", 800)
    with database.connection() as conn:
        store.learn(conn)
        assert store.codec(conn).dictionary_of("Patient") < dictionaries.FIRST_OWN
        rows = [Put(patient(f"p{n}", birthDate=f"19{n % 90 + 10}-01-01")) for n in range(900)]
        store.write(conn, administrator, rows)
        conn.execute("ANALYZE store.resource")
        store.learn(conn)
        first = store.codec(conn).dictionary_of("Patient")
        assert first >= dictionaries.FIRST_OWN
        store.learn(conn)
        assert store.codec(conn).dictionary_of("Patient") == first


def test_a_dictionary_is_never_changed_or_removed(database, store, administrator):
    with database.connection() as conn:
        add_dictionary(conn, b"words")
    for statement in (
        "UPDATE store.dictionary SET content = ''",
        "DELETE FROM store.dictionary",
        "TRUNCATE store.dictionary",
    ):
        with pytest.raises(Exception, match="never changed"), database.connection() as conn:
            conn.execute(statement)
