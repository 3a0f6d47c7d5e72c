"""A search over several types: one statement for the page, the rights in each of its arms, one audit row for all.

Links and includes are looked up for each type as in a search of it. Each statement gets `SECONDS`, and none begins
when they are over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yteso.access.principal import Principal
from yteso.search import across as merged
from yteso.search.plan import Plan
from yteso.search.query import Across, Query
from yteso.search.sql import total
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import audit, wall
from yteso.store.find import SECONDS, bounded, counted_people
from yteso.store.include import Including
from yteso.store.links import Asking
from yteso.store.protocol import Page
from yteso.store.read import SMALL, SQL, run, stored
from yteso.store.unnamed import discreet


def search_across(asking: Asking, who: Principal, across: Across) -> Page:
    """See `protocol.Store.search_across`."""
    wall.name(asking.conn, asking.limit)
    with bounded(asking.conn, SECONDS):
        plans = [_plan(asking, query) for query in _present(asking, across)]
        rows, following = _page(asking, across, plans)
        matches = tuple(stored(asking.conn, asking.codec, row) for row in rows)
        including = Including(asking.conn, asking.codec, asking.limit, matches)
        for query in across.queries if matches else ():
            including.follow(query, [one for one in matches if one.type == query.type])
        alone = across.count and not (following or across.cursor)
        counted = len(rows) if alone else _total(asking, across, plans)
        patients = {row[8] for row in rows if row[8] is not None}
        if counted is not None and len(rows) < counted < SMALL:
            patients |= {one for plan in plans for one in counted_people(asking, plan)}
    given = audit.given((*matches, *including.found))
    audit.note(asking.conn, who, "R", *audit.about_across(across), patients | including.patients, given)
    shown = discreet(asking.conn, asking.limit, (*matches, *including.found), patients | including.patients)
    return Page(shown[: len(matches)], shown[len(matches) :], counted, following, including.more)


def _plan(asking: Asking, query: Query) -> Plan:
    asking.refuse_late()
    return asking.plan(query)


def _present(asking: Asking, across: Across) -> Sequence[Query]:
    """What is asked of types that have rows; of named types all of it."""
    if across.named:
        return across.queries
    (numbers,) = asking.conn.execute(SQL["fetch_types"]).fetchone() or ((),)
    return [query for query in across.queries if TYPE_NUMBER[query.type] in numbers]


def _page(asking: Asking, across: Across, plans: Sequence[Plan]) -> tuple[list[tuple[Any, ...]], str]:
    if not (across.count and plans):
        return [], ""
    rows = run(asking.conn, *merged.page(across, plans, asking.limit)).fetchall()
    more, rows = len(rows) > across.count, rows[: across.count]
    return rows, merged.following(across, rows[-1]) if more else ""


def _total(asking: Asking, across: Across, plans: Sequence[Plan]) -> int | None:
    """How many match, counted when it is asked for."""
    if across.total == "none" and across.count:
        return None
    return sum(_counted(asking, plan) for plan in plans)


def _counted(asking: Asking, plan: Plan) -> int:
    asking.refuse_late()
    (found,) = run(asking.conn, *total(plan, asking.limit)).fetchone()
    return int(found)
