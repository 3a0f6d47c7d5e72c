"""A lock with a name of the caller's choice, held until the end of the transaction. For what must be decided once."""

from __future__ import annotations

from hashlib import blake2b

from yteso.db.connection import Connection


def hold(conn: Connection, *names: str) -> None:
    """Wait for the locks of these names and hold them until commit or rollback.

    They are taken in one order, so that two callers with overlapping names do not wait for each other. Names are
    hashed to 64 bits: two that collide wait needlessly and nothing worse.
    """
    for key in sorted({_key(name) for name in names}):
        conn.execute("SELECT pg_advisory_xact_lock(%s::int8)", (key,))


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
