"""Decided changes -> the one call that carries them out, inside the caller's transaction. Sets, no look-backs.

The audit says so, old versions go to history, new ones over them, removed ones become tombstones, what is new is added;
the side tables follow (`store.write_versions`). Which change does what was decided in `write.py`; the rows that are
replaced are locked already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yteso.db import Connection, Queries, Statement, run_together
from yteso.db.packed import Packed, rows_of, type_number
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store import audit, contexts, relations, shapes
from yteso.store.care import care_rows
from yteso.store.codec import Codec
from yteso.store.consents import add_consents, drop_consents
from yteso.store.contexts import add_contexts
from yteso.store.relations import add_relations, drop_relations
from yteso.store.rows import Indexed, Key, new_care, new_moments, new_numbers, new_resources, new_strings, old_versions

SQL = Queries.beside(__file__)
_SIDES: tuple[tuple[str, Callable[[Iterable[Indexed]], list[bytes]]], ...] = (
    ("store.new_string", new_strings),
    ("store.new_moment", new_moments),
    ("store.new_number", new_numbers),
)
_TELLING = relations.TYPES | {TYPE_NUMBER["Consent"], contexts.NUMBER}
"""Numbers of the types that say who may see."""


def carry_out(
    conn: Connection,
    codec: Codec,
    notes: Iterable[audit.Note],
    fresh: Sequence[Indexed],
    renewed: Sequence[Indexed],
    old: Mapping[Key, int],
    *,
    ends: bool = False,
) -> tuple[int, datetime]:
    """Write new resources and new versions; `old`: the transaction numbers of versions that end, removed ones too.

    Gives back the transaction's number and the moment. With `ends` nothing comes after it: it is committed in the same
    trip, unless who may see changes too.
    """
    new = [*fresh, *renewed]
    shapes.assign(conn, new)
    care = new_care(care_rows(conn, codec, new))
    kept = {row.key for row, _ in renewed}
    removed = [(key, t) for key, t in old.items() if key not in kept]
    parameters: list[Any] = [
        audit.as_json(notes),
        _packed(conn, "store.old_version", old_versions(old.items())),
        _packed(conn, "store.old_version", old_versions(removed)),
        _packed(conn, "store.new_resource", new_resources(renewed, codec)),
        _packed(conn, "store.new_resource", new_resources(fresh, codec)),
        *_sides(conn, new),
        _packed(conn, "store.new_care", care),
    ]
    tells = not _TELLING.isdisjoint({row.key[1] for row, _ in new})
    asked = Statement(SQL["write_versions"], parameters)
    (((t, moment),),) = run_together(conn, [asked], ends=ends and not old and not tells)
    if old:
        drop_consents(conn, old)
        drop_relations(conn, old)
    if tells:
        add_consents(conn, new)
        add_relations(conn, codec, new)
        add_contexts(conn, new)
    return t, moment


def renew_sides(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Texts, dates and numbers of versions that stay (`Row.t` names them), made anew."""
    gone = _packed(conn, "store.old_version", old_versions((row.key, row.t) for row, _ in rows))
    new = _sides(conn, rows)
    with conn.pipeline():
        conn.execute(SQL["drop_sides"], (gone,))
        conn.execute(SQL["add_sides"], new)


def _sides(conn: Connection, rows: Sequence[Indexed]) -> list[Packed | None]:
    return [_packed(conn, type, made(rows)) for type, made in _SIDES]


def _packed(conn: Connection, type: str, rows: Sequence[bytes]) -> Packed | None:
    """The parameter for rows of a type; None when there are none."""
    return rows_of(type_number(conn, type), rows) if rows else None
