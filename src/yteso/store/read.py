"""One resource, one version, many versions: rows -> `Stored`, rights in the WHERE, audit in the same statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.db import Connection, Queries, Statement, run_together
from yteso.fhir.dates import microseconds, moment
from yteso.search.contexts import TYPE as CONTENT
from yteso.search.contexts import patient_of
from yteso.search.cursor import pack, refuse_cursor, unpack
from yteso.search.fragment import Fragment, all_of
from yteso.search.rights import visible
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store import audit, wall
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.protocol import Page, Read, Span, Stored
from yteso.store.receivers import TYPE as RECEIVER
from yteso.store.receivers import hidden
from yteso.store.rows import Key, key_lists, key_of, named_lists, place_of
from yteso.store.unnamed import Discretion, discreet

SQL = Queries.beside(__file__)

COLUMNS = "{0}.type, {0}.id, {0}.ver, {0}.ts, {0}.t, {1}, {0}.dict, {0}.body"
PRESENT = COLUMNS.format("r", "r.hash IS NULL") + f", {patient_of('r')}, r.label"
PAST = COLUMNS.format("h", "h.deleted") + f", {patient_of('h', past=True)}, h.label"
"""A version, the patient it is about and its labels: what is read for somebody."""
NAMED = (
    "unnest((SELECT %b::smallint[]), (SELECT %b::smallint[]), (SELECT %b::bigint[]), (SELECT string_to_array(%s, ' ')))"
    " AS k (shard, type, hid, id)"
    " JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.hid = k.hid AND r.id = k.id"
)
"""Rows `r` of keys given as `rows.named_lists`. In sub-queries their number is unknown to the planner, which would else
think a plan for these few worth making at each execution; that takes twice as long as the rest."""
_ONE = "r.shard = %s AND r.type = %s AND r.hid = %s AND r.id = %s"
"""The row of a key given as `rows.place_of` and its id."""
SMALL = 5
"""A count of fewer tells of people: who has something, when only one can be meant."""


def stored(conn: Connection, codec: Codec, row: Sequence[Any]) -> Stored:
    """The value of a row whose first columns are `COLUMNS`, or `PRESENT` where it is read for somebody."""
    type, id, version, updated, t, deleted, dictionary, body = row[:8]
    label = row[9] if len(row) > 9 else 0
    if deleted:
        return Stored(TYPE_NAME[type], id, version, updated, b"", t, deleted=True)
    ensure_known(conn, codec, dictionary)
    name = TYPE_NAME[type]
    text = codec.read(name, id, dictionary, body, version, updated)
    if name == RECEIVER:
        text = hidden(text)
    return Stored(name, id, version, updated, text, t, label=label)


def read(conn: Connection, codec: Codec, who: Principal, limit: Restriction, type: str, id: str) -> Stored | None:
    """See `protocol.Store.read`."""
    return read_together(conn, codec, [Read(who, limit, type, id)])[0]


def read_together(conn: Connection, codec: Codec, reads: Sequence[Read], *, ends: bool = False) -> list[Stored | None]:
    """See `protocol.Store.read_together`. One statement for all who have the same rights, one for the audit rows.

    What is asked goes out in one trip, the audit rows and the end of the transaction in another.
    """
    found: list[Stored | None] = [None] * len(reads)
    notes: list[tuple[int, audit.Note]] = []
    rows = [
        (place, [stored(conn, codec, row)], [row[8]] if row[8] is not None else [])
        for place, row in _fetch(conn, reads)
    ]
    discretion = Discretion([(reads[place].limit, there, patients) for place, there, patients in rows])
    for place, _, patients in rows:
        one = reads[place]
        notes.append((place, audit.Note(one.who, "R", f"{one.type}/{one.id}", "", patients)))
    if notes:
        in_turn = [note for _, note in sorted(notes, key=itemgetter(0))]
        guarded = audit.write_notes_after(conn, discretion.asked, in_turn, ends=ends)
        for (place, _, _), (shown,) in zip(rows, discretion.told(conn, guarded, ends=ends), strict=True):
            found[place] = shown
    return found


def _fetch(conn: Connection, reads: Sequence[Read]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The place of each read that may be seen, and its row."""
    by_limit: dict[Restriction, dict[int, Key]] = {}
    for place, one in enumerate(reads):
        by_limit.setdefault(one.limit, {})[place] = key_of(one.type, one.id)
    statements: list[Statement] = []
    asked: list[tuple[dict[int, Key], int]] = []
    named: Restriction | None = None
    for limit, keys in by_limit.items():
        statements += wall.naming(conn, limit, named)
        named = limit
        asked.append((keys, len(statements)))
        statements.append(_of_keys(limit, sorted(set(keys.values()))))
    answers = run_together(conn, statements)
    for keys, at in asked:
        by_key = {(row[0], row[1]): row for row in answers[at]}
        yield from ((place, by_key[key[1:]]) for place, key in keys.items() if key[1:] in by_key)


