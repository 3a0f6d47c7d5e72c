"""What searches find present versions by, besides tokens, against the content: marks, the amount, and side rows.

Conditions of scopes ask for all of it, so whoever changed a row would see, or hide, what they should not. In memory:
one batch, and the sets of marks there are. Nothing is asked of functions of the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from yteso.db import Connection, Queries
from yteso.search.keys import Key, number, short
from yteso.search.numbers import Amount
from yteso.search.row import IndexRow
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store.rows import Row
from yteso.store.verify_rights import BATCH

SQL = Queries.beside(__file__, "verify_index.sql")
Table = Literal["string", "moment", "number"]
TABLES: tuple[Table, ...] = ("string", "moment", "number")


class Found:
    """Looks at versions as they come. `own`: no search parameters but R4's; else there may be more than is made."""

    def __init__(self, conn: Connection, *, own: bool) -> None:
        self._conn = conn
        self._own = own
        self._marks: dict[int, list[int]] = dict(conn.execute(SQL["fetch_marks"]).fetchall())
        self._waiting: list[tuple[Row, IndexRow]] = []
        self._bad = ""

    def columns_are(self, index: IndexRow, shape: int, amount: Sequence[Any]) -> bool:
        """Whether marks and amount of a row are those of the content."""
        made = {number(short(key)) for key in index.mark}
        there = set(self._marks.get(shape, ()))
        same = made == there if self._own else made <= there
        return same and tuple(amount) == _columns(index.amount)

    def expect(self, row: Row, index: IndexRow) -> None:
        """The side rows of this version, looked for with those of the next ones."""
        row.document = None
        self._waiting.append((row, index))
        if len(self._waiting) == BATCH:
            self._look()

    def bad(self) -> str | None:
        """The first version whose rows are others, or a row of none, in words; None when there is none."""
        self._look()
        if self._bad:
            return self._bad
        for table in TABLES:
            if stray := self._conn.execute(SQL[f"fetch_stray_{table}"]).fetchone():
                return f"store.{table} {TYPE_NAME.get(stray[0], stray[0])} {stray[1]}"
        return None

    def _look(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._bad or not waiting:
            return
        places = [[row.t for row, _ in waiting], [hid(row.key[2]) for row, _ in waiting]]
        for table in TABLES:
            there: Mapping[tuple[int, ...], list[tuple[Any, ...]]] = defaultdict(list)
            for shard, type, t, key, *values in self._conn.execute(SQL[f"fetch_{table}"], places):
                there[shard, type, t, key].append(tuple(values))
            for row, index in waiting:
                shard, type, id = row.key
                if not self._same(_made(table, index), there.get((shard, type, row.t, hid(id)), ())):
                    self._bad = f"store.{table} {TYPE_NAME[type]}/{id}"
                    return

    def _same(self, made: Iterable[tuple[Any, ...]], there: Sequence[tuple[Any, ...]]) -> bool:
        wanted, rows = set(made), set(there)
        return len(rows) == len(there) and (wanted == rows if self._own else wanted <= rows)


def _columns(amount: Amount | None) -> tuple[float | None, int | None, int | None]:
    return (None, None, None) if amount is None else (amount[0], number(short(amount[1])), number(short(amount[2])))


def _made(table: Table, index: IndexRow) -> Iterator[tuple[Any, ...]]:
    """Side rows as the writer makes them (`rows.new_strings`, `new_moments`, `new_numbers`)."""
    if table == "string":
        places: dict[tuple[Key, str], int] = {}
        for key, text, at in index.strings:
            places[key, text] = min(at, places.get((key, text), at))
        yield from ((number(key), text, at) for (key, text), at in places.items())
    elif table == "moment":
        yield from ((number(key), low, high) for key, low, high in index.moments)
    else:
        for key, low, high, unit, bare in index.numbers:
            yield number(key), low, high, number(short(unit)), number(short(bare)), 0, 0
        for key, low, high, *codes in index.coded:
            yield (number(key), low, high, *(number(short(code)) for code in codes))
