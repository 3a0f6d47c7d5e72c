"""An import's input: taken in, cut into pieces, worked off piece by piece, each piece one transaction.

Several workers take pieces of one job side by side; a killed one's piece is free again and does no harm done twice.
Only files inside the job's own folder or the operator's import folder are opened.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from yteso.base.errors import Refused
from yteso.base.issue import Issue
from yteso.base.scanner import Scanner
from yteso.db import Connection, Database, is_conflict, is_retryable
from yteso.fhir.json import dumps
from yteso.store.bulk import rules
from yteso.store.bulk.chunks import LONGEST, Chunk, Cutter, Source, TooLong, cut
from yteso.store.bulk.claims import Claims
from yteso.store.bulk.job import SQL, File, Job, end_job, hold_job, save_file
from yteso.store.bulk.load import Piece, load, save_problems
from yteso.store.bulk.loose import absent, told
from yteso.store.care import mend_care
from yteso.store.labels import mend_papers
from yteso.store.postgres import PostgresStore
from yteso.store.scan import Scan

UPLOADED = "upload.ndjson"
ERRORS = "error.1.ndjson"
_READ = 1024 * 1024
_AHEAD = 16 * _READ
_ATTEMPTS = 4
_MOST_OF_A_LINE = 20
_AFTER = 100
"""The places of findings that are made when an import ends, after those of its lines."""

Cuts = Sequence[Chunk | TooLong]


@dataclass(frozen=True, slots=True)
class Counts:
    """How an import stands."""

    pieces: int
    done: int
    created: int
    updated: int
    unchanged: int
    failed: int


def keep(folder: Path, name: str, body: Source) -> Cuts:
    """Write a body to the job's folder and find its pieces, in one pass in bounded memory.

    What came goes to the disk while more comes, so that the end waits for little.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cutter = Cutter()
    found: list[Chunk | TooLong] = []
    waiting = 0
    with open_new(folder / name) as stream, ThreadPoolExecutor(1) as aside:
        ahead = aside.submit(stream.flush)
        while data := body.read(_READ):
            stream.write(data)
            found.extend(cutter.feed(data))
            waiting += len(data)
            if waiting >= _AHEAD:
                ahead.result()
                ahead, waiting = aside.submit(os.fdatasync, stream.fileno()), 0
        ahead.result()
        stream.flush()
        os.fsync(stream.fileno())
    found.extend(cutter.finish())
    return found


