"""How much waits for the data officer. Figures only: they name nobody, so that nobody is told of them."""

from __future__ import annotations

from dataclasses import dataclass

from yteso.db import Connection, Queries

SQL = Queries.beside(__file__, "waiting.sql")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open work by its kind. `glass`: emergency openings that nobody reviewed."""

    glass: int
    questions: int
    requests: int
    breaches: int
    exports: int


def count(conn: Connection) -> Waiting:
    """What waits now."""
    row = conn.execute(SQL["count_waiting"]).fetchone()
    assert row is not None  # a SELECT without FROM has one row
    return Waiting(*row)
