"""The marks of a resource -> the number of that set of marks (`store.shape`), which stands on its row in place of them.

A record has few such sets, some dozens a type, and nearly every resource has one that is there already. A connection
remembers numbers that it knows to be committed; a set that two writers meet at once gets two numbers, which is no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from yteso.db import Connection, Queries
from yteso.search.keys import Key, number, short
from yteso.store.rows import Indexed

SQL = Queries.beside(__file__)
_MOST = 10_000
"""How many sets a connection remembers before it begins anew."""

_Known = dict[tuple[Key, ...], int]
"""Marks in the order in which the index tells them, which is nearly always the same for the same set."""
_known: WeakKeyDictionary[Connection, _Known] = WeakKeyDictionary()


def assign(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Set the shape of rows that are about to be written, not inside a pipeline."""
    known = _known.setdefault(conn, {})
    marks = [tuple(index.mark) for _, index in rows]
    fresh = {one for one in marks if one and one not in known}
    found = _fetch(conn, known, fresh) if fresh else {}
    for (row, _), one in zip(rows, marks, strict=True):
        row.shape = known.get(one) or found.get(one, 0)


def _fetch(conn: Connection, known: _Known, wanted: Iterable[tuple[Key, ...]]) -> _Known:
    """The numbers of these sets; those nobody had are added."""
    if len(known) > _MOST:
        known.clear()
    texts: dict[str, list[tuple[Key, ...]]] = {}
    for marks in wanted:
        texts.setdefault(_text(marks), []).append(marks)
    found: _Known = {}
    rows: list[tuple[Any, ...]] = conn.execute(SQL["fetch_shapes"], (list(texts),)).fetchall()
    for text, shape, committed in rows:
        same: _Known = dict.fromkeys(texts[text], shape)
        found |= same
        if committed:
            known |= same
    if missing := [text for text, same in texts.items() if same[0] not in found]:
        for text, shape in conn.execute(SQL["add_shapes"], (missing,)).fetchall():
            found.update((marks, shape) for marks in texts[text])
    return found


def _text(marks: Iterable[Key]) -> str:
    """The array of the marks as PostgreSQL writes it, each once, in their order."""
    return "{" + ",".join(map(str, sorted({number(short(key)) for key in marks}))) + "}"
