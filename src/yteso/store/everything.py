"""What belongs to one patient or one visit, in pages, and many resources by their keys: the rights in each statement.

A patient's resources are found by the patient column alone, a visit's by the patient column and the tokens of the
references to it. What they refer to outside every patient's compartment (practitioners, organizations, medicines) comes
with each page, found by one pattern over the canonical bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.db import Connection
from yteso.fhir.dates import microseconds
from yteso.search.contexts import TYPE as CONTENT
from yteso.search.cursor import pack, refuse_cursor, unpack
from yteso.search.fragment import Fragment, all_of, any_of
from yteso.search.hot import hot
from yteso.search.keys import number, path_key, patient_key, token
from yteso.search.plan import found_first
from yteso.search.rights import visible
from yteso.search.row import NO_DATE
from yteso.standards.fhir_r4 import COMPARTMENTS, RESOURCE_TYPES, SEARCH_PARAMETERS, TYPE_NAME, TYPE_NUMBER
from yteso.store import audit, wall
from yteso.store.codec import Codec
from yteso.store.protocol import Extent, Page, Stored
from yteso.store.read import NAMED, PRESENT, run, stored
from yteso.store.rows import key_of, named_lists, place_of
from yteso.store.unnamed import discreet

_REFERENCE = re.compile(rb'"reference":"([A-Za-z]{2,64})/([A-Za-z0-9.\-]{1,64})(?:/_history/[^"]*)?"')
"""A quotation mark inside a string is escaped, so that only members of objects are found."""

_ATTACHED = re.compile(rb'"url":"Binary/([A-Za-z0-9.\-]{1,64})(?:/_history/[^"]*)?"')
"""Files are named by the address of an Attachment, not by a reference (FHIR R4 §2.24.0.6)."""

_BEGINNING = (0, "")
"""Before every type and id: where a page ended that showed the focus alone."""
_VISIT_NAMES = ("encounter", "context")
"""The parameters by which a resource says its visit, beside those of FHIR R4 compartmentdefinition-encounter."""


def everything(
    conn: Connection, codec: Codec, who: Principal, limit: Restriction, focus: Stored, extent: Extent
) -> Page:
    """See `protocol.Store.everything`."""
    wall.name(conn, limit)
    owner = _owner(conn, focus)
    rows_of = found_first(_belongs(focus, owner))
    conditions = [
        Fragment("r.hash IS NOT NULL"),
        Fragment("NOT (r.type = %s AND r.id = %s)", (TYPE_NUMBER[focus.type], focus.id)),
        visible(limit, "r", files=False),
        *_extent(extent),
    ]
    where = all_of(tuple(conditions))
    text = f"SELECT {PRESENT} FROM {rows_of.text} WHERE {where.text} ORDER BY r.type, r.id LIMIT %s"
    rows = run(conn, text, (*rows_of.params, *where.params, extent.count + 1)).fetchall()
    more, rows = len(rows) > extent.count, rows[: extent.count]
    matches = tuple(stored(conn, codec, row) for row in rows)
    news = extent.since is None or focus.updated >= extent.since
    shown = (focus, *matches) if news and not extent.cursor else matches
    others = _referred(conn, limit, shown, owner if focus.type == "Encounter" else None, extent.types)
    patients = {row[8] for row in (*rows, *others) if row[8] is not None} | ({owner} if owner is not None else set())
    beside = tuple(stored(conn, codec, row) for row in others)
    what = f"{focus.type}/{focus.id}/$everything"
    audit.note(conn, who, "R", what, "", patients, audit.given((*shown, *beside)))
    following = pack(rows[-1][:2] if rows else _BEGINNING) if more else ""
    told = discreet(conn, limit, (*matches, *beside), patients)
    return Page(told[: len(matches)], told[len(matches) :], None, following)


def newest(
    conn: Connection, codec: Codec, who: Principal, limit: Restriction, patient: str, types: Iterable[str], most: int
) -> tuple[Stored, ...]:
    """See `protocol.Store.newest`."""
    rights = visible(limit, "r", files=False)
    wall.name(conn, limit)
    text = (
        f"SELECT {PRESENT} FROM (SELECT r.*, row_number() OVER (PARTITION BY r.type ORDER BY r.d_lo DESC, r.id)"
        " AS place FROM store.resource r WHERE r.pat = %s AND r.type = ANY(%s::smallint[]) AND r.hash IS NOT NULL"
        f" AND {rights.text}) r WHERE r.place <= %s ORDER BY r.type, r.place"
    )
    key = number(patient_key(patient))
    numbers = sorted(TYPE_NUMBER[name] for name in types)
    rows = run(conn, text, (key, numbers, *rights.params, most)).fetchall()
    found = tuple(stored(conn, codec, row) for row in rows)
    audit.note(conn, who, "R", f"Patient/{patient}/newest", "", [key], audit.given(found))
    return discreet(conn, limit, found, [key])


def read_many(
    conn: Connection, codec: Codec, who: Principal, limit: Restriction, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Stored]:
    """See `protocol.Store.read_many`."""
    wall.name(conn, limit)
    rows = _rows(conn, limit, keys, Fragment("TRUE"))
    patients = {row[8] for row in rows if row[8] is not None}
    found = [stored(conn, codec, row) for row in rows]
    if found:
        audit.note(conn, who, "R", f"{len(rows)} resources", "", patients, audit.given(found))
    return {(one.type, one.id): one for one in discreet(conn, limit, found, patients)}


def references_in(bodies: Iterable[Stored]) -> set[tuple[str, str]]:
    """The resources here that these refer to, by type and id."""
    found = {match for one in bodies for match in _REFERENCE.findall(one.body)}
    named = {(type.decode(), id.decode()) for type, id in found}
    return {key for key in named if key[0] in RESOURCE_TYPES}


def _owner(conn: Connection, focus: Stored) -> int | None:
    """The patient column of what is asked about; the focus itself was read with the caller's rights."""
    if focus.type == "Patient":
        return number(patient_key(focus.id))
    row = conn.execute(
        b"SELECT pat FROM store.resource WHERE shard = %s AND type = %s AND hid = %s", place_of(focus.type, focus.id)
    ).fetchone()
    return row[0] if row else None


