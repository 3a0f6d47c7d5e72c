"""How many files came in by which door and how they stand: numbers for metrics, without facility, file or patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yteso.db import Connection, Queries

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class Tally:
    """Files of one door in one state; `with_findings` of them have errors or warnings."""

    door: str
    state: str
    files: int
    with_findings: int


def tally(conn: Connection, since: datetime) -> list[Tally]:
    """The files received since that moment."""
    return [Tally(*row) for row in conn.execute(SQL["tally"], [since]).fetchall()]
