"""Which resource a Binary names as its `securityContext` -> a row beside each of its versions (`search.contexts`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yteso.base.ids import shard_of
from yteso.db import Connection, Queries
from yteso.fhir.reference import parse
from yteso.search.contexts import TYPE
from yteso.search.keys import number
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.rows import Indexed, Key

SQL = Queries.beside(__file__)
NUMBER = TYPE_NUMBER[TYPE]
Named = tuple[int | None, int | None, int | None]
"""Shard, type and number of the id."""
_NONE: Named = (None, None, None)
_NOBODYS: Named = (None, 0, None)


def add_contexts(conn: Connection, rows: Iterable[Indexed]) -> None:
    """Write what the present versions of these name; the rows are there."""
    found = [(row.key[0], hid(row.key[2]), *named(row.resource)) for row, _ in rows if row.key[1] == NUMBER]
    if found:
        conn.execute(SQL["add_contexts"], [list(column) for column in zip(*found, strict=True)])


def patients(conn: Connection, written: Sequence[Indexed], removed: Sequence[Key]) -> set[int]:
    """Whose records the Binaries among these are of by their contexts, which may be written with them."""
    files = [named(row.resource) for row, _ in written if row.key[1] == NUMBER]
    gone = [(shard, hid(id)) for shard, type, id in removed if type == NUMBER]
    if not (files or gone):
        return set()
    new = {
        (shard, type, hid(id)): index.pat for (shard, type, id), index in ((row.key, index) for row, index in written)
    }
    found = {number(pat) for one in files if (pat := new.get(one)) is not None}  # type: ignore[arg-type]
    lists = [[list(column) for column in zip(*of, strict=True)] for of in (files, gone)]
    rows = conn.execute(SQL["fetch_patients_of_files"], [*(lists[0] or [[]] * 3), *(lists[1] or [[]] * 2)])
    return found | {pat for (pat,) in rows}


def named(content: Mapping[str, Any]) -> Named:
    """What decides about the content: nothing where a Patient does by the row itself, or where nothing is named."""
    context = content.get("securityContext")
    if not context:
        return _NONE
    text = context.get("reference") if isinstance(context, dict) else None
    target = parse(text) if isinstance(text, str) else None
    if target is None or target.kind != "relative" or target.type == TYPE or target.type not in TYPE_NUMBER:
        return _NOBODYS
    if target.type == "Patient":
        return _NONE
    return shard_of(target.id), TYPE_NUMBER[target.type], hid(target.id)
