"""A page in an order that no index has: at most `MOST` matches are read and sorted here (see `search.sorting`).

The cursor names the last rows shown, not their values; the next page begins after the last of them that is still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir.json import loads
from yteso.search import cursor, rules, sql
from yteso.search.plan import Plan
from yteso.search.query import Query
from yteso.search.sorting import Sortable, in_order
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store.dictionaries import ensure_known
from yteso.store.links import MOST, Asking
from yteso.store.read import run

_SIGNPOSTS = 20


def sorted_page(asking: Asking, plan: Plan) -> tuple[list[tuple[Any, ...]], str, int]:
    """The rows of a page, the cursor of the next one (empty: none), and how many match. Refused when too many do."""
    query, statement = plan.query, sql.some(plan, asking.limit, sql.COLUMNS, MOST + 1)
    rows = {row[1]: row for row in run(asking.conn, *statement).fetchall()}
    if len(rows) > MOST:
        raise Refused(rules.TOO_WIDE.at(Origin(field="_sort"), name="_sort", limit=MOST), status=400)
    ids = [one.id for one in in_order(query, [_sortable(asking, row) for row in rows.values()])]
    start = _start(query, ids)
    shown = ids[start : start + query.count]
    more = start + query.count < len(ids)
    following = cursor.pack([cursor.checksum(query), *shown[-_SIGNPOSTS:]]) if more and shown else ""
    return [rows[id] for id in shown], following, len(ids)


def _sortable(asking: Asking, row: tuple[Any, ...]) -> Sortable:
    ensure_known(asking.conn, asking.codec, row[6])
    return Sortable(row[1], row[3], loads(asking.codec.unpack(TYPE_NAME[row[0]], row[1], row[6], row[7])[0]))


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
