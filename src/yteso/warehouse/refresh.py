"""One turn of the warehouse: changes in, marts out. Called again and again by one process; each step may be killed.

In: changed resources, changed intake rows, who should send, the moment. Out: `Refreshed`. The lake is written first
(atomic file), then the flat tables (one transaction per file), then the marts (one rename): after a kill the next turn
goes on where it was. Numbers to ask the sources for: `record_mark`, `intake_mark`.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from yteso.base.clock import day_in_vietnam
from yteso.base.errors import YtesoError
from yteso.warehouse.changes import IntakeChange, RecordChange
from yteso.warehouse.flat import Flat
from yteso.warehouse.lake import INTAKE, RECORD, Lake
from yteso.warehouse.marts import publish, write_json
from yteso.warehouse.source import require_source

BETWEEN = timedelta(seconds=3)
"""Between two publications while changes keep waiting."""
RESTAMP = timedelta(minutes=5)
"""Without changes the marts are made anew this often, and when a new day begins: "today" and "silent for" move with the
clock."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a turn did. `published` is False when nothing changed and the marts are fresh."""

    record: int
    intake: int
    record_t: int
    intake_t: int
    published: bool
    rows: dict[str, int] = field(default_factory=dict)


class InUse(YtesoError):
    """Another process is writing this warehouse."""


class Warehouse:
    """The writing side. One per installation; hold it open between turns. Raises InUse when another process has it."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "lake"
        self.lake = Lake(self.folder)
        # The system lets go of the lock when the process ends, however it ends.
        self._lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise InUse from error
        self.flat = Flat(self.folder)
        self._published: datetime | None = None
        self._source = ""
        self._behind = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the flat tables and let the next writer in."""
        self.flat.close()
        self._lock.close()

    def require_source(self, database: str) -> None:
        """Say which database the changes come from, before asking for marks. Raises CannotStart (WH-0001)."""
        if database != self._source:
            require_source(self.folder, database)
            self._source = database

    @property
    def record_mark(self) -> int:
        """Ask the store for changes after this transaction number."""
        return self.lake.watermark(RECORD)

    @property
    def intake_mark(self) -> int:
        """Ask the exchange for changes after this number."""
        return self.lake.watermark(INTAKE)

    def refresh(
        self,
        record: Iterable[RecordChange],
        intake: Iterable[IntakeChange],
        now: datetime,
        *,
        expected: Sequence[str] | None = None,
        more: bool = False,
    ) -> Refreshed:
        """One turn. Changes are whole transactions in order; those already kept are passed over.

        With `more` another turn follows at once: the marts are then published every few seconds only.
        """
        kept_record = self.lake.append_record(record)
        kept_intake = self.lake.append_intake(intake)
        came = self.flat.take(self.lake)
        if expected is not None:
            came = self.flat.expect(expected) or came
        self.lake.compact(RECORD)
        self.lake.compact(INTAKE)
        self._behind = self._behind or came
        rows = self._publish(now) if self._is_due(now, more) else {}
        write_json(self.folder / "checked.json", {"checked": now.isoformat()})
        marks = {kind: self.flat.mark(kind) for kind in (RECORD, INTAKE)}
        return Refreshed(kept_record, kept_intake, marks[RECORD], marks[INTAKE], bool(rows), rows)

    def _publish(self, now: datetime) -> dict[str, int]:
        marks = {kind: self.flat.mark(kind) for kind in (RECORD, INTAKE)}
        rows = publish(self.flat.connection, self.folder / "marts", now, marks)
        self._published, self._behind = now, False
        return rows

    def _is_due(self, now: datetime, more: bool) -> bool:
        if self._behind:
            return not more or self._published is None or now - self._published >= BETWEEN
        return self._is_old(now)

    def _is_old(self, now: datetime) -> bool:
        before = self._published
        return before is None or now - before >= RESTAMP or _day(now) != _day(before)


def _day(moment: datetime) -> date:
    return day_in_vietnam(moment)
