"""A page in an order that no index has: at most `MOST` matches are read and sorted here (see `search.sorting`).

The cursor names the last rows shown, not their values; the next page begins after the last of them that is still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yteso.fhir.json import loads
from yteso.search import cursor, sql
from yteso.search.plan import Plan
from yteso.search.query import Query
from yteso.search.sorting import in_order, sortable
from yteso.store.links import MOST, Asking

_SIGNPOSTS = 20


def sorted_page(asking: Asking, plan: Plan) -> tuple[list[tuple[Any, ...]], str, int]:
    """The rows of a page, the cursor of the next one (empty: none), and how many match.

    Refused when too many do, or when they are too large together.
    """
    query = plan.query
    rows = {row[1]: row for row in asking.bodies(plan, sql.COLUMNS, MOST, "_sort")}
    shown = dict(asking.shown(query.type, [(row[1], row[6], row[7], row[8]) for row in rows.values()]))
    found = [sortable(query, id, rows[id][3], loads(text)) for id, text in shown.items()]
    ids = [one.id for one in in_order(query, found)]
    start = _start(query, ids)
    page = ids[start : start + query.count]
    more = start + query.count < len(ids)
    following = cursor.pack([cursor.checksum(query), *page[-_SIGNPOSTS:]]) if more and page else ""
    return [rows[id] for id in page], following, len(ids)


def _start(query: Query, ids: Sequence[str]) -> int:
    if not query.cursor:
        return 0
    mark, *signposts = cursor.unpack(query.cursor) or [""]
    if mark != cursor.checksum(query):
        raise cursor.refuse_cursor()
    places = {id: at for at, id in enumerate(ids)}
    for id in reversed(signposts):
        if isinstance(id, str) and id in places:
            return places[id] + 1
    raise cursor.refuse_cursor()
