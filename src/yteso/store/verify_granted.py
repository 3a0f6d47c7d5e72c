"""Rights that somebody gave by an act of their own, against the row of the chain that act left: records opened for a
while and codes that do so, more of a budget, exports approved and approved beforehand, orders to inspect.

Nothing of them can be made again from a resource, but each was committed together with its row of the audit, which the
chain holds. Whoever puts in such a right, extends it or gives it to somebody else has no such row. What counts once (a
code, a link, a token) is gone or marked when it was used: the row of its use names what the row of its giving holds.
Nothing is asked of functions of the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from yteso.db import Connection, Queries
from yteso.store.openings import CODE, GLASS, VISIT

SQL = Queries.beside(__file__, "verify_granted.sql")
MOMENT = timedelta(minutes=10)
"""A transaction's rows of the audit are written within that of its beginning."""
_BOUNDS = {"moment": MOMENT, "glass": GLASS, "visit": VISIT, "code": CODE}


def bad_grant(conn: Connection) -> str | None:
    """The first right of that kind that nobody gave so, in words; None when there is none."""
    if row := conn.execute(SQL["fetch_unfounded_opening"], _BOUNDS).fetchone():
        return f"store.opening {row[0]}"
    good: dict[str, bool] = {}
    for place, words, since, until, told in conn.execute(SQL["fetch_granted"], _BOUNDS):
        good[place] = good.get(place, False) or _says(told, words, since, until)
    if bad := next((place for place, is_good in good.items() if not is_good), None):
        return bad
    if row := conn.execute(SQL["fetch_unfounded_export"], _BOUNDS).fetchone():
        return f"store.bulk_job {row[0]}"
    if row := conn.execute(SQL["fetch_missing_opening"], _BOUNDS).fetchone():
        return f"store.opening {row[0]}"
    if row := conn.execute(SQL["fetch_unfounded_code"], _BOUNDS).fetchone():
        return f"store.visit_code {row[0]}"
    for uses in ("fetch_forged_code", "fetch_forged_use"):
        if row := conn.execute(SQL[uses], _BOUNDS).fetchone():
            return f"store.audit {row[0]}"
    return None


def _says(told: str | None, words: str, since: datetime | None, until: datetime) -> bool:
    """Whether the chain's row tells this right: `WORDS [since BEGIN] until END`. It may end before, as who ended it."""
    head, _, end = (told or "").rpartition(" until ")
    given, _, begin = head.partition(" since ") if since else (head, "", "")
    try:
        return given == words and until <= datetime.fromisoformat(end) and since == _moment(begin)
    except ValueError:
        return False


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
