"""Rows that are written together share a link: each is still bound, the first bad one named; rows from before too."""

import threading
from pathlib import Path

import pytest

import yteso.store
from yteso.access.principal import Principal, Role
from yteso.store import audit
from yteso.store.audit import REFUSED, Note
from yteso.store.verify import BadPlace, verify_chains

MIGRATIONS = Path(yteso.store.__file__).with_name("migrations")
DOCTOR = Principal('ông "Giả" \\ \t\x7f', Role.DOCTOR, "79001")
APP = Principal("Giả", Role.CITIZEN, person="p0", client="sổ-sức-khỏe")
LOCK = 730498125
BATCH = [
    Note(DOCTOR, "R", "Patient?1", "name=giả", [3, -7, 3]),
    Note(APP, "R", "Patient?2", "", []),
    Note(DOCTOR, "R", "Patient?3", "x", [9], content=b"0123456789abcdef"),
    Note(APP, "R", "Patient?4", "AUTH-0102", [], outcome=REFUSED),
    Note(APP, "R", "Patient?5", "", [5], content=bytes(range(200, 216))),
]


@pytest.fixture
def batches(database):
    """Two batches and a row alone in one lane; the number of rows before the second batch."""
    with database.connection() as conn:
        audit.write_notes(conn, BATCH[:3])
        audit.write_notes(conn, BATCH)
        audit.write_notes(conn, BATCH[:1])
    return database, 3


def lane_of(conn):
    ((lane, table),) = conn.execute("SELECT DISTINCT shard, tableoid::regclass::text FROM store.audit").fetchall()
    return lane, table


def test_a_batch_has_one_link_and_every_row_a_leaf_but_the_last(batches):
    database, _ = batches
    with database.connection() as conn:
        hashes = [len(row[0]) for row in conn.execute("SELECT hash FROM store.audit ORDER BY n")]
        assert hashes == [16, 16, 32, 16, 16, 16, 16, 32, 32]
        assert verify_chains(conn) is None
        assert conn.execute("SELECT sum(n) FROM store.lane").fetchone() == (9,)


@pytest.mark.parametrize("row", range(1, 6))
@pytest.mark.parametrize(
    "change",
    [
        "who = who || 'x'",
        "what = 'y'",
        "pats = pats || 8::bigint",
        "content = '\\x00'",
        "outcome = CASE WHEN outcome IS NULL THEN '4'::\"char\" END",
        "ts = ts + interval '1 microsecond'",
        "t = t + 1",
        "hash = substr(sha256(hash), 1, length(hash))",
    ],
)
def test_the_first_changed_row_of_a_batch_is_named(batches, row, change):
    database, before = batches
    with database.connection() as conn:
        lane, table = lane_of(conn)
        conn.execute(f"UPDATE {table} SET {change} WHERE n = {before + row}")
        conn.execute(f"UPDATE {table} SET who = 'later' WHERE n = {before + 6}")
        assert verify_chains(conn) == BadPlace("row", lane, before + row)
        conn.rollback()


COLUMNS = "ts, t, who, role, facility, purpose, action, what, detail, pats, hash, outcome, client, behalf, content"


@pytest.mark.parametrize(
    ("first", "tampering"),
    [
        (5, ["SET n = n + 100 WHERE n IN (5, 6)", "SET n = 111 - n WHERE n > 100"]),
        (5, ["DELETE WHERE n = 5", "SET n = n + 100 WHERE n > 5", "SET n = n - 101 WHERE n > 100"]),
        (5, ["SET n = n + 100 WHERE n > 4", "SET n = n - 99 WHERE n > 100", "COPY 4 AS 5"]),
        (5, ["SET hash = sha256(hash) WHERE n = 5"]),
        (3, ["SET hash = substr(hash, 1, 16) WHERE n = 3"]),
    ],
    ids=["swapped", "removed", "added", "parted", "joined"],
)
def test_rows_of_a_batch_cannot_change_places_leave_it_or_join_it(batches, first, tampering):
    database, _ = batches
    with database.connection() as conn:
        lane, table = lane_of(conn)
        for one in tampering:
            if one.startswith("COPY"):
                conn.execute(f"INSERT INTO {table} SELECT shard, 5, {COLUMNS} FROM {table} WHERE n = 4")
            else:
                conn.execute(one.replace("SET", f"UPDATE {table} SET").replace("DELETE", f"DELETE FROM {table}"))
        assert verify_chains(conn) == BadPlace("row", lane, first)
        conn.rollback()


def test_a_batch_whose_last_rows_were_taken_away_has_no_end(batches):
    database, _ = batches
    with database.connection() as conn:
        lane, table = lane_of(conn)
        conn.execute(f"DELETE FROM {table} WHERE n > 6")
        conn.execute("UPDATE store.lane SET n = 6 WHERE shard = %s", (lane,))
        assert verify_chains(conn) == BadPlace("end", lane, 7)
        conn.rollback()


def test_rows_from_before_stay_as_true_as_they_were(database):
    with database.connection() as conn:
        conn.execute((MIGRATIONS / "0171_pre_glass_and_given.sql").read_bytes())
        audit.write_notes(conn, BATCH)
        conn.execute((MIGRATIONS / "0200_pre_one_link_for_a_batch.sql").read_bytes())
        audit.write_notes(conn, BATCH)
    with database.connection() as conn:
        hashes = [len(row[0]) for row in conn.execute("SELECT hash FROM store.audit ORDER BY n")]
        assert hashes == [32] * 5 + [16] * 4 + [32]
        assert verify_chains(conn) is None
        lane, table = lane_of(conn)
        for n in range(1, 11):
            with conn.transaction(force_rollback=True):
                conn.execute(f"UPDATE {table} SET detail = 'other' WHERE n = {n}")
                assert verify_chains(conn) == BadPlace("row", lane, n)


def test_who_finds_the_lane_taken_writes_in_another_and_waits_only_when_all_are(database):
    with database.connection() as holder, database.connection() as conn:
        own = conn.info.backend_pid % 64
        holder.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK, own))
        audit.write_notes(conn, BATCH)
        assert lane_of(conn)[0] == (own + 1) % 64
    done = threading.Event()

    def write():
        with database.connection() as conn:
            audit.write_notes(conn, BATCH[:1])
        done.set()

    with database.connection() as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s, lane) FROM generate_series(0, 63) lane", (LOCK,))
        thread = threading.Thread(target=write)
        thread.start()
        assert not done.wait(0.3)
    thread.join()
    with database.connection() as conn:
        assert verify_chains(conn) is None
        assert conn.execute("SELECT sum(n), count(*) FILTER (WHERE n > 0) FROM store.lane").fetchone() == (6, 2)
