"""One round of the export: what changed in store and intake since the last one -> the warehouse's files and marts.

Connects two rooms that do not know each other: rows of `store` and `exchange` become the warehouse's plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yteso.db import Connection, Queries
from yteso.exchange.export import expected_facilities, intake_changes_since
from yteso.exchange.intake import File
from yteso.ops.compose import Services
from yteso.store.protocol import Stored
from yteso.warehouse.changes import IntakeChange, RecordChange
from yteso.warehouse.refresh import Warehouse

SQL = Queries.beside(__file__)
MOST = 5_000
"""Rows of one round: bounds memory; what is left comes with the next round at once."""


@dataclass(frozen=True, slots=True)
class Round:
    """`t`: where the warehouse is now; `changed`: the marts are new; `more`: another round should follow at once."""

    t: int
    changed: bool
    more: bool


def export_once(services: Services, warehouse: Warehouse) -> Round:
    """Fetch, hand over, tell the live pages when the marts are new. Raises CannotStart (WH-0001)."""
    with services.database.connection() as conn:
        warehouse.require_source(database_identity(conn))
        stored = list(services.store.changes_since(conn, warehouse.record_mark, MOST))
        intake = intake_changes_since(conn, warehouse.intake_mark, MOST)
        expected = expected_facilities(conn)
    record = record_changes(stored)
    files = intake_changes(intake.files, intake.mark)
    more = len(stored) >= MOST or len(intake.files) >= MOST
    done = warehouse.refresh(record, files, services.clock(), expected=expected, more=more)
    if done.published:
        with services.database.connection() as conn:
            conn.execute(SQL["notify_marts"])
    return Round(done.record_t, done.published, more)


def database_identity(conn: Connection) -> str:
    """Which database this is; another text for one that was made again or restored into another cluster."""
    row = conn.execute(SQL["fetch_database_identity"]).fetchone()
    return str(row[0]) if row else ""


def record_changes(stored: Iterable[Stored]) -> Iterator[RecordChange]:
    """The store's rows in the warehouse's words."""
    for row in stored:
        yield RecordChange(row.t, row.type, row.id, row.version, row.deleted, row.updated, row.body)


def intake_changes(files: Iterable[File], mark: int) -> Iterator[IntakeChange]:
    """The intake's rows in the warehouse's words; all of one fetch carry its mark."""
    for file in files:
        yield IntakeChange(
            t=mark,
            id=file.id,
            facility=file.facility,
            sender=file.sender,
            door=file.door,
            state=file.state,
            received=file.received,
            done=file.done,
            size=file.size,
            visits=file.visits,
            accepted=file.accepted,
            unchanged=file.unchanged,
            quarantined=file.quarantined,
            failed=file.failed,
            errors=file.errors,
            warnings=file.warnings,
        )
