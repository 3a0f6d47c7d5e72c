"""Telling the database for whom it reads, so that row-level security binds each statement (ADR 39).

`name` begins every function that reads for somebody; on a connection of the owner (writers, walkers, exports) there is
nothing to tell. A reading connection on which nobody was named shows nothing.
"""

from __future__ import annotations

from functools import lru_cache

from yteso.access.restriction import Restriction
from yteso.db import Connection, Reader
from yteso.search import wall

_NAME = wall.NAME.encode()
_named = lru_cache(maxsize=1024)(wall.named)


def name(conn: Connection, limit: Restriction) -> None:
    """Until the end of the transaction, or until somebody else is named."""
    if isinstance(conn, Reader):
        conn.execute(_NAME, _named(limit), prepare=True)


def raise_wall(conn: Connection) -> list[str]:
    """Build the wall where something of it is missing; gives back what still is (`roles`, `leakproof`, `policies`)."""
    if not missing(conn):
        return []
    conn.execute("SELECT store.raise_wall()")
    return missing(conn)


def missing(conn: Connection) -> list[str]:
    """What keeps the wall from standing."""
    row = conn.execute("SELECT store.wall_missing()").fetchone()
    assert row is not None
    return list(row[0])
