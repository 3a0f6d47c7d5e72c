"""Where bulk jobs are asked for, looked at, taken back and worked off. One per process; holds no connection.

The job table is the queue; the background job is only the wake-up, and a sweep finds what nobody was woken for. A
worker gives a job some seconds at a time, so that files of facilities do not wait behind an export of everything.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from yteso.access.principal import Principal
from yteso.base.clock import Clock, system_clock
from yteso.base.errors import Refused
from yteso.base.ids import random_id, shard_of
from yteso.base.scanner import Scanner
from yteso.base.trace import where
from yteso.db import Connection, Database, is_retryable
from yteso.jobs import enqueue
from yteso.store import audit
from yteso.store.bulk import approvals, rules
from yteso.store.bulk.approvals import Decision
from yteso.store.bulk.chunks import Chunk, Source
from yteso.store.bulk.claims import Claims
from yteso.store.bulk.export import Exporter
from yteso.store.bulk.intake import UPLOADED, Counts, Cuts, Importer, counts_of, inside, keep, pieces_of, save_pieces
from yteso.store.bulk.job import (
    SQL,
    File,
    IsOver,
    Job,
    add_job,
    drop_job,
    end_job,
    fetch_job,
    files_of,
    find_job,
    forget_job,
    hold_job,
    holds,
)
from yteso.store.postgres import PostgresStore
from yteso.validate.profiles.modes import Modes

log = logging.getLogger(__name__)
TASK = "bulk"
TURN_SECONDS = 10.0
"""So long a worker stays with one job before it looks what else waits."""
SIDE_BY_SIDE = 2
"""Workers that are woken for one import."""
_MOST_FAILURES = 5
_STRAY = timedelta(days=1)

Stop = Callable[[], bool]


@dataclass(frozen=True)
class BulkDesk:
    """`home` is YTESO_HOME: results are under `bulk`, the operator's files to import under `import`; `modes`: how
    strict profiles are; `is_over`: whose right has ended since they asked; `scanner` sees files of what
    is imported."""

    database: Database
    store: PostgresStore
    home: Path
    clock: Clock = system_clock
    modes: Modes = field(default_factory=Modes)
    is_over: IsOver = holds
    scanner: Scanner | None = None

    @property
    def folder(self) -> Path:
        """Where each job has its folder."""
        return self.home / "bulk"

    @cached_property
    def exporter(self) -> Exporter:
        """The stretches of exports."""
        return Exporter(self.database, self.store, self.folder, self.clock, self.is_over)

    @cached_property
    def importer(self) -> Importer:
        """The pieces of imports."""
        claims = Claims(self.store, self.modes)
        return Importer(self.database, self.store, self.folder, self.home / "import", claims, self.scanner)

    # -- asking ---------------------------------------------------------------------------------------------------

    def start_export(self, conn: Connection, who: Principal, request: str, wish: Mapping[str, Any]) -> str:
        """A new export; its id. It begins when a second person approves. Refused (429) when too many are open."""
        id = add_job(conn, "export", who, request, wish)
        _wake(conn, id, 0)
        return id

    def decide_export(self, conn: Connection, who: Principal, id: str, decision: Decision, reason: str) -> bool:
        """The second person's decision on an export; False when it does not wait, or is one's own."""
        done = approvals.decide(conn, who, id, decision, reason)
        if done:
            _wake(conn, id, 0)
        return done

    def end_standing(self, conn: Connection, who: Principal, id: str) -> bool:
        """Take a standing approval back, and with it the exports that it let begin; False when there is none."""
        begun = approvals.end_standing(conn, who, id)
        for one in begun or ():
            if job := fetch_job(conn, one):
                drop_job(conn, job)
        return begun is not None

    def import_upload(self, who: Principal, request: str, base: str, body: Source, name: str = UPLOADED) -> str:
        """Take a body of ndjson in. Refused (400) when it has no line, (429) when too many jobs are in progress.

        `name` is what findings call it, a file's own name without a folder.
        """
        id = random_id()
        assert "/" not in name, "the name is that of a file in the job's own folder"
        try:
            return self._start_import(id, who, request, base, [(name, keep(self._own(id), name, body))], kept=True)
        except BaseException:
            shutil.rmtree(self.folder / id, ignore_errors=True)
            raise

    def import_given(self, who: Principal, request: str, base: str, names: Sequence[str]) -> str:
        """Import files of the operator's import folder, in their order. Refused (400) for what is not inside it."""
        given = self.home / "import"
        files = [(name, pieces_of(inside(given, name, number))) for number, name in enumerate(names, start=1)]
        return self._start_import(random_id(), who, request, base, files, kept=False)

    def _start_import(
        self, id: str, who: Principal, request: str, base: str, files: Sequence[tuple[str, Cuts]], *, kept: bool
    ) -> str:
        if not any(cuts for _, cuts in files):
            raise Refused(rules.NOTHING.at(), status=400)
        long = sum(not isinstance(one, Chunk) for _, cuts in files for one in cuts)
        with self.database.connection() as conn:
            add_job(conn, "import", who, request, {"base": base, "long": long, "kept": kept}, id)
            job = find_job(conn, who, id)
            assert job is not None
            save_pieces(conn, job, files)
            audit.note(conn, who, "E", "$import", f"import {id}", [])
            for place in range(SIDE_BY_SIDE):
                _wake(conn, id, place)
        return id

    def _own(self, id: str) -> Path:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder / id

    # -- looking --------------------------------------------------------------------------------------------------

    def find(self, conn: Connection, who: Principal, id: str) -> tuple[Job, tuple[File, ...]] | None:
        """The job and its files, for who asked for it; None for everybody else."""
        job = find_job(conn, who, id)
        return (job, files_of(conn, job)) if job else None

    def counts(self, conn: Connection, job: Job) -> Counts:
        """How an import stands."""
        return counts_of(conn, job)

    def file(self, conn: Connection, who: Principal, id: str, name: str) -> tuple[File, Path] | None:
        """A file of a job that is done; handing it out is audited."""
        found = self.find(conn, who, id)
        if found is None or found[0].state != "done":
            return None
        file = next((one for one in found[1] if one.name == name), None)
        path = self.folder / id / name
        if file is None or not path.is_file():
            return None
        audit.note(conn, who, "R", f"bulk/{id}/{name}", f"{file.written} lines", [])
        return file, path

    def cancel(self, conn: Connection, who: Principal, id: str) -> bool:
        """Take a job back, or throw its result away; False when there is none. What an import wrote stays."""
        job = find_job(conn, who, id)
        if job is None:
            return False
        audit.note(conn, who, "D", f"bulk/{id}", job.kind, [])
        forget_job(conn, id)
        return True

    def sweep_folder(self, id: str) -> None:
        """Remove what a job that is gone left on disk; call it after the transaction."""
        shutil.rmtree(self.folder / id, ignore_errors=True)

    # -- working --------------------------------------------------------------------------------------------------

    def work(self, stop: Stop, job: str, place: int) -> None:
        """The background task: some seconds of one job, then another wake-up if there is more."""
        until = time.monotonic() + TURN_SECONDS
        try:
            more = self._turn(job, lambda: stop() or time.monotonic() > until)
        except Exception as error:
            if is_retryable(error):
                raise
            log.error("bulk job %s failed: %s", job, where(error))
            more = self._note_failure(job)
        if more:
            with self.database.connection() as conn:
                _wake(conn, job, place)

    def _turn(self, id: str, over: Stop) -> bool:
        with self.database.connection() as conn:
            job = fetch_job(conn, id)
        if job is None:
            self.sweep_folder(id)
            return False
        if job.state != "waiting" or self._dropped(job):
            return False
        return self._export(id, over) if job.kind == "export" else self._import(job, over)

    def _export(self, id: str, over: Stop) -> bool:
        while self.exporter.stretch(id):
            if over():
                return True
        with self.database.connection() as conn:
            gone = fetch_job(conn, id) is None
        if gone:
            self.sweep_folder(id)
        return False

    def _import(self, job: Job, over: Stop) -> bool:
        while self.importer.piece(job):
            if self._dropped(job):
                return False
            if over():
                return True
        self.importer.end(job)
        return False

    def _dropped(self, job: Job) -> bool:
        """Away with the job of somebody whose right is over; True when it was."""
        if not self.is_over(job):
            return False
        with self.database.connection() as conn:
            drop_job(conn, job)
        self.sweep_folder(job.id)
        return True

    def _note_failure(self, id: str) -> bool:
        """One more failure in a row; after some the job has failed. True when it is to be tried again."""
        with self.database.connection() as conn:
            row = conn.execute(SQL["note_failure"], (shard_of(id), id)).fetchone()
            if row is None or row[0] < _MOST_FAILURES:
                return row is not None
            if job := hold_job(conn, id):
                end_job(conn, job, "failed")
        return False

    def sweep(self) -> None:
        """Wake workers for jobs in progress that lost their wake-up."""
        with self.database.connection() as conn:
            for id, _ in conn.execute(SQL["fetch_waiting"]).fetchall():
                _wake(conn, id, 0)

    def clean(self) -> None:
        """Remove jobs that had their time, and folders that belong to no job."""
        with self.database.connection() as conn:
            for (id,) in conn.execute(SQL["fetch_old"]).fetchall():
                forget_job(conn, id)
        with self.database.connection() as conn:
            known = {id for (id,) in conn.execute(SQL["fetch_ids"])}
        for folder in self.folder.glob("*"):
            age = time.time() - folder.stat().st_mtime
            if folder.name not in known and age > _STRAY.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)


def _wake(conn: Connection, id: str, place: int) -> None:
    """A wake-up, unless an equal one waits already."""
    enqueue(conn, TASK, queueing_lock=f"{TASK} {id} {place}", job=id, place=place)
