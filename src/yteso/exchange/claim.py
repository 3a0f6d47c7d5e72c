"""Which files this walker works on. A claim is a committed state and a lock of the session: it ends with the session.

A walker that is killed leaves its files in state `walking` without a lock; any other walker takes them over at once and
goes on behind what was committed. A file that took its walkers down many times is walked alone, and at last given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yteso.db import Connection, Queries

SQL = Queries.beside(__file__)
ALONE_AFTER = 3
MOST_TRIES = 50
"""Tries without any progress. Generous: a machine that is restarted over and over must not lose a good file."""


@dataclass(frozen=True, slots=True)
class Work:
    """One file to walk. `progress` counts what earlier transactions committed of it; `size` in bytes."""

    shard: int
    id: str
    sender: str
    seq: int
    facility: str
    received: datetime
    sha256: str
    size: int
    name: str
    attempts: int
    progress: int
    policy: str
    certificate: str

    @property
    def suspicious(self) -> bool:
        """True when it may be what takes walkers down: it does not share a transaction with others."""
        return self.attempts > ALONE_AFTER


def claim(conn: Connection, most: int) -> list[Work]:
    """Files that are ours now, oldest first: those of dead walkers, else up to `most` waiting ones. Commits."""
    keys = _orphans(conn) or _waiting(conn, most)
    if not keys:
        conn.rollback()
        return []
    columns = [[shard for shard, _ in keys], [file for _, file in keys]]
    works = [Work(*row) for row in conn.execute(SQL["fetch_work"], columns).fetchall()]
    conn.commit()
    return works


def release(conn: Connection) -> None:
    """Give up all claims of this session; a broken connection has given them up already."""
    if not conn.closed and not conn.broken:
        conn.rollback()
        conn.execute(SQL["release"])
        conn.commit()


def waiting(conn: Connection) -> int:
    """How many files wait or are being walked."""
    row = conn.execute(SQL["waiting"]).fetchone()
    return int(row[0]) if row else 0


def _orphans(conn: Connection) -> list[tuple[int, str]]:
    found = conn.execute(SQL["find_orphans"]).fetchall()
    if not found:
        return []
    return conn.execute(SQL["claim_orphans"], [[row[0] for row in found], [row[1] for row in found]]).fetchall()


def _waiting(conn: Connection, most: int) -> list[tuple[int, str]]:
    rows = conn.execute(SQL["claim_received"], [most]).fetchall()
    return [(shard, file) for shard, file, locked in rows if locked]
