"""The marks of a resource -> the number of that set of marks (`store.shape`), which stands on its row in place of them.

A record has few such sets, some dozens a type, and nearly every resource has one that is there already. A connection
remembers numbers that it knows to be committed; a set that two writers meet at once gets two numbers, which is no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from yteso.db import Connection, Queries
from yteso.search.keys import Key, number, short
from yteso.store.rows import Indexed

SQL = Queries.beside(__file__)
_MOST = 10_000
"""How many sets a connection remembers before it begins anew."""

Marks = frozenset[Key]
_known: WeakKeyDictionary[Connection, dict[Marks, int]] = WeakKeyDictionary()


def assign(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Set the shape of rows that are about to be written, not inside a pipeline."""
    known = _known.setdefault(conn, {})
    marks = [frozenset(index.mark) for _, index in rows]
    fresh = {one for one in marks if one and one not in known}
    found = _fetch(conn, known, fresh) if fresh else {}
    for (row, _), one in zip(rows, marks, strict=True):
        row.shape = known.get(one) or found.get(one, 0)


def _fetch(conn: Connection, known: dict[Marks, int], wanted: Iterable[Marks]) -> dict[Marks, int]:
    """The numbers of these sets; those nobody had are added."""
    if len(known) > _MOST:
        known.clear()
    texts = {_text(marks): marks for marks in wanted}
    found: dict[Marks, int] = {}
    for text, shape, committed in conn.execute(SQL["fetch_shapes"], (list(texts),)):
        found[texts[text]] = shape
        if committed:
            known[texts[text]] = shape
    if missing := [text for text, marks in texts.items() if marks not in found]:
        found.update((texts[text], shape) for text, shape in conn.execute(SQL["add_shapes"], (missing,)))
    return found


def _text(marks: Marks) -> str:
    """The array of the marks as PostgreSQL writes it, in their order."""
    return "{" + ",".join(map(str, sorted(number(short(key)) for key in marks))) + "}"
