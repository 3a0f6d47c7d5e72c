"""Changes of the intake for the warehouse, by transaction number: complete up to a watermark, safe to ask again.

A row shows only when no older transaction can still commit, so a reader that remembers the watermark misses nothing.
No visit's key and no person is in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from yteso.db import Connection
from yteso.exchange.intake import SQL, File


@dataclass(frozen=True, slots=True)
class Changes:
    """Current state of the files that changed; `mark` is where to go on, the given one when nothing changed."""

    files: tuple[File, ...]
    mark: int


def intake_changes_since(conn: Connection, mark: int, limit: int = 10_000) -> Changes:
    """Files changed after `mark` (0: all), about `limit` of them; never a part of one transaction."""
    rows = conn.execute(SQL["fetch_changes"], [str(mark), limit]).fetchall()
    return Changes(tuple(File(*row[:-1]) for row in rows), max((row[-1] for row in rows), default=mark))


def expected_facilities(conn: Connection) -> tuple[str, ...]:
    """Facilities that have an active account: who should send, for coverage ("12/12")."""
    return tuple(row[0] for row in conn.execute(SQL["fetch_senders"]).fetchall())