def _of_keys(limit: Restriction, keys: Sequence[Key]) -> Statement:
    """The rows of these keys that may be seen. Keys lead to rows whatever their values: one plan."""
    if len(keys) == 1:
        shard, type, id = keys[0]
        rights = visible(limit, "r", type=TYPE_NAME[type])
        text = f"SELECT {PRESENT} FROM store.resource r WHERE {_ONE} AND {rights.text}"
        return Statement(text, (shard, type, hid(id), id, *rights.params))
    rights = visible(limit, "r", files=any(TYPE_NAME[type] == CONTENT for _, type, _ in keys))
    return Statement(f"SELECT {PRESENT} FROM {NAMED} WHERE {rights.text}", (*named_lists(keys), *rights.params))


def read_version(
    conn: Connection, codec: Codec, who: Principal, limit: Restriction, type: str, id: str, version: int
) -> Stored | None:
    """See `protocol.Store.read_version`."""
    now, past = visible(limit, "r", type=type), visible(limit, "h", past=True, type=type)
    text = (
        f"SELECT {PRESENT} FROM store.resource r"
        f" WHERE {_ONE} AND r.ver = %s AND {now.text}"
        f" UNION ALL SELECT {PAST} FROM store.history h"
        f" WHERE h.shard = %s AND h.type = %s AND h.id = %s AND h.ver = %s AND {past.text}"
    )
    version = min(version, 2**31 - 1)
    wall.name(conn, limit)
    present = (*place_of(type, id), id, version, *now.params)
    row = run(conn, text, (*present, *key_of(type, id), version, *past.params)).fetchone()
    if row is None:
        return None
    patients = [row[8]] if row[8] is not None else []
    audit.note(conn, who, "R", f"{type}/{id}/_history/{version}", "", patients)
    return discreet(conn, limit, [stored(conn, codec, row)], patients)[0]


def history(
    conn: Connection,
    codec: Codec,
    who: Principal,
    limit: Restriction,
    type: str,
    id: str,
    when: Span,
    count: int,
    cursor: str,
) -> Page:
    """See `protocol.Store.history`. The cursor is (time, type, id, version) of the last row shown."""
    wall.name(conn, limit)
    what = "/".join(part for part in (type, id, "_history") if part)
    wheres = [
        all_of(_history_conditions(limit, alias, alias == "h", type, id, when, cursor)) for alias, _, _ in _VERSIONS
    ]
    if not count:
        total, patients = _counted(conn, wheres)
        audit.note(conn, who, "R", what, "", patients)
        return Page((), total=total)
    order = _OLDEST if when.oldest_first else _NEWEST
    halves, params = [], []
    for (alias, columns, table), where in zip(_VERSIONS, wheres, strict=True):
        halves.append(
            f"(SELECT {columns} FROM store.{table} {alias} WHERE {where.text}"
            f" ORDER BY {order.format(*(f'{alias}.{name}' for name in ('ts', 'type', 'id', 'ver')))} LIMIT %s)"
        )
        params += [*where.params, count + 1]
    text = f"{' UNION ALL '.join(halves)} ORDER BY {order.format(4, 1, 2, 3)} LIMIT %s"
    rows = run(conn, text, (*params, count + 1)).fetchall()
    more, rows = len(rows) > count, rows[:count]
    found = tuple(stored(conn, codec, row) for row in rows)
    patients = {row[8] for row in rows if row[8] is not None}
    audit.note(conn, who, "R", what, "", patients, audit.given(found))
    return Page(discreet(conn, limit, found, patients), next=_history_cursor(rows[-1]) if more else "")


