"""Jobs: part of the caller's transaction, coalesced by their queueing lock, rescued from killed workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from yteso.base.errors import Refused, YtesoError
from yteso.db import Database
from yteso.jobs import Task, Worker, enqueue


def states(database: Database) -> list[tuple[str, str]]:
    with database.connection() as conn:
        return conn.execute("SELECT task_name, status::text FROM jobs.procrastinate_jobs ORDER BY id").fetchall()


def test_a_rolled_back_transaction_takes_its_job_with_it(database: Database) -> None:
    with database.connection() as conn:
        enqueue(conn, "walk", file="a")
        conn.rollback()
    assert states(database) == []


def test_a_taken_queueing_lock_is_no_error_and_leaves_the_transaction_usable(database: Database) -> None:
    with database.connection() as conn:
        assert enqueue(conn, "drain", queueing_lock="drain") is not None
    with database.connection() as conn:
        assert enqueue(conn, "drain", queueing_lock="drain") is None
        conn.execute("CREATE TABLE still_usable ()")
    assert states(database) == [("drain", "todo")]


def test_two_open_transactions_with_one_queueing_lock_do_not_wait_for_each_other(database: Database) -> None:
    with database.connection() as first, database.connection() as second:
        second.execute("SET LOCAL statement_timeout = '20s'")
        assert enqueue(first, "drain", queueing_lock="drain") is not None
        assert enqueue(second, "drain", queueing_lock="drain") is None
    assert states(database) == [("drain", "todo")]


def test_a_taken_queueing_lock_costs_little_more_than_asking_for_nothing(database: Database) -> None:
    """The least of many: whatever else the machine does falls between some of them, not between all."""
    with database.connection() as conn:
        enqueue(conn, "drain", queueing_lock="drain")
    with database.connection() as conn:
        nothing = _least(lambda: conn.execute("SELECT 1").fetchone())
        assert _least(lambda: enqueue(conn, "drain", queueing_lock="drain")) < 4 * nothing


def _least(act: Callable[[], object]) -> float:
    times = []
    for _ in range(300):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return min(times)


def test_a_job_runs_with_its_arguments_and_is_gone_afterwards(database: Database) -> None:
    seen: list[dict[str, object]] = []
    with database.connection() as conn:
        enqueue(conn, "walk", file="a", n=3)
    worker = Worker(database, [Task("walk", lambda **args: seen.append(args))])
    assert worker.run_one()
    assert not worker.run_one()
    assert seen == [{"file": "a", "n": 3}]
    assert states(database) == []


def test_a_permanent_error_is_not_tried_again_and_a_passing_one_is(database: Database) -> None:
    class Passing(YtesoError):
        """The far end is down."""

    def refuse() -> None:
        raise Refused

    def stumble() -> None:
        raise Passing

    with database.connection() as conn:
        enqueue(conn, "refuse")
        enqueue(conn, "stumble")
    worker = Worker(database, [Task("refuse", refuse), Task("stumble", stumble)])
    while worker.run_one():
        pass
    assert states(database) == [("refuse", "failed"), ("stumble", "todo")]


def test_an_unknown_task_fails_and_stays_visible(database: Database) -> None:
    with database.connection() as conn:
        enqueue(conn, "nobody")
    assert Worker(database, []).run_one()
    assert states(database) == [("nobody", "failed")]


def test_a_failing_job_ends_when_an_equal_one_already_waits(database: Database) -> None:
    def enqueue_again_and_fail() -> None:
        with database.connection() as conn:
            assert enqueue(conn, "drain", queueing_lock="drain") is not None
        raise YtesoError

    with database.connection() as conn:
        enqueue(conn, "drain", queueing_lock="drain")
    Worker(database, [Task("drain", enqueue_again_and_fail)]).run_one()
    assert states(database) == [("drain", "todo")]


def test_the_job_of_a_killed_worker_is_given_to_another(database: Database, database_url: str) -> None:
    with database.connection() as conn:
        enqueue(conn, "walk", file="a")
    code = (
        "import sys, time, threading; from yteso.db import Database; from yteso.jobs import Task, Worker;"
        "database = Database(sys.argv[1]).open();"
        "Worker(database, [Task('walk', lambda **args: time.sleep(600))]).run(threading.Event())"
    )
    child = subprocess.Popen([sys.executable, "-c", code, database_url])
    await_states(database, [("walk", "doing")])
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    done = threading.Event()
    stop = threading.Event()
    rescuer = Worker(database, [Task("walk", lambda **args: done.set())], stalled=timedelta(seconds=1))
    thread = threading.Thread(target=rescuer.run, args=(stop,))
    thread.start()
    try:
        assert done.wait(30)
        await_states(database, [])
    finally:
        stop.set()
        thread.join(30)


def test_a_waiting_worker_starts_a_new_job_at_once(database: Database) -> None:
    done = threading.Event()
    stop = threading.Event()
    worker = Worker(database, [Task("walk", lambda: done.set())], poll_seconds=60.0)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        time.sleep(0.5)
        with database.connection() as conn:
            enqueue(conn, "walk")
        assert done.wait(30)
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def await_states(database: Database, wanted: list[tuple[str, str]]) -> None:
    deadline = time.monotonic() + 30
    while states(database) != wanted:
        assert time.monotonic() < deadline, states(database)
        time.sleep(0.02)
