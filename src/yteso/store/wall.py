"""Telling the database for whom it reads, so that row-level security binds each statement (ADR 39).

`name` or `naming` begins every function that reads for somebody. A reading connection on which nobody was named shows
nothing. On a connection of the owner (a write that looks at something first, an export) the role is taken for as long
as `on_behalf` lasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from yteso.access.restriction import Restriction
from yteso.db import Connection, Owner, Reader, Statement, is_in_order
from yteso.search import wall

_QUICKLY = "set_config('statement_timeout', %s, true), set_config('plan_cache_mode', 'force_generic_plan', true)"
"""What is prepared goes the same way whatever its values: planning it again for each costs more than answering."""
_NAME_QUICKLY = f"{wall.NAME}, {_QUICKLY}"


def naming_quickly(conn: Connection, limit: Restriction, milliseconds: int) -> list[Statement]:
    """`naming`, for statements of which none may take longer, and that are planned once: until the transaction ends."""
    if isinstance(conn, Reader):
        return [Statement(_NAME_QUICKLY, (*wall.named(limit), str(milliseconds)))]
    return [Statement(f"SELECT {_QUICKLY}", (str(milliseconds),)), *naming(conn, limit)]


def naming(conn: Connection, limit: Restriction, before: Restriction | None = None) -> list[Statement]:
    """What `name` runs, for who sends it together with what is read then.

    `before`: who is named in the same trip when these statements come; what both are told alike is not told again.
    """
    values = wall.named(limit)
    if isinstance(conn, Reader):
        return _naming_next(wall.named(before), values) if before else [Statement(wall.NAME, values)]
    if isinstance(conn, Owner) and conn.walled:
        assert conn.reading, "who reads for somebody on the owner's connection says so first"
        if conn.lowered or values[0] != wall.EVERY:
            conn.lowered = True
            return [Statement(wall.NAME, values)]
    return []


def _naming_next(before: tuple[str, ...], values: tuple[str, ...]) -> list[Statement]:
    if before == values:
        return []
    told = wall.told_next(before, values)
    return [Statement(wall.NAME, values) if told is None else Statement(wall.NAME_NEXT, told)]


def name(conn: Connection, limit: Restriction) -> None:
    """Until the end of the transaction, or until somebody else is named; for an owner, until `on_behalf` ends."""
    for text, values, _ in naming(conn, limit):
        conn.execute(text.encode(), values, prepare=True)


@contextmanager
def on_behalf(conn: Connection) -> Iterator[None]:
    """What is read for somebody inside: afterwards an owner's connection is the owner's again.

    When a statement failed, the role comes back with the rollback, to a savepoint from before or of everything.
    """
    if not (isinstance(conn, Owner) and conn.walled):
        yield
        return
    assert not conn.reading, "nobody reads for somebody inside another's reading"
    conn.reading = True
    try:
        yield
    finally:
        taken, conn.reading, conn.lowered = conn.lowered, False, False
        if taken and is_in_order(conn):
            conn.execute(b"RESET ROLE")


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
