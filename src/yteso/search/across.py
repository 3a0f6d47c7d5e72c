"""A search over several types -> one statement for a page, one for its total: the arms of each type's plan, merged.

No connection. Rows come by time of writing or by id, then by id, then by type, so that a page begins after a row
whatever its type: what one transaction wrote has one time, and two types may have the same id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from yteso.fhir.dates import microseconds, moment
from yteso.search.cursor import pack, refuse_cursor, unpack
from yteso.search.fragment import Fragment, all_of
from yteso.search.plan import Plan
from yteso.search.query import Across
from yteso.search.rights import Rights
from yteso.search.sql import COLUMNS
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER

_TYPE, _ID, _TIME = 0, 1, 3
"""Where `COLUMNS` has them."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The last row shown; `when` is there when the page is sorted by time."""

    type: int
    id: str
    when: datetime | None


def page(across: Across, plans: Sequence[Plan], rights: Rights) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters) of one page, with one row more than asked to tell whether there is a next one."""
    place = _read(across) if across.cursor else None
    keys, direction = _keys(across), "DESC" if across.sort.descending else "ASC"
    order = ", ".join(f"{key} {direction}" for key in keys)
    texts, params = [], []
    for plan in plans:
        after = (_after(across, place, TYPE_NUMBER[plan.query.type]),) if place else ()
        for arm in plan.arms(rights):
            where = all_of((arm.where, *after))
            texts.append(f"(SELECT {COLUMNS} FROM {arm.source.text} WHERE {where.text} ORDER BY {order} LIMIT %s)")
            params += [*arm.source.params, *where.params, across.count + 1]
    places = [_TIME + 1, _ID + 1, _TYPE + 1] if _by_time(across) else [_ID + 1, _TYPE + 1]
    merged = ", ".join(f"{at} {direction}" for at in places)
    text = f"SELECT * FROM ({' UNION ALL '.join(texts)}) AS a ORDER BY {merged} LIMIT %s"
    return text, (*params, across.count + 1)


def following(across: Across, row: Sequence[Any]) -> str:
    """The cursor after a row."""
    when = microseconds(row[_TIME]) if _by_time(across) else None
    return pack([_checksum(across), row[_TYPE], row[_ID], when])


def _by_time(across: Across) -> bool:
    return across.sort.name == "_lastUpdated"


def _keys(across: Across) -> tuple[str, ...]:
    return ("r.ts", "r.id") if _by_time(across) else ("r.id",)


def _after(across: Across, place: _Place, type: int) -> Fragment:
    """Of one type: what comes later than the row, which may be of another type."""
    sign = "<" if across.sort.descending else ">"
    later = type < place.type if across.sort.descending else type > place.type
    values = (place.when, place.id) if _by_time(across) else (place.id,)
    marks = ", ".join(["%s"] * len(values))
    return Fragment(f"({', '.join(_keys(across))}) {sign}{'=' if later else ''} ({marks})", values)


def _read(across: Across) -> _Place:
    """Raises Refused when the cursor is broken or another search's."""
    parts = unpack(across.cursor)
    if len(parts) != 4 or parts[0] != _checksum(across):
        raise refuse_cursor()
    _, type, id, when = parts
    timed = isinstance(when, int) if _by_time(across) else when is None
    if not isinstance(type, int) or type not in TYPE_NAME or not isinstance(id, str) or not timed:
        raise refuse_cursor()
    return _Place(type, id, None if when is None else moment(when))


def _checksum(across: Across) -> str:
    """Ties a cursor to its search; clauses may name patients, hence a hash."""
    asked = repr((across.sort, [(query.type, query.conditions) for query in across.queries]))
    return blake2b(asked.encode(), digest_size=6).hexdigest()
