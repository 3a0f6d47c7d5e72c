"""Changes -> rows, all or nothing, inside the caller's transaction. The hot path: few statements, sets, no look-backs.

1. fetch what is there (one statement)   2. decide what each change does   3. lock what will be replaced, decide again
4. one audit row, which gives number and time   5. old versions to history, new ones over them   6. COPY what is new
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from yteso.access.principal import Principal
from yteso.db import Connection, Queries
from yteso.search.keys import number
from yteso.search.row import NO_DATE, IndexRow
from yteso.standards.fhir_r4 import TYPE_NAME, TYPE_NUMBER
from yteso.store import audit
from yteso.store.care import care_rows
from yteso.store.codec import Codec
from yteso.store.protocol import Change, Put, Transaction, VersionConflict, Written
from yteso.store.rows import (
    Key,
    Row,
    copy_care,
    copy_moments,
    copy_numbers,
    copy_resources,
    copy_strings,
    index_of,
    key_lists,
    key_of,
    row_of,
)

SQL = Queries.beside(__file__)

Status = Literal["created", "updated", "unchanged", "deleted", "absent"]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When something that was never there was last updated."""
_ACTION = {"created": "C", "updated": "U", "deleted": "D"}


@dataclass(frozen=True, slots=True)
class Present:
    """What is there now. `hash` is None for a tombstone."""

    version: int
    hash: bytes | None
    updated: datetime
    patient: int | None


@dataclass(slots=True)
class Wish:
    """What the caller wants for one key; `row` is None to remove it."""

    key: Key
    row: Row | None
    expected: int | None


def write(conn: Connection, codec: Codec, who: Principal, changes: Sequence[Change], detail: str) -> Transaction:
    """See `protocol.Store.write`. Of several changes to one resource the last one counts, and answers for all."""
    asked = [_wish(change) for change in changes]
    wishes = {wish.key: wish for wish in asked}
    order = sorted(wishes)
    present = _fetch(conn, "fetch_present", order)
    statuses = {key: _decide(wishes[key], present.get(key)) for key in order}
    replaced = [key for key in order if key in present and statuses[key] in ("created", "updated", "deleted")]
    if replaced:
        locked = _fetch(conn, "lock_present", replaced)
        present.update(locked)
        statuses.update((key, _decide(wishes[key], locked.get(key))) for key in replaced)
        replaced = [key for key in replaced if statuses[key] in ("created", "updated", "deleted")]
    created = [key for key in order if statuses[key] == "created" and key not in present]
    if not created and not replaced:
        return Transaction(0, _answers(asked, wishes, present, statuses, NEVER))
    indexes = {key: index_of(row) for key in (*created, *replaced) if (row := wishes[key].row) is not None}
    touched = {number(index.pat) for index in indexes.values() if index.pat}
    touched.update(pat for key in replaced if (pat := present[key].patient) is not None)
    t, now = audit.note(conn, who, *_about(statuses, (*created, *replaced)), detail, touched)
    fresh = [(_row(wishes[key]), indexes[key]) for key in created]
    renewed = [(_row(wishes[key]), indexes[key]) for key in replaced if key in indexes]
    if replaced:
        _archive(conn, replaced, now)
        _renew(conn, codec, renewed, t, now)
        _bury(conn, [key for key in replaced if key not in indexes], t, now)
    if fresh:
        _copy(conn, "copy_resource", copy_resources(fresh, codec, t, now))
    _copy_sides(conn, codec, [*fresh, *renewed])
    return Transaction(t, _answers(asked, wishes, present, statuses, now))


def _wish(change: Change) -> Wish:
    if isinstance(change, Put):
        row = row_of(change.resource, change.text)
        return Wish(row.key, row, change.expected)
    return Wish(key_of(change.type, change.id), None, change.expected)


def _row(wish: Wish) -> Row:
    assert wish.row is not None
    return wish.row


def _fetch(conn: Connection, name: str, keys: Sequence[Key]) -> dict[Key, Present]:
    if not keys:
        return {}
    rows = conn.execute(SQL[name], key_lists(keys))
    return {(shard, type, id): Present(*rest) for shard, type, id, *rest in rows}