def open_new(path: Path) -> BinaryIO:
    """A new file of ours alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")


def inside(folder: Path, name: str, number: int) -> Path:
    """The file of that name in the import folder. Refused (400, BULK-0106) for anything that is not inside it."""
    root = folder.resolve()
    try:
        path = (root / name).resolve(strict=True)
        inner = path.is_relative_to(root) and path.is_file() and "\x00" not in name
    except (OSError, ValueError):
        inner = False
    if not inner:
        raise Refused(rules.BAD_FILE.at(number=number), status=400)
    return path


def pieces_of(path: Path) -> Cuts:
    """The pieces of a file."""
    with path.open("rb") as stream:
        return list(cut(stream))


def save_pieces(conn: Connection, job: Job, files: Iterable[tuple[str, Cuts]]) -> int:
    """Note every piece and every line that is too long; gives back the number of pieces."""
    n = 0
    for file, cuts in files:
        for one in cuts:
            if isinstance(one, Chunk):
                conn.execute(SQL["add_chunk"], (*job.key, n, file, one.start, one.size, one.line))
                n += 1
        long = [(one.line, 0, rules.LONG_LINE.at(limit=LONGEST)) for one in cuts if isinstance(one, TooLong)]
        save_problems(conn, job, file, long)
    return n


def counts_of(conn: Connection, job: Job) -> Counts:
    """How it stands."""
    row = conn.execute(SQL["count_chunks"], job.key).fetchone()
    assert row is not None
    return Counts(*row)


@dataclass(frozen=True, slots=True)
class Importer:
    """What every piece needs. `folder` is where the jobs have theirs, `given` the operator's import folder."""

    database: Database
    store: PostgresStore
    folder: Path
    given: Path
    claims: Claims
    scanner: Scanner | None = None

    def piece(self, job: Job) -> bool:
        """Work off one piece; False when none is free."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.database.connection() as conn, _uncollected():
                    taken = self._take(conn, job)
                    if taken is not None:
                        judge = self.claims.judge(conn, job.who)
                        with Scan(self.scanner) as scan:
                            load(conn, self.store, job, *taken, judge=judge, scan=scan, apart=self.database.connection)
                return taken is not None
            except Exception as error:
                if not (is_conflict(error) or is_retryable(error)) or attempt == _ATTEMPTS:
                    raise
            time.sleep(0.05 * attempt)
        raise AssertionError("unreachable")

    def end(self, job: Job) -> bool:
        """Close the job when every piece is done; its findings become a file. True when it is over.

        An Encounter that came before its Organization is given its facility now, and a paper the labels of facts that
        came side by side with it.
        """
        with self.database.connection() as conn:
            counts = counts_of(conn, job)
            if counts.done < counts.pieces:
                return False
            if hold_job(conn, job.id) is None:
                return True
            written = [t for (t,) in conn.execute(SQL["fetch_transactions"], job.key)]
            mend_care(conn, self.store.codec(conn), written)
            mend_papers(conn, self.store.codec(conn), written)
            self._note_loose(conn, job)
            self._tell(conn, job)
            end_job(conn, job, "done")
        for path in (self.folder / job.id).glob("*"):
            if path.name != ERRORS:
                path.unlink(missing_ok=True)
        return True

    def _note_loose(self, conn: Connection, job: Job) -> None:
        """References that name nothing even now are findings of their lines."""
        base = str(job.wish.get("base", ""))
        for _, file, start, size, first, loose in conn.execute(SQL["fetch_loose"], job.key).fetchall():
            if missing := set(absent(conn, loose)):
                data = self._read(job, file, start, size)
                found = told(enumerate(data.split(b"\n"), start=first), missing, base)
                save_problems(conn, job, file, ((line, _AFTER + n, issue) for line, n, issue in _counted(found)))

    def _take(self, conn: Connection, job: Job) -> tuple[Piece, bytes] | None:
        row = conn.execute(SQL["take_chunk"], job.key).fetchone()
        if row is None:
            return None
        n, file, start, size, line = row
        return Piece(n, file, line), self._read(job, file, start, size)

    def _read(self, job: Job, file: str, start: int, size: int) -> bytes:
        with self._path(job, file).open("rb") as stream:
            stream.seek(start)
            return stream.read(size)

    def _path(self, job: Job, file: str) -> Path:
        return self.folder / job.id / file if job.wish.get("kept") else inside(self.given, file, 0)

    def _tell(self, conn: Connection, job: Job) -> None:
        """The findings as an ndjson file of OperationOutcomes, one a line of the input."""
        folder = self.folder / job.id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        size = written = 0
        with open_new(folder / ERRORS) as stream:
            for line in outcomes(conn, job):
                stream.write(line)
                size, written = size + len(line), written + 1
            stream.flush()
            os.fsync(stream.fileno())
        if written:
            save_file(conn, job, File(ERRORS, "error", "OperationOutcome", size, written))


def _counted(found: Iterable[tuple[int, Issue]]) -> Iterator[tuple[int, int, Issue]]:
    """The first findings of each line, numbered within it."""
    for line, issues in groupby(found, key=itemgetter(0)):
        for n, (_, issue) in enumerate(islice(issues, _MOST_OF_A_LINE)):
            yield line, n, issue


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: a piece makes a million objects and no cycle; looking costs a tenth."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def outcomes(conn: Connection, job: Job) -> Iterator[bytes]:
    """Findings as OperationOutcomes; `location` names file and line (FHIR R4 OperationOutcome.issue.location)."""
    for file, line, issue in conn.execute(SQL["fetch_problems"], job.key).fetchall():
        told = {**issue, "location": [f"{file}:{line}"]}
        yield dumps({"resourceType": "OperationOutcome", "issue": [told]}) + b"\n"
