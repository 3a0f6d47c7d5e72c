"""What an export asks for, as SQL: the rows of one stretch as they were at transaction number `t`. No connection.

A resource's row is where it is found; when it has changed after `t`, the newest version up to `t` comes from history.
The caller's rights are part of every stretch. `_typeFilter` is judged by the index of the present version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yteso.access.restriction import EVERYTHING, Restriction
from yteso.search import sql
from yteso.search.fragment import TRUE, Fragment, all_of, any_of
from yteso.search.query import Query
from yteso.search.rights import visible
from yteso.standards.fhir_r4 import TYPE_NUMBER

_COLUMNS = (
    "r.type, r.id, coalesce(h.ver, r.ver), coalesce(h.ts, r.ts), coalesce(h.t, r.t),"
    " coalesce(h.deleted, r.hash IS NULL), coalesce(h.dict, r.dict), coalesce(h.body, r.body), coalesce(h.pat, r.pat),"
    " coalesce(h.label, r.label)"
)
_FROM = (
    "store.resource r LEFT JOIN LATERAL (SELECT x.* FROM store.history x WHERE r.t > %s AND x.shard = r.shard"
    " AND x.type = r.type AND x.id = r.id AND x.t <= %s ORDER BY x.ver DESC LIMIT 1) h ON true"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported. `types` None: all; `in_patients`: only what lies in some patient's compartment."""

    limit: Restriction
    t: int
    now: datetime
    types: Sequence[str] | None = None
    in_patients: bool = False
    since: datetime | None = None
    filters: Mapping[str, Sequence[Query]] | None = None


def of_shard(selection: Selection, shard: int, after: tuple[int, int], count: int) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters): the next `count` rows of one shard after (type number, hid), in that order."""
    own = Fragment("r.shard = %s AND (r.type, r.hid) > (%s::smallint, %s::bigint)", (shard, *after))
    if selection.in_patients:
        own = all_of((own, Fragment("r.pat IS NOT NULL")))
    text, params = _select(selection, own)
    return f"{text} ORDER BY r.type, r.hid LIMIT %s", (*params, count)


def of_patients(selection: Selection, patients: Sequence[int]) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters): everything in the compartments of these patients (keys)."""
    keys = list(patients)
    own = Fragment("r.pat = ANY(%s::bigint[]) AND (h.pat IS NULL OR h.pat = ANY(%s::bigint[]))", (keys, keys))
    text, params = _select(selection, own)
    return f"{text} ORDER BY r.pat, r.type, r.id", params


def _select(selection: Selection, own: Fragment) -> tuple[str, tuple[Any, ...]]:
    where = all_of(
        (
            own,
            Fragment("(r.t <= %s OR h.ver IS NOT NULL)", (selection.t,)),
            _types(selection.types),
            visible(selection.limit, "r"),
            any_of((Fragment("h.ver IS NULL"), visible(selection.limit, "h", past=True))),
            _since(selection.since),
            *_filters(selection),
        )
    )
    return f"SELECT {_COLUMNS} FROM {_FROM} WHERE {where.text}", (selection.t, selection.t, *where.params)


def _types(types: Sequence[str] | None) -> Fragment:
    if types is None:
        return TRUE
    return Fragment("r.type = ANY(%s::smallint[])", (sorted(TYPE_NUMBER[name] for name in types),))


def _since(since: datetime | None) -> Fragment:
    """Deleted ones are told only since a moment (Bulk Data Access IG 2.0, `deleted`)."""
    if since is None:
        return Fragment("NOT coalesce(h.deleted, r.hash IS NULL)")
    return Fragment("r.ts >= %s AND coalesce(h.ts, r.ts) >= %s", (since, since))


def _filters(selection: Selection) -> list[Fragment]:
    """A type's filters are alternatives; what is deleted by now has no index to be judged by."""
    found = []
    for type, queries in (selection.filters or {}).items():
        other = Fragment("r.type <> %s OR r.hash IS NULL", (TYPE_NUMBER[type],))
        found.append(any_of((other, *(sql.condition(query, EVERYTHING, selection.now) for query in queries))))
    return found
