"""How much waits for the data officer. Figures only: they name nobody, so that nobody is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from yteso.db import Connection, Queries

SQL = Queries.beside(__file__, "waiting.sql")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open work by its kind. `glass`: emergency openings that nobody reviewed. Alarms: `often`, accounts that broke the
    glass too often within a week; `late`, openings whose review is overdue."""

    glass: int
    questions: int
    requests: int
    breaches: int
    exports: int
    often: int
    late: int


def count(conn: Connection, often: int, review: timedelta) -> Waiting:
    """What waits now; broken glass is too much beyond so often a week, and late after so long."""
    row = conn.execute(SQL["count_waiting"], {"often": often, "review": review}).fetchone()
    assert row is not None  # a SELECT without FROM has one row
    return Waiting(*row)
