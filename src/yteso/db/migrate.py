"""Forward migrations: each room's `migrations/NNNN_(pre|post)_name.sql`, in order, each once, each all or nothing.

In go a connection string and the rooms in order; out comes what was applied. A killed run is simply run again: what
had committed is skipped, what had not left nothing behind. There is no way back; a mistake is a further migration.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

import yteso
from yteso.base.errors import CannotStart
from yteso.db.connection import Connection
from yteso.db.queries import Queries
from yteso.db.refusals import CHANGED_MIGRATION

SQL = Queries.beside(__file__)
ROOT = Path(yteso.__file__).parent
_NAME = re.compile(r"(\d{4})_(pre|post)_(\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `stage` tells whether it must run before (`pre`) or after (`post`) the new code."""

    room: str
    number: int
    stage: str
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash by which a changed file is found."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.room}/{self.number:04}_{self.stage}_{self.name}"


def migrate(
    dsn: str, rooms: Sequence[str], *, stages: Iterable[str] = ("pre", "post"), root: Path = ROOT
) -> list[Migration]:
    """Apply what is missing and return it. Two callers at once take turns.

    Raises CannotStart (DB-0005) when an applied file was changed, and psycopg.Error when a file fails; the files
    before it stay applied.
    """
    wanted = [m for room in rooms for m in found_migrations(room, root) if m.stage in set(stages)]
    with psycopg.connect(dsn, autocommit=True, application_name="yteso migrate") as conn:
        conn.execute(SQL["take_turn"])
        conn.execute(SQL["prepare"])
        known = {(room, number): digest for room, number, digest in conn.execute(SQL["fetch_applied"])}
        return [migration for migration in wanted if _apply(conn, migration, known)]


def outstanding(dsn: str, rooms: Sequence[str]) -> list[Migration]:
    """What `migrate` would apply. Writes nothing, not even that it looked."""
    with psycopg.connect(dsn, autocommit=True, application_name="yteso migrate") as conn:
        known: set[tuple[str, int]] = set()
        if conn.execute(SQL["is_prepared"]).fetchone() == (True,):
            known = {(room, number) for room, number, _ in conn.execute(SQL["fetch_applied"])}
    wanted = (migration for room in rooms for migration in found_migrations(room))
    return [one for one in wanted if (one.room, one.number) not in known]


def found_migrations(room: str, root: Path = ROOT) -> list[Migration]:
    """The files of one room in order; none when it has no migrations folder."""
    files = sorted((root / room / "migrations").glob("*.sql"))
    matches = [(file, _NAME.fullmatch(file.name)) for file in files]
    assert all(match for _, match in matches), f"a migration of {room} is not named NNNN_(pre|post)_name.sql"
    found = [
        Migration(room, int(match[1]), match[2], match[3], file.read_text(encoding="utf-8"))
        for file, match in matches
        if match
    ]
    assert len({m.number for m in found}) == len(found), f"a migration number of {room} is given twice"
    return found


def _apply(conn: Connection, migration: Migration, known: dict[tuple[str, int], str]) -> bool:
    applied = known.get((migration.room, migration.number))
    if applied is not None:
        if applied != migration.sha256:
            raise CannotStart(CHANGED_MIGRATION.at(file=migration))
        return False
    with conn.transaction():
        conn.execute(migration.text.encode())
        conn.execute("RESET search_path")
        row = [migration.room, migration.number, migration.name, migration.sha256]
        conn.execute(SQL["note_applied"], row)
    return True
