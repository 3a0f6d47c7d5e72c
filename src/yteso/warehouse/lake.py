"""The lake: every change as it was exported, in Parquet files named by the numbers they cover.

In: changes in order of `t`. Out: files under `lake/record` and `lake/intake`, `<first>-<last>.parquet`. A file appears
whole or not at all (written aside, synced, renamed), and the highest number in a name is the watermark: there is no
second place that could disagree. Appending the same changes again writes nothing. Bodies are identified data; the
folder is private to the platform's user and only `flat.py` reads it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from yteso.warehouse.changes import IntakeChange, RecordChange

Change = TypeVar("Change", RecordChange, IntakeChange)

RECORD, INTAKE = "record", "intake"
GROUP = 20_000
"""Changes per row group: what is in memory at once."""
RUN = 16
"""So many small neighbours are joined into one file."""
SMALL = (4 << 20, 64 << 20, 512 << 20)
"""Sizes (bytes) below which a file counts as small, tier by tier."""

_TIME = pa.timestamp("us", tz="UTC")
_SCHEMAS = {
    RECORD: pa.schema(
        [
            ("t", pa.int64()),
            ("type", pa.string()),
            ("id", pa.string()),
            ("version", pa.int32()),
            ("deleted", pa.bool_()),
            ("updated", _TIME),
            ("body", pa.string()),
        ]
    ),
    INTAKE: pa.schema(
        [(name, pa.int64()) for name in ("t",)]
        + [(name, pa.string()) for name in ("id", "facility", "sender", "door", "state")]
        + [(name, _TIME) for name in ("received", "done")]
        + [
            (name, pa.int64())
            for name in ("size", "visits", "accepted", "unchanged", "quarantined", "failed", "errors", "warnings")
        ]
    ),
}


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file: the numbers it covers."""

    path: Path
    first: int
    last: int


class Lake:
    """The lake of one installation; one process writes at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for kind in _SCHEMAS:
            (root / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)

    def append_record(self, changes: Iterable[RecordChange]) -> int:
        """Keep changes of the record above the watermark; gives how many were new. Whole transactions, in order."""
        return self._append(RECORD, changes, _record_columns)

    def append_intake(self, changes: Iterable[IntakeChange]) -> int:
        """Keep changes of the intake above the watermark; gives how many were new."""
        return self._append(INTAKE, changes, _intake_columns)

    def watermark(self, kind: str) -> int:
        """The highest number kept; 0 when there is none."""
        return max((file.last for file in self.files(kind)), default=0)

    def files(self, kind: str, after: int = 0) -> list[LakeFile]:
        """The files with numbers above `after`, oldest first. One covered by a joined file is not shown twice."""
        found = sorted(_named(self._root / kind), key=lambda file: (file.first, -file.last))
        kept: list[LakeFile] = []
        for file in found:
            if not kept or file.last > kept[-1].last:
                kept.append(file)
        return [file for file in kept if file.last > after]

    def compact(self, kind: str) -> int:
        """Join the newest small neighbours; gives how many went. Killed in between, both stay and one is shown."""
        for limit in SMALL:
            run: list[LakeFile] = []
            for file in reversed(self.files(kind)):
                if file.path.stat().st_size >= limit:
                    break
                run.insert(0, file)
            if len(run) >= RUN:
                self._join(kind, run)
                return len(run)
        self._drop_covered(kind)
        return 0

    def _append(
        self, kind: str, changes: Iterable[Change], columns: Callable[[list[Change]], dict[str, list[Any]]]
    ) -> int:
        mark = self.watermark(kind)
        fresh = (change for change in changes if change.t > mark)
        tables = (pa.table(columns(group), schema=_SCHEMAS[kind]) for group in _groups(fresh))
        return self._write(kind, tables)

    def _write(self, kind: str, tables: Iterable[pa.Table]) -> int:
        folder = self._root / kind
        aside = folder / f".{os.getpid()}.writing"
        first = last = rows = 0
        writer: pq.ParquetWriter | None = None
        try:
            for table in tables:
                writer = writer or pq.ParquetWriter(aside, _SCHEMAS[kind], compression="zstd")
                writer.write_table(table)
                numbers = table.column("t")
                first = first or numbers[0].as_py()
                last, rows = numbers[-1].as_py(), rows + table.num_rows
        finally:
            if writer:
                writer.close()
        if rows:
            settle(aside, folder / f"{first:020d}-{last:020d}.parquet")
        return rows

    def _join(self, kind: str, run: list[LakeFile]) -> None:
        def tables() -> Iterator[pa.Table]:
            for file in run:
                for batch in pq.ParquetFile(file.path).iter_batches(GROUP):
                    yield pa.Table.from_batches([batch], schema=_SCHEMAS[kind])

        self._write(kind, tables())
        self._drop_covered(kind)

    def _drop_covered(self, kind: str) -> None:
        for left_behind in (self._root / kind).glob(".*.writing"):
            left_behind.unlink()
        shown = {file.path for file in self.files(kind)}
        for file in _named(self._root / kind):
            if file.path not in shown:
                file.path.unlink()


def settle(aside: Path, place: Path) -> None:
    """Make a finished file durable, then give it its name in one step."""
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(aside, place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _named(folder: Path) -> Iterator[LakeFile]:
    for path in folder.glob("*-*.parquet"):
        first, _, last = path.stem.partition("-")
        if first.isdigit() and last.isdigit():
            yield LakeFile(path, int(first), int(last))


def _groups(changes: Iterable[Change]) -> Iterator[list[Change]]:
    source = iter(changes)
    while group := list(islice(source, GROUP)):
        yield group


def _record_columns(group: list[RecordChange]) -> dict[str, list[Any]]:
    return {
        "t": [one.t for one in group],
        "type": [one.type for one in group],
        "id": [one.id for one in group],
        "version": [one.version for one in group],
        "deleted": [one.deleted for one in group],
        "updated": [one.updated for one in group],
        "body": [bytes(one.body).decode() for one in group],
    }


def _intake_columns(group: list[IntakeChange]) -> dict[str, list[Any]]:
    return {name: [getattr(one, name) for one in group] for name in _SCHEMAS[INTAKE].names}