def _decide(wish: Wish, present: Present | None) -> Status:
    """What the wish does to what is there. Raises VersionConflict."""
    exists = present is not None and present.hash is not None
    if wish.expected is not None:
        there = present.version if present is not None and exists else 0
        if wish.expected != there:
            raise VersionConflict
    if wish.row is None:
        return "deleted" if exists else "absent"
    if not exists:
        wish.row.version = present.version + 1 if present else 1
        return "created"
    assert present is not None
    if present.hash == wish.row.hash:
        return "unchanged"
    wish.row.version = present.version + 1
    return "updated"


def _about(statuses: Mapping[Key, Status], keys: Sequence[Key]) -> tuple[str, str]:
    """(action, what) of the audit row: one resource by name, several by count (their rows carry the number t)."""
    actions = {_ACTION[statuses[key]] for key in keys}
    what = f"{TYPE_NAME[keys[0][1]]}/{keys[0][2]}" if len(keys) == 1 else f"{len(keys)} resources"
    return (actions.pop() if len(actions) == 1 else "U"), what


def _archive(conn: Connection, keys: Sequence[Key], now: datetime) -> None:
    conn.execute(SQL["archive"], (*key_lists(keys), TYPE_NUMBER["Encounter"], now))


def _renew(conn: Connection, codec: Codec, rows: Sequence[tuple[Row, IndexRow]], t: int, now: datetime) -> None:
    """New versions over old ones; the rows are locked."""
    if not rows:
        return
    shards, types, ids = zip(*(row.key for row, _ in rows), strict=True)
    columns = (
        list(shards),
        list(types),
        list(ids),
        [row.version for row, _ in rows],
        [number(index.pat) if index.pat else None for _, index in rows],
        [number(index.code) if index.code else None for _, index in rows],
        [index.d_lo for _, index in rows],
        [index.d_hi for _, index in rows],
        ["{" + ",".join(str(number(key)) for key in dict.fromkeys(index.tok)) + "}" for _, index in rows],
        [row.hash for row, _ in rows],
        [codec.pack(row.text, row.offset) for row, _ in rows],
    )
    conn.execute(SQL["update_resource"], (t, now, codec.current, *columns))


def _bury(conn: Connection, keys: Sequence[Key], t: int, now: datetime) -> None:
    if keys:
        conn.execute(SQL["bury"], (t, now, NO_DATE, NO_DATE, *key_lists(keys)))


def _copy(conn: Connection, name: str, buffer: bytes) -> None:
    if buffer:
        with conn.cursor() as cursor, cursor.copy(SQL[name]) as copy:
            copy.write(buffer)


def _copy_sides(conn: Connection, codec: Codec, rows: Sequence[tuple[Row, IndexRow]]) -> None:
    _copy(conn, "copy_string", copy_strings(rows))
    _copy(conn, "copy_moment", copy_moments(rows))
    _copy(conn, "copy_number", copy_numbers(rows))
    served = [(row, index) for row, index in rows if index.care and index.pat]
    if served:
        _copy(conn, "copy_care", copy_care(care_rows(conn, codec, served)))


def _answers(
    asked: Sequence[Wish],
    wishes: Mapping[Key, Wish],
    present: Mapping[Key, Present],
    statuses: Mapping[Key, Status],
    now: datetime,
) -> tuple[Written, ...]:
    """One answer per change, in their order."""
    return tuple(_answer(wishes[wish.key], present.get(wish.key), statuses[wish.key], now) for wish in asked)


def _answer(wish: Wish, before: Present | None, status: Status, now: datetime) -> Written:
    _, type, id = wish.key
    version = before.version if before else 0
    if status in ("created", "updated"):
        return Written(TYPE_NAME[type], id, _row(wish).version, now, status)
    if status == "deleted":
        return Written(TYPE_NAME[type], id, version + 1, now, status)
    return Written(TYPE_NAME[type], id, version, before.updated if before else NEVER, status)
