"""Runs jobs one after the other: takes one, runs its task, notes how it ended, waits for the next. Synchronous.

Uses procrastinate's tables and functions. A heartbeat thread tells the others that this worker lives; each worker now
and then looks for jobs of workers that stopped beating (killed, lost) and gives them back. A job may therefore run
more than once: tasks must be written so that a second run changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yteso.base.clock import Clock, day_in_vietnam, system_clock
from yteso.base.trace import where
from yteso.db import Connection, Database, Queries, is_retryable
from yteso.db.listen import Listener
from yteso.jobs.retry import next_try

log = logging.getLogger(__name__)
SQL = Queries.beside(__file__)
CHANNEL = "procrastinate_any_queue_v1"
BEAT_SECONDS = 3.0
STALLED = timedelta(seconds=15)
KEEP_FAILED = timedelta(days=30)
MOST_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Task:
    """What a job's name means. `run` gets the job's arguments and manages its own transactions."""

    name: str
    run: Callable[..., object]
    max_attempts: int = MOST_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Chore:
    """Something the worker also does between jobs, beginning at once: every so many seconds, or with each new day.

    `seconds` None: when a day begins in Vietnam, as what the law says of a day holds from its first minute on.
    """

    name: str
    seconds: float | None
    run: Callable[[], object]


class Worker:
    """One worker of one process. `run` returns when `stop` is set, after the job in hand is done."""

    def __init__(
        self,
        database: Database,
        tasks: Sequence[Task],
        *,
        chores: Sequence[Chore] = (),
        queues: Sequence[str] | None = None,
        poll_seconds: float = 2.0,
        stalled: timedelta = STALLED,
        clock: Clock = system_clock,
    ) -> None:
        self._database = database
        self._tasks: Mapping[str, Task] = {task.name: task for task in tasks}
        upkeep = [Chore("reap", stalled.total_seconds() / 3, self.reap), Chore("prune", 3600.0, self.prune)]
        self._chores = (*upkeep, *chores)
        self._queues = list(queues) if queues else None
        self._poll_seconds = poll_seconds
        self._stalled = stalled
        self._clock = clock
        self._due: dict[str, float] = {}
        self._done: dict[str, date] = {}
        self._number = 0

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. A lost database is waited for, not died of."""
        listener = Listener(self._database.dsn, [CHANNEL], application="yteso worker listen")
        heart = threading.Thread(target=self._beat, args=(stop,), daemon=True, name="heartbeat")
        heart.start()
        try:
            while not stop.is_set():
                self._guarded(self._do_chores)
                while not stop.is_set() and self._guarded(self.run_one):
                    self._guarded(self._do_chores)
                if not stop.is_set():
                    self._sleep(listener, stop)
        finally:
            stop.set()
            listener.close()
            heart.join(timeout=BEAT_SECONDS * 2)
            self._guarded(self._unregister)

    def run_one(self) -> bool:
        """Run one waiting job; False when none waits."""
        self._register()
        with self._database.connection() as conn:
            row = conn.execute(SQL["fetch_job"], [self._queues, self._number]).fetchone()
        if row is None:
            return False
        job, name, args, attempts = row
        self._perform(job, name, args, attempts + 1)
        return True

    def reap(self) -> int:
        """Give back the jobs of workers that stopped beating; returns how many."""
        with self._database.connection() as conn:
            orphans = conn.execute(SQL["fetch_orphans"], [self._stalled]).fetchall()
            for job, worker, attempts in orphans:
                if attempts + 1 >= MOST_ATTEMPTS:
                    conn.execute(SQL["give_up_job"], [job])
                else:
                    conn.execute(SQL["retry_job"], {"id": job, "worker": worker, "delay": timedelta(0)})
        if orphans:
            log.warning("%d jobs of lost workers were given back", len(orphans))
        return len(orphans)

    def prune(self) -> None:
        """Forget old failed jobs and workers that are long gone."""
        with self._database.connection() as conn:
            conn.execute(SQL["prune_jobs"], [KEEP_FAILED])
            conn.execute(SQL["prune_workers"], [self._stalled.total_seconds() * 20])

    # -- one job ------------------------------------------------------------------------------------------------

    def _perform(self, id: int, name: str, args: dict[str, Any], attempt: int) -> None:
        task = self._tasks.get(name)
        try:
            if task is None:
                raise LookupError(f"no task is called {name}")
            task.run(**args)
        except Exception as error:
            delay = next_try(error, attempt, task.max_attempts if task else 1)
            outcome = "again later" if delay else "given up"
            log.error("job %d (%s), try %d, %s: %s", id, name, attempt, outcome, where(error))
            with self._database.connection() as conn:
                self._note_failure(conn, id, delay)
        else:
            with self._database.connection() as conn:
                self._finish(conn, id, "succeeded", delete=True)

    def _note_failure(self, conn: Connection, id: int, delay: timedelta | None) -> None:
        if delay is None:
            self._finish(conn, id, "failed", delete=False)
        else:
            conn.execute(SQL["retry_job"], {"id": id, "worker": self._number, "delay": delay})

    def _finish(self, conn: Connection, id: int, status: str, *, delete: bool) -> None:
        conn.execute(SQL["finish_job"], {"id": id, "worker": self._number, "status": status, "delete": delete})

    # -- staying alive ------------------------------------------------------------------------------------------

    def _register(self) -> None:
        if not self._number:
            with self._database.connection() as conn:
                row = conn.execute(SQL["register_worker"]).fetchone()
            assert row is not None
            self._number = row[0]

    def _unregister(self) -> None:
        if self._number:
            with self._database.connection() as conn:
                conn.execute(SQL["unregister_worker"], [self._number])

    def _beat(self, stop: threading.Event) -> None:
        while not stop.wait(BEAT_SECONDS):
            self._guarded(self._beat_once)

    def _beat_once(self) -> None:
        if self._number:
            with self._database.connection() as conn:
                conn.execute(SQL["beat"], [self._number])

    def _do_chores(self) -> None:
        for chore in self._chores:
            if self._is_due(chore):
                chore.run()

    def _is_due(self, chore: Chore) -> bool:
        """Whether it is to be done now; it is not asked for again before its time, however it ends."""
        if chore.seconds is None:
            today = day_in_vietnam(self._clock())
            before, self._done[chore.name] = self._done.get(chore.name), today
            return before != today
        now = time.monotonic()
        if now < self._due.get(chore.name, 0.0):
            return False
        self._due[chore.name] = now + chore.seconds
        return True

    def _sleep(self, listener: Listener, stop: threading.Event) -> None:
        """Until a job is announced, a chore is due or the poll interval is over; in short steps, to notice `stop`."""
        next_chore = min(self._due.values(), default=0.0)
        deadline = min(time.monotonic() + self._poll_seconds, max(next_chore, time.monotonic()))
        while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            if listener.wait(min(left, 0.25)):
                return

    def _guarded(self, act: Callable[[], object]) -> bool:
        """Run it; a lost connection or a failing chore is logged and left for the next round."""
        try:
            return bool(act())
        except Exception as error:
            log.log(logging.WARNING if is_retryable(error) else logging.ERROR, "worker: %s", where(error))
            time.sleep(0.5)
            return False
