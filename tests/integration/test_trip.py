"""Statements that go in one round trip: their rows, the transaction around them, what stands after an error."""

import psycopg
import pytest

from yteso.db import Statement, run_together, said_by

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'YT001', DETAIL = 'seven'; END $$"


@pytest.fixture
def conn(database):
    with database.connection() as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS public.kept (n integer)")
        conn.execute("TRUNCATE public.kept")
        conn.commit()
        yield conn


def kept(database):
    with psycopg.connect(database.dsn) as other:
        return [n for (n,) in other.execute("SELECT n FROM public.kept ORDER BY n")]


def test_each_statement_has_its_rows_and_those_without_rows_have_none(conn):
    asked = [
        Statement("SELECT n, %s::text FROM generate_series(1, 2) n WHERE 5 %% 3 = 2", ["é"]),
        Statement("INSERT INTO public.kept VALUES (1)"),
        Statement("SELECT %s::bytea, %s::timestamptz", [b"\0\xff", "2026-11-26T08:00:00+07:00"], same_way=False),
    ]
    for _ in range(2):
        rows, none, ((raw, when),) = run_together(conn, asked)
        assert (rows, none, raw, when.timestamp()) == ([(1, "é"), (2, "é")], [], b"\0\xff", 1795654800.0)


def test_values_come_back_as_by_a_statement_of_its_own(conn):
    numbers = "1::smallint, 2::bigint, 1.5::float8, 1.10::numeric, ARRAY[1, 2]"
    text = f"SELECT {numbers}, true, NULL::text, now(), '{{\"a\": 1}}'::jsonb"
    assert run_together(conn, [Statement(text)]) == [conn.execute(text).fetchall()]


def test_a_transaction_begins_with_the_trip_and_ends_with_it_only_where_that_is_said(conn, database):
    run_together(conn, [Statement("INSERT INTO public.kept VALUES (1)")])
    assert kept(database) == []
    run_together(conn, [Statement("INSERT INTO public.kept VALUES (2)")], ends=True)
    assert kept(database) == [1, 2]
    assert conn.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def test_on_a_connection_that_commits_by_itself_a_trip_is_done_as_a_whole_and_leaves_nothing_open(conn, database):
    conn.set_autocommit(True)
    insert = Statement("INSERT INTO public.kept VALUES (%s)", [1])
    for ends in (False, True):
        run_together(conn, [insert, insert], ends=ends)
        assert conn.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    assert kept(database) == [1] * 4
    with pytest.raises(psycopg.errors.DivisionByZero):
        run_together(conn, [insert, Statement("SELECT 1 / %s::integer", [0])])
    with conn.transaction():
        run_together(conn, [insert])
        assert kept(database) == [1] * 4
    assert kept(database) == [1] * 5
    conn.set_autocommit(False)


def test_an_error_keeps_what_is_around_it_from_being_done(conn, database):
    insert = Statement("INSERT INTO public.kept VALUES (%s)", [3])
    with pytest.raises(psycopg.errors.DivisionByZero):
        run_together(conn, [insert, Statement("SELECT 1 / %s::integer", [0]), insert], ends=True)
    conn.rollback()
    assert kept(database) == []


def test_what_was_not_made_ready_because_of_an_error_is_made_ready_the_next_time(conn):
    fresh = Statement("SELECT %s::integer + 41", [1])
    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            run_together(conn, [Statement("SELECT 1 / %s::integer", [0]), fresh])
        conn.rollback()
    assert run_together(conn, [fresh, fresh]) == [[(42,)], [(42,)]]
    assert run_together(conn, [fresh]) == [[(42,)]]


def test_what_a_rollback_lets_the_server_forget_is_made_ready_again(conn):
    for _ in range(2):
        assert run_together(conn, [Statement("SELECT %s::integer + 1", [1])]) == [[(2,)]]
        conn.execute("SELECT 1", prepare=True)
        conn.rollback()


def test_a_connection_that_keeps_nothing_is_answered_too(database):
    with psycopg.connect(database.dsn) as other:
        for _ in range(2):
            assert run_together(other, [Statement("SELECT %s::integer + 1", [1])]) == [[(2,)]]
            other.execute("SELECT 1", prepare=True)
            other.rollback()


def test_an_error_of_our_own_tells_its_detail_and_others_tell_none(conn):
    with pytest.raises(psycopg.Error) as raised:
        run_together(conn, [Statement(RAISE)])
    assert said_by(raised.value, "YT001") == "seven"
    assert said_by(raised.value, "YT002") is None
    assert said_by(ValueError(), "YT001") is None


def test_a_connection_that_broke_is_closed(conn, database):
    with psycopg.connect(database.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [conn.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        run_together(conn, [Statement("SELECT 1")])
    assert conn.closed


def test_an_interrupted_trip_leaves_no_connection_for_others(conn):
    with pytest.raises(psycopg.ProgrammingError):
        run_together(conn, [Statement("SELECT %s", [object()])])
    assert conn.closed