def _belongs(focus: Stored, owner: int | None) -> Fragment:
    if focus.type == "Patient":
        same = "ARRAY(SELECT %s::bigint UNION ALL SELECT store.same_person(%s))"
        return Fragment(f"r.pat = ANY({same})", (owner, owner))
    linked = Fragment("r.tok && %s::bigint[]", (_links(focus.id),))
    return linked if owner is None else all_of((Fragment("r.pat = %s", (owner,)), linked))


def _links(encounter: str) -> list[int]:
    """The tokens of every reference that says: part of this visit."""
    return [number(token(f"{key}|Encounter/{encounter}")) for key in _link_keys()]


@cache
def _link_keys() -> tuple[str, ...]:
    return tuple(
        {
            path_key(type, path): None
            for type in sorted(RESOURCE_TYPES)
            for name in (*_VISIT_NAMES, *COMPARTMENTS["Encounter"].get(type, ()))
            if (parameter := SEARCH_PARAMETERS[type].get(name)) and "Encounter" in parameter.targets
            for path in parameter.paths
        }
    )


def _extent(extent: Extent) -> Iterable[Fragment]:
    if extent.types is None:
        # Files come when they are asked for: a page could hold a thousand.
        yield Fragment("r.type <> %s", (TYPE_NUMBER["Binary"],))
    else:
        yield Fragment("r.type = ANY(%s::smallint[])", (sorted(TYPE_NUMBER[name] for name in extent.types),))
    if extent.since is not None:
        yield Fragment("r.ts >= %s", (extent.since,))
    if extent.lowest is not None or extent.highest is not None:
        within = Fragment(
            "(r.d_hi >= %s AND r.d_lo <= %s)",
            (
                microseconds(extent.lowest) if extent.lowest else NO_DATE,
                microseconds(extent.highest) if extent.highest else 2**63 - 1,
            ),
        )
        undated = Fragment("r.d_lo = %s OR r.type = ANY(%s::smallint[])", (NO_DATE, _undated()))
        yield any_of((undated, within))
    if extent.cursor:
        yield Fragment("(r.type, r.id) > (%s, %s)", _read_cursor(extent.cursor))


@cache
def _undated() -> list[int]:
    """Types whose date is a person's birth: it says nothing about when care was given."""
    return [TYPE_NUMBER[type] for type in sorted(RESOURCE_TYPES) if hot(type).date == "birthdate"]


def _read_cursor(cursor: str) -> tuple[int, str]:
    values = unpack(cursor)
    if [value.__class__ for value in values] != [int, str] or values[0] not in (0, *TYPE_NAME):
        raise refuse_cursor()
    return values[0], values[1]


def _referred(
    conn: Connection, limit: Restriction, shown: Sequence[Stored], owner: int | None, types: frozenset[str] | None
) -> list[Sequence[Any]]:
    """What the shown resources refer to, outside every patient's compartment or inside the owner's."""
    wanted = references_in(shown)
    if types is not None:
        files = {(CONTENT, id.decode()) for one in shown for id in _ATTACHED.findall(one.body)}
        wanted = {key for key in wanted | files if key[0] in types}
    wanted -= {(one.type, one.id) for one in shown}
    outside = Fragment("r.pat IS NULL")
    return _rows(conn, limit, wanted, outside if owner is None else any_of((outside, Fragment("r.pat = %s", (owner,)))))


def _rows(
    conn: Connection, limit: Restriction, keys: Iterable[tuple[str, str]], where: Fragment
) -> list[Sequence[Any]]:
    ordered = sorted(key_of(*key) for key in keys)
    if not ordered:
        return []
    files = any(TYPE_NAME[type] == CONTENT for _, type, _ in ordered)
    condition = all_of((visible(limit, "r", files=files), where))
    text = f"SELECT {PRESENT} FROM {NAMED} WHERE r.hash IS NOT NULL AND {condition.text} ORDER BY r.type, r.id"
    found: list[Sequence[Any]] = run(conn, text, (*named_lists(ordered), *condition.params)).fetchall()
    return found
