"""No audit, no access; and whoever tampers with the audit is found."""

import re
import threading
from hashlib import blake2b

import pytest

from yteso.access.restriction import EVERYTHING
from yteso.search.parse import parse
from yteso.search.written import LONGEST
from yteso.store import audit
from yteso.store.protocol import AuditNote, Put
from yteso.store.verify import verify_chains, verify_versions

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"text": "Trần Văn Giả"}]}
VISIT = {"resourceType": "Encounter", "id": "e1", "status": "finished", "subject": {"reference": "Patient/p1"}}


def test_every_access_to_a_patient_is_in_the_patients_list(database, store, administrator):
    with database.connection() as conn:
        store.write(conn, administrator, [Put(PATIENT), Put(VISIT)], "from a file")
        store.read(conn, administrator, EVERYTHING, "Encounter", "e1")
        store.read_version(conn, administrator, EVERYTHING, "Encounter", "e1", 1)
        store.history(conn, administrator, EVERYTHING, "Patient", "p1")
        store.search(conn, administrator, EVERYTHING, parse("Patient", "name=tran")[0])
        audit.add_note(conn, administrator, AuditNote("E", "export", ("p1",)), "$export")
        found = audit.accesses(conn, "p1")
    assert [(one.action, one.what.partition("?")[0]) for one in found] == [
        ("E", "$export"),
        ("R", "Patient"),
        ("R", "Patient/p1/_history"),
        ("R", "Encounter/e1/_history/1"),
        ("R", "Encounter/e1"),
        ("C", "2 resources"),
    ]
    assert {one.who for one in found} == {"quan-tri"}
    assert found[-1].detail == "from a file"


def test_the_audit_of_a_search_holds_its_text_cut_short(database, store, administrator):
    many = ",".join(f"p-{n}" for n in range(900))
    asked = "_id=a&_has:Condition:patient:_id=b&_sort=-birthdate&_include=Patient:organization"
    with database.connection() as conn:
        for query in (asked, f"_id={many}"):
            store.search(conn, administrator, EVERYTHING, parse("Patient", query)[0])
        rows = [row[0] for row in conn.execute("SELECT detail FROM store.audit ORDER BY ts")]
    assert rows[0] == asked
    assert len(rows[1]) == LONGEST
    assert rows[1].endswith("…")


def test_the_row_of_a_search_proves_what_was_given_in_which_version_and_order(database, store, administrator):
    def digest(*names):
        return blake2b("".join(f"{name}\n" for name in names).encode(), digest_size=16).digest()

    with database.connection() as conn:
        store.write(conn, administrator, [Put(PATIENT), Put(VISIT)])
        store.write(conn, administrator, [Put({**PATIENT, "active": True})])
    with database.connection() as conn:
        for query in ("_include=Encounter:subject", "_id=nobody"):
            store.search(conn, administrator, EVERYTHING, parse("Encounter", query)[0])
        store.history(conn, administrator, EVERYTHING, "Patient", "p1")
        store.read_many(conn, administrator, EVERYTHING, [("Patient", "p1")])
        store.newest(conn, administrator, EVERYTHING, "p1", ["Encounter"], 5)
        given = [one.given for one in audit.find(conn, audit.Asked(action="R,E"))]
        assert verify_chains(conn) is None
        assert verify_versions(conn, store.codec(conn)) is None
    assert given[::-1] == [
        digest("Encounter/e1/1", "Patient/p1/2"),
        digest(),
        digest("Patient/p1/2", "Patient/p1/1"),
        digest("Patient/p1/2"),
        digest("Encounter/e1/1"),
    ]


def write_some(database, store, administrator, name, count=5):
    for n in range(count):
        with database.connection() as conn:
            store.write(conn, administrator, [Put({**PATIENT, "id": f"{name}-{n}"})])


def test_an_untouched_chain_is_whole(database, store, administrator):
    with database.connection() as conn:
        assert verify_chains(conn) is None
    threads = [threading.Thread(target=write_some, args=(database, store, administrator, f"p{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.connection() as conn:
        assert verify_chains(conn) is None
        assert conn.execute("SELECT sum(n) FROM store.lane").fetchone() == (20,)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE {table} SET who = 'somebody else' WHERE n = 3",
        "UPDATE {table} SET pats = '{{}}' WHERE n = 3",
        "UPDATE {table} SET ts = ts + interval '1 second' WHERE n = 3",
        "DELETE FROM {table} WHERE n = 3",
        "DELETE FROM {table} WHERE n = 5",
        "INSERT INTO {table} SELECT shard, 6, ts, t, who, '', '', '', 'R', '', '', pats, hash FROM {table} WHERE n = 5",
    ],
)
def test_tampering_is_found_with_its_place(database, store, administrator, tampering):
    with database.connection() as conn:
        for n in range(5):
            store.write(conn, administrator, [Put({**PATIENT, "id": f"p{n}"})])
        (table,) = conn.execute("SELECT DISTINCT tableoid::regclass::text FROM store.audit").fetchone()
        (lane,) = conn.execute("SELECT DISTINCT shard FROM store.audit").fetchone()
    with database.connection() as conn:
        conn.execute(tampering.format(table=table))
        bad = verify_chains(conn)
    assert bad is not None
    assert bad.lane == lane
    assert bad.n in (3, 5, 6)


def test_the_audit_table_refuses_changes(database, store, administrator):
    write_some(database, store, administrator, "p", 1)
    for statement in ("UPDATE store.audit SET who = ''", "DELETE FROM store.audit", "TRUNCATE store.audit"):
        with pytest.raises(Exception, match="never changed"), database.connection() as conn:
            conn.execute(statement)


def test_audit_and_history_have_partitions_for_the_months_to_come(database, store):
    with database.connection() as conn:
        store.maintain(conn)
        names = [row[0] for row in conn.execute("SELECT inhrelid::regclass::text FROM pg_inherits")]
    for parent in ("audit", "history"):
        assert len([name for name in names if re.fullmatch(rf"store\.{parent}_\d{{4}}_\d\d", name)]) == 4
        assert f"store.{parent}_default" in names


def test_rows_of_a_month_without_partition_move_into_it_when_it_comes(database, store, administrator):
    with database.connection() as conn:
        for parent in ("audit", "history"):
            for (child,) in conn.execute(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", (f"store.{parent}",)
            ).fetchall():
                if not child.endswith("default"):
                    conn.execute(f"DROP TABLE {child}")
    with database.connection() as conn:
        store.write(conn, administrator, [Put(PATIENT)])
        store.write(conn, administrator, [Put({**PATIENT, "gender": "male"})])
        assert conn.execute("SELECT count(*) FROM store.audit_default").fetchone() == (2,)
    with database.connection() as conn:
        store.maintain(conn)
        counts = "SELECT (SELECT count(*) FROM store.{0}), (SELECT count(*) FROM store.{0}_default)"
        assert conn.execute(counts.format("audit")).fetchone() == (2, 0)
        assert conn.execute(counts.format("history")).fetchone() == (1, 0)
        assert verify_chains(conn) is None
