"""How the background work goes: jobs by state and workers alive. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from yteso.db import Connection, Queries
from yteso.jobs.worker import STALLED

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """`jobs`: how many are in each state; `workers`: how many are alive."""

    jobs: dict[str, int]
    workers: int


def fetch_status(conn: Connection) -> JobStatus:
    """The state at this moment."""
    jobs: dict[str, int] = dict(conn.execute(SQL["count_jobs"]).fetchall())
    beating = conn.execute(SQL["count_beating"], [STALLED]).fetchone()
    assert beating is not None
    return JobStatus(jobs, beating[0])
