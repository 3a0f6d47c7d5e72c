"""Rights that somebody gave by an act of their own, against the row of the chain that act left: records opened for a
while, more of a budget, exports approved and approved beforehand, orders to inspect.

Nothing of them can be made again from a resource, but each was committed together with its row of the audit, which the
chain holds. Whoever puts in such a right, extends it or gives it to somebody else has no such row. Nothing is asked of
functions of the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from yteso.db import Connection, Queries
from yteso.store.inspections import said
from yteso.store.openings import GLASS, VISIT

SQL = Queries.beside(__file__, "verify_granted.sql")
MOMENT = timedelta(minutes=10)
"""A transaction's rows of the audit are written within that of its beginning."""
_BOUNDS = {"moment": MOMENT, "glass": GLASS, "visit": VISIT}


def bad_grant(conn: Connection) -> str | None:
    """The first right of that kind that nobody gave so, in words; None when there is none."""
    if row := conn.execute(SQL["fetch_unfounded_opening"], _BOUNDS).fetchone():
        return f"store.opening {row[0]}"
    return _bad_budget(conn) or _bad_standing(conn) or _bad_inspection(conn) or _bad_export(conn)


def _bad_budget(conn: Connection) -> str | None:
    good, all_ = set(), []
    for id, most, until, told in conn.execute(SQL["fetch_budget_grants"], _BOUNDS):
        all_.append(id)
        if told and told.startswith(f"{most} people ") and _holds(until, told):
            good.add(id)
    return next((f"store.budget_grant {id}" for id in all_ if id not in good), None)


def _bad_standing(conn: Connection) -> str | None:
    good, all_ = set(), []
    for id, until, told in conn.execute(SQL["fetch_standing_approvals"], _BOUNDS):
        all_.append(id)
        if told and told.startswith("standing approval ") and _holds(until, told):
            good.add(id)
    return next((f"store.standing_approval {id}" for id in all_ if id not in good), None)


def _bad_inspection(conn: Connection) -> str | None:
    good, all_ = set(), []
    for id, number, facility, since, until, told in conn.execute(SQL["fetch_inspections"], _BOUNDS):
        all_.append(id)
        given, _, rest = (told or "").partition(" since ")
        if given == said(number, facility) and _holds(until, told) and _begins(since, rest.partition(" until ")[0]):
            good.add(id)
    return next((f"store.inspection {id}" for id in all_ if id not in good), None)


def _bad_export(conn: Connection) -> str | None:
    row = conn.execute(SQL["fetch_unfounded_export"], _BOUNDS).fetchone()
    return f"store.bulk_job {row[0]}" if row else None


def _holds(until: datetime, told: str) -> bool:
    """Whether it ends no later than its row says; it may have been ended before."""
    try:
        return until <= datetime.fromisoformat(told.rpartition(" until ")[2])
    except ValueError:
        return False


def _begins(since: datetime, told: str) -> bool:
    """Whether it begins when its row says."""
    try:
        return since == datetime.fromisoformat(told)
    except ValueError:
        return False
