"""The walk of received files, steps 5–11: raw -> visits -> judged, mapped, identified, checked -> committed record.

About twenty visits share a transaction, of one large file or of many small ones. A visit that cannot be stored is
isolated and becomes a numbered issue; a file that is interrupted goes on behind its last commit; nothing is lost and
nothing is doubled, because results and progress commit with the record. Any number of walkers may run.
"""

from __future__ import annotations

import gc
import io
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from yteso.base.issue import Origin
from yteso.db import Connection, Database, Queries, is_conflict, is_retryable
from yteso.exchange import rules
from yteso.exchange.adapters.bhyt.read import read_visits
from yteso.exchange.bell import Bell
from yteso.exchange.claim import MOST_TRIES, Work, claim, release
from yteso.exchange.prepare import Prepared, fail, fingerprint_of, prepare
from yteso.exchange.profiles import VisitProfiles
from yteso.exchange.raw import RawStream, chunks, small_files, tail
from yteso.exchange.settle import Part, Settler
from yteso.exchange.signature import TAIL, check_signature
from yteso.exchange.spool import FRAME
from yteso.identity import Decider, first_floor
from yteso.store.protocol import Store, VersionConflict

log = logging.getLogger(__name__)
SQL = Queries.beside(__file__)
BATCH = 20
"""Visits per transaction: most of the gain of large batches at little cost when one must be run again."""
RETRIES = 6
_BETWEEN_COLLECTIONS = 50
"""Transactions: cycles, which only failures make here, wait no longer."""


