"""An export, stretch by stretch: rows as of one transaction number -> ndjson files, each stretch one transaction.

A stretch writes its lines, makes them durable, and commits how far it came together with the audit row of whose records
it read. Killed at any moment, the next one begins where the last one committed, and cuts back what was written after.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from yteso.access.policy import PATIENT_TYPES, Interaction, require
from yteso.base.clock import Clock
from yteso.base.ids import SHARDS
from yteso.db import Connection, Database
from yteso.fhir.json import dumps
from yteso.fhir.subset import Subset
from yteso.search.parse import parse
from yteso.search.query import Query
from yteso.search.side import NO_HID, hid
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store import audit
from yteso.store.bulk import stretches
from yteso.store.bulk.files import Growing
from yteso.store.bulk.job import SQL, IsOver, Job, TakenBack, drop_job, end_job, files_of, hold_job, holds, save_file
from yteso.store.bulk.stretches import Selection
from yteso.store.labelled import labelled
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Stored
from yteso.store.read import stored
from yteso.store.unnamed import discreet
from yteso.store.wall import name, on_behalf

ROWS = 20_000
SECONDS = 3.0
"""A stretch ends with the first of these; so long other jobs may have to wait."""
PATIENTS = 50
"""Patients of a list that are read together."""
_FETCH = 500
_DELETED = {"resourceType": "Bundle", "type": "transaction"}
_START = (0, 0, NO_HID)
_ATTACHED = re.compile(rb'"url":"Binary/')
"""The address of an Attachment here; in an export it is an absolute one (Bulk Data Access IG 2.0, Attachments)."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """What every stretch needs. `folder` is where the jobs have theirs; `is_over`: see `job`."""

    database: Database
    store: PostgresStore
    folder: Path
    clock: Clock
    is_over: IsOver = holds

    def stretch(self, id: str) -> bool:
        """One stretch; True when another one should follow."""
        with self.database.connection() as conn:
            job = hold_job(conn, id)
            if job is None:
                return False
            if job.t is None:
                conn.execute(SQL["fix_moment"], job.key)
                audit.note(conn, job.who, "E", "$export", f"export {job.id}", [])
                return True
            return self._grow(conn, job)

    def _grow(self, conn: Connection, job: Job) -> bool:
        folder = self.folder / job.id
        files = Growing(folder, files_of(conn, job))
        try:
            return _Stretch(self, conn, job, files).run()
        except TakenBack:
            conn.rollback()
            shutil.rmtree(folder, ignore_errors=True)
            if self.is_over(job):
                drop_job(conn, job)
            return False
        finally:
            files.close()


class _Stretch:
    """One transaction of one job."""

    def __init__(self, exporter: Exporter, conn: Connection, job: Job, files: Growing) -> None:
        self._conn, self._job, self._files = conn, job, files
        self._is_over = exporter.is_over
        self._codec = exporter.store.codec(conn)
        self._selection = selection_of(job, exporter.clock())
        base = str(job.wish.get("base") or "")
        self._files_at = dumps({"url": f"{base}/Binary/" if base else "Binary/"})[1:-2]
        self._subset = Subset(elements=tuple(job.wish.get("elements") or ()))
        self._patients: set[int] = set()
        self._given = blake2b(digest_size=audit.LEAF)
        self._written = 0
        self._until = time.monotonic() + SECONDS

    def run(self) -> bool:
        """Read, write, note; True when there is more."""
        place = self._by_patients() if self._job.wish.get("patients") is not None else self._by_shards()
        self._go_on()
        grown = self._files.seal()
        total = self._job.written + self._written
        saved = self._conn.execute(SQL["save_place"], (json.dumps(place), total, *self._job.key)).fetchone()
        if saved is None:
            raise TakenBack
        for file in grown:
            save_file(self._conn, self._job, file)
        about = ("$export", f"export {self._job.id}: {total}")
        audit.note(self._conn, self._job.who, "E", *about, self._patients, self._given.digest())
        if place is None:
            end_job(self._conn, self._job, "done")
        return place is not None

    @property
    def _full(self) -> bool:
        return self._written >= ROWS or time.monotonic() > self._until

    def _by_shards(self) -> dict[str, Any] | None:
        shard, kind, last = self._job.place.get("at") or _START
        after: tuple[int, int] = (kind, last)
        while shard < SHARDS:
            asked = ROWS - self._written
            keys = list(self._lines(*stretches.of_shard(self._selection, shard, after, asked)))
            shard, after = (shard, keys[-1]) if len(keys) == asked else (shard + 1, (0, NO_HID))
            if self._full and shard < SHARDS:
                return {"at": (shard, *after)}
        return None

    def _by_patients(self) -> dict[str, Any] | None:
        patients: Sequence[int] = self._job.wish["patients"]
        at = int(self._job.place.get("patient") or 0)
        while at < len(patients):
            for _ in self._lines(*stretches.of_patients(self._selection, patients[at : at + PATIENTS])):
                pass
            at += PATIENTS
            if self._full and at < len(patients):
                return {"patient": at}
        return None

    def _lines(self, text: str, params: Sequence[Any]) -> Iterator[tuple[int, int]]:
        """Write every row of a query; yields the keys. Rows come in bounded pieces, however many there are."""
        with on_behalf(self._conn), self._conn.cursor(name="bulk") as cursor:
            name(self._conn, self._selection.limit)
            cursor.execute(text.encode(), params)
            while rows := cursor.fetchmany(_FETCH):
                self._go_on()
                found = [stored(self._conn, self._codec, row) for row in rows]
                pats = {row[8] for row in rows if row[8] is not None}
                for row, one in zip(rows, discreet(self._conn, self._selection.limit, found, pats), strict=True):
                    self._add(row, one)
                    yield row[0], hid(row[1])

    def _go_on(self) -> None:
        """Or not: raises TakenBack when the right the job was asked with has ended."""
        if self._is_over(self._job):
            raise TakenBack

    def _add(self, row: tuple[Any, ...], found: Stored) -> None:
        type, patient = TYPE_NAME[row[0]], row[8]
        if found.deleted:
            entry = {"request": {"method": "DELETE", "url": f"{found.type}/{found.id}"}}
            self._files.add("deleted", "Bundle", dumps({**_DELETED, "entry": [entry]}))
        else:
            body = self._subset.body(type, labelled(found)) if self._subset.elements else labelled(found)
            self._files.add("output", type, _ATTACHED.sub(lambda _: self._files_at, body))
        self._given.update(audit.given_lines((found,)))
        self._written += 1
        if patient is not None:
            self._patients.add(patient)


def selection_of(job: Job, now: datetime) -> Selection:
    """The job's wish with the rights its owner has now. Raises Refused when the owner has none any more."""
    assert job.t is not None
    wish = job.wish
    patients_only = wish["level"] != "system"
    types = wish.get("types")
    return Selection(
        limit=require(job.who, Interaction.EXPORT),
        t=job.t,
        now=now,
        types=sorted(PATIENT_TYPES) if types is None and patients_only else types,
        in_patients=patients_only,
        since=datetime.fromisoformat(wish["since"]) if wish.get("since") else None,
        filters=queries_of(wish.get("filters") or ()),
    )


def queries_of(filters: Sequence[Sequence[str]]) -> Mapping[str, list[Query]]:
    """`[["Observation", "code=x"]]` -> the queries of each type; they were judged when they came."""
    found: dict[str, list[Query]] = {}
    for type, text in filters:
        found.setdefault(type, []).append(parse(type, text)[0])
    return found
