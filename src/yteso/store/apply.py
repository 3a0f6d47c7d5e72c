"""Decided changes -> the statements that carry them out, inside the caller's transaction. Sets, no look-backs.

Old versions go to history, new ones over them, removed ones become tombstones, what is new is copied in; the side
tables follow. Which change does what was decided in `write.py`; the rows that are replaced are locked already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yteso.db import Connection, Queries
from yteso.search.keys import number
from yteso.search.row import NO_DATE, IndexRow
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.care import care_rows
from yteso.store.codec import Codec
from yteso.store.rows import (
    Key,
    Row,
    copy_care,
    copy_moments,
    copy_numbers,
    copy_resources,
    copy_strings,
    key_lists,
)

SQL = Queries.beside(__file__)
Indexed = Sequence[tuple[Row, IndexRow]]


def add(conn: Connection, codec: Codec, rows: Indexed, t: int, now: datetime) -> None:
    """Resources that were never there."""
    if rows:
        _copy(conn, "copy_resource", copy_resources(rows, codec, t, now))


def replace(conn: Connection, codec: Codec, rows: Indexed, removed: Sequence[Key], t: int, now: datetime) -> None:
    """New versions and tombstones over what is there, which goes to history first."""
    keys = sorted([*(row.key for row, _ in rows), *removed])
    if keys:
        lists = key_lists(keys)
        with conn.pipeline():  # five plain statements (ADR 0027) on one way there and back
            conn.execute(SQL["archive"], (now, *lists))
            drop_sides(conn, lists)
            conn.execute(SQL["drop_care"], (*lists, TYPE_NUMBER["Encounter"]))
        _renew(conn, codec, rows, t, now)
    if removed:
        conn.execute(SQL["bury"], (t, now, NO_DATE, NO_DATE, *key_lists(removed)))


def add_sides(conn: Connection, codec: Codec, rows: Indexed) -> None:
    """What else can be searched of new versions; their old side rows went with `replace`."""
    copy_sides(conn, rows)
    served = [(row, index) for row, index in rows if index.care and index.pat]
    if served:
        _copy(conn, "copy_care", copy_care(care_rows(conn, codec, served)))


def drop_sides(conn: Connection, lists: tuple[str, str, str]) -> None:
    """Texts, dates and numbers of these keys go away."""
    for name in ("drop_strings", "drop_moments", "drop_numbers"):
        conn.execute(SQL[name], lists)


def copy_sides(conn: Connection, rows: Indexed) -> None:
    """Texts, dates and numbers of resources that have none in the side tables."""
    _copy(conn, "copy_string", copy_strings(rows))
    _copy(conn, "copy_moment", copy_moments(rows))
    _copy(conn, "copy_number", copy_numbers(rows))


def _renew(conn: Connection, codec: Codec, rows: Indexed, t: int, now: datetime) -> None:
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


def _copy(conn: Connection, name: str, buffer: bytes) -> None:
    if buffer:
        with conn.cursor() as cursor, cursor.copy(SQL[name]) as copy:
            copy.write(buffer)
