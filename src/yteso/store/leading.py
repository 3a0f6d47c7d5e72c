"""Whose records somebody may see, as what leads their searches (`search.leading`).

How many a facility's are is asked of the database at times.
A connection remembers it of a facility for `REMEMBERED`: which way a search goes hangs on it, not what is found.
"""

from __future__ import annotations

from time import monotonic
from weakref import WeakKeyDictionary

from yteso.access.restriction import Restriction
from yteso.db import Connection
from yteso.search.leading import Lead, led_by

REMEMBERED = 300
"""Seconds."""
_MOST = 1_000
"""Facilities a connection remembers before it begins anew."""
_Known = dict[str, tuple[float, int, int]]
_known: WeakKeyDictionary[Connection, _Known] = WeakKeyDictionary()


def lead(conn: Connection, limit: Restriction) -> Lead | None:
    """What leads the searches of who has these rights; None when nobody bounds them to people."""
    if not limit.care_facility:
        return led_by(limit)
    return led_by(limit, *_how_many(conn, limit.care_facility))


def _how_many(conn: Connection, facility: str) -> tuple[int, int]:
    """The patients of the facility, and those of the record."""
    known = _known.setdefault(conn, {})
    asked, count, of = known.get(facility, (-float(REMEMBERED), 0, 0))
    if monotonic() - asked < REMEMBERED:
        return count, of
    row = conn.execute("SELECT cared, known FROM store.how_many_people(%s)", (facility,)).fetchone()
    assert row is not None
    if len(known) >= _MOST:
        known.clear()
    known[facility] = (monotonic(), *row)
    return int(row[0]), int(row[1])
