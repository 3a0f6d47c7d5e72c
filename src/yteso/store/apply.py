"""Decided changes -> the statements that carry them out, inside the caller's transaction. Sets, no look-backs.

Old versions go to history, new ones over them, removed ones become tombstones, what is new is copied in; the side
tables follow. Which change does what was decided in `write.py`; the rows that are replaced are locked already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from yteso.db import Connection, Queries
from yteso.db.packed import rows_of, type_number
from yteso.search.row import NO_DATE
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import shapes
from yteso.store.care import care_rows
from yteso.store.codec import Codec
from yteso.store.consents import add_consents, drop_consents
from yteso.store.relations import add_relations, drop_relations
from yteso.store.rows import (
    Indexed,
    Key,
    care_lists,
    key_lists,
    new_moments,
    new_numbers,
    new_resources,
    new_strings,
    version_lists,
)

SQL = Queries.beside(__file__)
_SIDES: tuple[tuple[str, str, Callable[[Iterable[Indexed]], list[bytes]]], ...] = (
    ("add_strings", "store.new_string", new_strings),
    ("add_moments", "store.new_moment", new_moments),
    ("add_numbers", "store.new_number", new_numbers),
)


def carry_out(
    conn: Connection,
    codec: Codec,
    fresh: Sequence[Indexed],
    renewed: Sequence[Indexed],
    old: Mapping[Key, int],
    t: int,
    now: datetime,
) -> None:
    """Write new resources and new versions; `old`: the transaction numbers of versions that end, removed ones too.

    Every statement is plain (ADR 0027), and none waits for the answer of the one before.
    """
    shapes.assign(conn, [*fresh, *renewed])
    care = list(care_rows(conn, codec, [*fresh, *renewed]))
    numbers = {name: type_number(conn, name) for name in ("store.new_resource", *(name for _, name, _ in _SIDES))}
    with conn.pipeline():
        if old:
            _end(conn, old, now)
        for name, rows in (("update_resources", renewed), ("add_resources", fresh)):
            if rows:
                packed = rows_of(numbers["store.new_resource"], new_resources(rows, codec))
                conn.execute(SQL[name], (t, now, packed))
        written = {row.key for row, _ in renewed}
        if removed := [key for key in old if key not in written]:
            conn.execute(SQL["bury"], (t, now, NO_DATE, NO_DATE, *key_lists(removed)))
        _add_sides(conn, numbers, [*fresh, *renewed])
        if care:
            conn.execute(SQL["add_care"], care_lists(care))
        add_consents(conn, [*fresh, *renewed])
    add_relations(conn, codec, [*fresh, *renewed])


def _end(conn: Connection, old: Mapping[Key, int], now: datetime) -> None:
    """Versions go to history; what could be searched of them goes away."""
    conn.execute(SQL["archive"], (now, *key_lists(old)))
    _drop_sides(conn, old)
    drop_consents(conn, old)
    conn.execute(SQL["drop_care"], (*key_lists(old), TYPE_NUMBER["Encounter"]))
    drop_relations(conn, old)


def renew_sides(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Texts, dates and numbers of versions that stay (`Row.t` names them), made anew."""
    numbers = {name: type_number(conn, name) for _, name, _ in _SIDES}
    with conn.pipeline():
        _drop_sides(conn, {row.key: row.t for row, _ in rows})
        _add_sides(conn, numbers, rows)


def _drop_sides(conn: Connection, versions: Mapping[Key, int]) -> None:
    lists = version_lists(versions.items())
    for name in ("drop_strings", "drop_moments", "drop_numbers"):
        conn.execute(SQL[name], lists)


def _add_sides(conn: Connection, numbers: Mapping[str, int], rows: Sequence[Indexed]) -> None:
    for name, type, made in _SIDES:
        if new := made(rows):
            conn.execute(SQL[name], [rows_of(numbers[type], new)])