def _counted(conn: Connection, wheres: Sequence[Fragment]) -> tuple[int, set[int]]:
    """How many versions there are; and of whom they tell, when so few are meant that the count tells of them."""
    halves = [
        f"SELECT {patient_of(alias, past=alias == 'h')} AS pat FROM store.{table} {alias} WHERE {where.text}"
        for (alias, _, table), where in zip(_VERSIONS, wheres, strict=True)
    ]
    text = (
        f"WITH told AS ({' UNION ALL '.join(halves)}) SELECT (SELECT count(*) FROM told),"
        " ARRAY(SELECT DISTINCT pat FROM told WHERE pat IS NOT NULL LIMIT %s)"
    )
    params = [value for where in wheres for value in where.params]
    total, patients = run(conn, text, (*params, SMALL)).fetchone()
    return total, set(patients) if len(patients) < SMALL else set()


_VERSIONS = (("r", PRESENT, "resource"), ("h", PAST, "history"))
_NEWEST = "{0} DESC, {1}, {2}, {3} DESC"
_OLDEST = "{0}, {1}, {2}, {3}"


def _history_conditions(
    limit: Restriction, alias: str, past: bool, type: str, id: str, when: Span, cursor: str
) -> Iterator[Fragment]:
    yield visible(limit, alias, past=past, type=type)
    if id and past:
        yield Fragment(f"{alias}.shard = %s AND {alias}.type = %s AND {alias}.id = %s", key_of(type, id))
    elif id:
        yield Fragment(_ONE, (*place_of(type, id), id))
    elif type:
        yield Fragment(f"{alias}.type = %s", (key_of(type, "any")[1],))
    if when.since:
        yield Fragment(f"{alias}.ts >= %s", (when.since,))
    if when.within:
        yield Fragment(f"{alias}.ts <= %s", (when.within[1],))
        if past:
            yield Fragment(f"{alias}.until > %s", (when.within[0],))
    if cursor:
        yield _after(alias, _read_history_cursor(cursor), oldest_first=when.oldest_first)


def _after(alias: str, last: Sequence[Any], *, oldest_first: bool) -> Fragment:
    """What comes after the last row shown, in the order of `_OLDEST` or `_NEWEST`."""
    updated, type, id, version = last
    sign, turned = (">", "") if oldest_first else ("<", "-")
    later = f"({alias}.type, {alias}.id, {turned}{alias}.ver) > (%s, %s, %s)"
    return Fragment(
        f"({alias}.ts {sign} %s OR ({alias}.ts = %s AND {later}))",
        (updated, updated, type, id, version if oldest_first else -version),
    )


def _history_cursor(row: Sequence[Any]) -> str:
    type, id, version, updated = row[:4]
    return pack([microseconds(updated), type, id, version])


def _read_history_cursor(cursor: str) -> list[Any]:
    values = unpack(cursor)
    if [value.__class__ for value in values] != [int, int, str, int]:
        raise refuse_cursor()
    return [moment(values[0]), *values[1:]]


def peek(conn: Connection, codec: Codec, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Stored]:
    """See `protocol.Store.peek`."""
    if not keys:
        return {}
    rows = conn.execute(SQL["fetch_many"], key_lists(key_of(*key) for key in keys)).fetchall()
    found = (stored(conn, codec, row) for row in rows)
    return {(one.type, one.id): one for one in found}


def lock(conn: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """See `protocol.Store.lock`."""
    conn.execute(SQL["lock_present"], key_lists(key_of(*key) for key in keys))


def changes_since(conn: Connection, codec: Codec, t: int, limit: int) -> Iterable[Stored]:
    """See `protocol.Store.changes_since`. May give more than `limit`: a transaction's changes are never parted."""
    rows = conn.execute(SQL["fetch_changes"], (t, limit)).fetchall()
    return [stored(conn, codec, row) for row in rows]


def reach(conn: Connection, after: int) -> tuple[int, datetime | None]:
    """The newest transaction number, and the moment of the oldest change after `after` (None: there is none)."""
    newest, waiting_since = conn.execute(SQL["fetch_reach"], [after]).fetchone() or (0, None)
    return newest, waiting_since


def run(conn: Connection, text: str, params: Sequence[Any], *, same_way: bool = False) -> Any:
    """Execute SQL put together from our own fragments. Prepared only when it goes the same way whatever the values."""
    return conn.execute(text.encode(), params, prepare=same_way)