class Walker:
    """Walks what waits. One per process; `drain` is the job `exchange.drain` and also the periodic sweep."""

    def __init__(
        self,
        database: Database,
        store: Store,
        *,
        batch: int = BATCH,
        decider: Decider = first_floor,
        profiles: VisitProfiles | None = None,
    ) -> None:
        self._database = database
        self._batch = batch
        self._settler = Settler(store, decider)
        self._profiles = profiles
        self._bell = Bell()
        self._settled = 0

    def drain(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Walk until nothing waits or `stop()`; returns how many files were finished or given up."""
        walked = 0
        with _collections_between(), self._database.connection() as conn:
            try:
                while not stop() and (works := claim(conn, self._batch)):
                    walked += self._walk(conn, works, stop)
            finally:
                release(conn)
            if walked:
                self._notify(conn, always=True)
        return walked

    def _walk(self, conn: Connection, works: list[Work], stop: Callable[[], bool]) -> int:
        """Walk claimed files together, suspicious ones alone."""
        usual = [work for work in works if not work.suspicious]
        groups = ([usual] if usual else []) + [[work] for work in works if work.suspicious]
        finished = 0
        for group in groups:
            finished += self._walk_group(conn, group, stop)
        release(conn)
        return finished

    def _walk_group(self, conn: Connection, works: list[Work], stop: Callable[[], bool]) -> int:
        batch = _Batch(self._batch)
        small = small_files(conn, [work.id for work in works if work.size <= FRAME])
        finished = 0
        for work in works:
            if stop():
                break
            finished += self._walk_file(conn, work, small.pop(work.id, None), batch, stop)
        self._commit(conn, batch)
        return finished

    def _walk_file(
        self, conn: Connection, work: Work, body: bytes | None, batch: _Batch, stop: Callable[[], bool]
    ) -> bool:
        """Add the file's steps to the batch, settling it whenever it is full; True when the file came to its end."""
        if work.attempts > MOST_TRIES:
            _give_up(conn, work, "00000000")
            return True
        steps = _steps(conn, work, body, self._profiles)
        while not stop():
            try:
                step, last = next(steps)
            except StopIteration:
                return True
            except Exception as error:
                if _is_transient(error):
                    raise
                log.error("intake %s given up: %s %s", work.id, fingerprint_of(error), type(error).__name__)
                conn.rollback()
                batch.forget(work)
                _give_up(conn, work, fingerprint_of(error))
                return True
            if batch.full or batch.holds(step):
                self._commit(conn, batch)
            batch.add(step, finished=last)
        return False

    def _commit(self, conn: Connection, batch: _Batch) -> None:
        """Settle and commit the batch; when it does not go together, visit by visit."""
        parts = batch.take()
        if not parts:
            return
        try:
            self._settle(conn, parts)
        except Exception as error:
            if _is_transient(error):
                raise
            log.warning("batch of %d files runs visit by visit: %s", len(parts), type(error).__name__)
            for part in parts:
                self._settle_singly(conn, part)
        self._settled += 1
        del parts  # what a collection finds alive costs it time
        if self._settled % _BETWEEN_COLLECTIONS == 0:
            gc.collect(1)
        self._notify(conn)

    def _settle_singly(self, conn: Connection, part: Part) -> None:
        for step in part.steps:
            finished = part.finished and step is part.steps[-1]
            try:
                self._settle(conn, [Part([step], finished)])
            except Exception as error:
                if _is_transient(error):
                    raise
                self._settle(conn, [Part([fail(step, error)], finished)])

    def _settle(self, conn: Connection, parts: list[Part]) -> None:
        """One transaction; a deadlock, a taken key or a changed version is tried again a few times."""
        for attempt in range(1, RETRIES + 1):
            conn.rollback()
            try:
                self._settler.settle(conn, parts)
                conn.commit()
            except Exception as error:
                if conn.closed:
                    raise
                conn.rollback()
                again = is_retryable(error) or is_conflict(error) or isinstance(error, VersionConflict)
                if not again or attempt == RETRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 -- only spreads retries
            else:
                self._settler.committed()
                return

    def _notify(self, conn: Connection, *, always: bool = False) -> None:
        """Live pages hear of it, a few times a second at most and once at the end."""
        if self._bell.due(always=always):
            conn.execute(SQL["notify_intake"])
            conn.execute(SQL["notify_record"])
            conn.commit()


@contextmanager
def _collections_between() -> Iterator[None]:
    """No collection of cycles in the middle of a batch, where very many small dicts live: a sixth less CPU."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class _Batch:
    """Steps of several files, in order, until they are settled together; full when it has `size` visits."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._steps: dict[str, list[Prepared]] = {}
        self._finished: set[str] = set()
        self._keys: set[tuple[str, str]] = set()
        self._count = 0

    @property
    def full(self) -> bool:
        return self._count >= self._size

    def holds(self, step: Prepared) -> bool:
        """True when another version of the same visit is in it: they must not share a transaction."""
        return step.mapped is not None and step.key in self._keys

    def add(self, step: Prepared, *, finished: bool) -> None:
        self._steps.setdefault(step.work.id, []).append(step)
        self._count += step.position > 0
        if step.mapped is not None:
            self._keys.add(step.key)
        if finished:
            self._finished.add(step.work.id)

    def forget(self, work: Work) -> None:
        self._steps.pop(work.id, None)

    def take(self) -> list[Part]:
        parts = [Part(steps, file in self._finished) for file, steps in self._steps.items()]
        self._steps, self._keys, self._count = {}, set(), 0
        self._finished = set()
        return parts


def _steps(
    conn: Connection, work: Work, body: bytes | None, profiles: VisitProfiles | None
) -> Iterator[tuple[Prepared, bool]]:
    """The steps of a file that are not committed yet, each with whether it is the last.

    The first tells of the signature. The last is known only when the next is missing: each is handed out one later.
    """
    before = _signature_step(conn, work, body)
    if not any(issue.blocks for issue in before.issues):
        for item, visit in enumerate(read_visits(_stream(conn, work, body), work.name), 2):
            if before.item > work.progress:
                yield before, False
            before = prepare(work, item, visit, profiles) if item > work.progress else replace(before, item=item)
    if before.item <= work.progress:
        before = Prepared(work, work.progress + 1, 0, "", work.facility, ())
    yield before, True


def _stream(conn: Connection, work: Work, body: bytes | None) -> BinaryIO:
    if body is not None and len(body) == work.size:
        return io.BytesIO(body)
    return io.BufferedReader(RawStream(conn, work.id, work.size), TAIL)


def _signature_step(conn: Connection, work: Work, body: bytes | None) -> Prepared:
    def whole() -> bytes:
        return body if body is not None else b"".join(chunks(conn, work.id, work.size))

    end = body[-TAIL:] if body is not None else tail(conn, work.id, work.size, TAIL)
    signature = check_signature(work, end, whole)
    return Prepared(work, 1, 0, "", work.facility, signature.issues, signature=signature.state)


def _is_transient(error: BaseException) -> bool:
    """True when the world failed and not this data. SQLSTATE class 54 (a value beyond PostgreSQL's limits) is data."""
    return is_retryable(error) and (getattr(error, "sqlstate", None) or "")[:2] != "54"


def _give_up(conn: Connection, work: Work, fingerprint: str) -> None:
    """The file as failed, with its numbered issue; its raw stays and can be replayed."""
    issue = rules.FILE_FAILED.at(Origin(work.name), tries=work.attempts, fingerprint=fingerprint)
    values = [work.shard, work.id, issue.code, issue.severity.value]
    texts = [issue.text, issue.text_en, issue.fix, issue.fix_en]
    conn.execute(SQL["note_given_up"], [*values, texts])
    conn.execute(SQL["give_up"], [work.shard, work.id])
    conn.commit()
