"""All that belongs to a compartment, of whatever type: `GET Patient/1/*` (FHIR R4 §2.11), in pages by type and id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yteso.access.principal import Principal
from yteso.base.ids import shard_of
from yteso.search.compartment import facts_within
from yteso.search.conditions import Rows, any_fact, conditions
from yteso.search.cursor import pack, refuse_cursor, unpack
from yteso.search.fragment import Fragment, all_of
from yteso.search.plan import found_first
from yteso.search.query import Query
from yteso.search.rights import visible
from yteso.search.side import hid
from yteso.standards.fhir_r4 import COMPARTMENTS, RESOURCE_TYPES, TYPE_NUMBER
from yteso.store import audit, wall
from yteso.store.find import SECONDS, bounded
from yteso.store.links import Asking
from yteso.store.protocol import Page
from yteso.store.read import PRESENT, run, stored
from yteso.store.unnamed import discreet

_RESOURCES = Fragment("store.resource r")


def whole_compartment(asking: Asking, who: Principal, query: Query, types: Sequence[str]) -> Page:
    """See `protocol.Store.whole_compartment`."""
    whole = query.compartment
    assert whole is not None
    wall.name(asking.conn, asking.limit)
    wanted = sorted(set(types or RESOURCE_TYPES) & {*COMPARTMENTS[whole.type], whole.type})
    rows = Rows(whole.type, "r", asking.now, unshown=asking.unshown(query))
    common = [visible(asking.limit, "r", files=False), Fragment("r.hash IS NOT NULL"), *conditions(rows, query.clauses)]
    common += [_after(query.cursor)] if query.cursor else []
    key = (TYPE_NUMBER[whole.type], whole.id)
    own = Fragment(
        "r.shard = %s AND r.type = %s AND r.hid = %s AND r.id = %s", (shard_of(whole.id), key[0], hid(whole.id), key[1])
    )
    others = any_fact(rows, rows.unshown.told(fact for name in wanted for fact in facts_within(whole, name)))
    apart = Fragment("NOT (r.type = %s AND r.id = %s)", key)
    rest = all_of((apart, *common))
    arms = [(found_first(others), rest), *([(_RESOURCES, all_of((own, *common)))] if whole.type in wanted else [])]
    union = " UNION ALL ".join(
        f"(SELECT {PRESENT} FROM {rows.text} WHERE {where.text} ORDER BY r.type, r.id LIMIT %s)" for rows, where in arms
    )
    params = [value for rows, where in arms for value in (*rows.params, *where.params, query.count + 1)]
    text = f"SELECT * FROM ({union}) AS a ORDER BY 1, 2 LIMIT %s"
    with bounded(asking.conn, SECONDS):
        found: list[tuple[Any, ...]] = run(asking.conn, text, (*params, query.count + 1)).fetchall()
    more, found = len(found) > query.count, found[: query.count]
    patients = {row[8] for row in found if row[8] is not None}
    matches = tuple(stored(asking.conn, asking.codec, row) for row in found)
    audit.note(asking.conn, who, "R", f"{whole.type}/{whole.id}/*", "", patients, audit.given(matches))
    matches = discreet(asking.conn, asking.limit, matches, patients)
    return Page(matches, next=pack([found[-1][0], found[-1][1]]) if more and found else "")


def _after(cursor: str) -> Fragment:
    values = unpack(cursor)
    if [value.__class__ for value in values] != [int, str] or not 0 <= values[0] < 2**15:
        raise refuse_cursor()
    return Fragment("(r.type, r.id) > (%s::smallint, %s)", tuple(values))
