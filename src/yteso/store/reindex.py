"""Makes the index of resources anew, in the background: for a parameter defined at run time, or of everything.

Batches in the order of keys, each a transaction of its own that notes how far it came, so that a kill loses one batch.
It begins when every process knows the definition and what was written before is finished; from then on writers index
it themselves. Content, versions and transaction numbers stay as they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from yteso.db import Connection, Database
from yteso.fhir.json import loads
from yteso.jobs import enqueue
from yteso.search.keys import number, short
from yteso.search.numbers import Amount
from yteso.search.row import IndexRow
from yteso.search.side import hid
from yteso.standards.fhir_r4 import TYPE_NAME
from yteso.store import apply, labels, shapes
from yteso.store.consents import add_consents, drop_consents
from yteso.store.contexts import add_contexts
from yteso.store.dictionaries import ensure_known
from yteso.store.postgres import PostgresStore
from yteso.store.relations import add_relations, drop_relations
from yteso.store.rows import Row, index_of
from yteso.store.search_parameters import LOOK_SECONDS, SQL, TASK

BATCH = 500
TURN_SECONDS = 10.0
"""So long a worker stays with one definition before it looks what else waits."""
GRACE = timedelta(seconds=3 * LOOK_SECONDS)
"""After this long every process has looked at what is defined."""
_PAUSE = timedelta(seconds=2)


@dataclass(frozen=True)
class Reindex:
    """The background task; holds no connection."""

    database: Database
    store: PostgresStore

    def sweep(self) -> None:
        """Wake up for what nobody was woken for."""
        with self.database.connection() as conn:
            for (id,) in conn.execute(SQL["fetch_indexing"]).fetchall():
                _wake(conn, id, timedelta(0))

    def work(self, stop: Callable[[], bool], id: str) -> None:
        """Some seconds of one definition, then another wake-up if there is more."""
        until = time.monotonic() + TURN_SECONDS
        while (more := self.step(id)) and not stop() and time.monotonic() < until:
            if more == "wait":
                break
        if more:
            with self.database.connection() as conn:
                _wake(conn, id, _PAUSE if more == "wait" else timedelta(0))

    def step(self, id: str) -> str:
        """One batch: "more", "wait" for writers that may not know the definition yet, or "" when there is no more."""
        with self.database.connection() as conn:
            self.store.search_parameters.refresh(conn)
            held = conn.execute(SQL["hold_indexing"], (GRACE, id)).fetchone()
            if held is None:
                return ""
            types, seen, known, fence, finished, *place = held
            if not finished:
                if seen is None:
                    conn.execute(SQL["set_seen"], (id,))
                elif known and fence is None:
                    conn.execute(SQL["set_fence"], (types, id))
                return "wait"
            rows = conn.execute(SQL["fetch_to_index"], (*place, types, BATCH)).fetchall()
            if id == labels.ALL:
                self._mark_past(conn, place, rows)
            if rows:
                self._index(conn, rows)
                shard, type, last = rows[-1][:3]
                conn.execute(SQL["note_indexed"], (shard, type, hid(last), len(rows), id))
            if len(rows) == BATCH:
                return "more"
            conn.execute(SQL["end_indexing"], (id,))
            return ""

    def _mark_past(self, conn: Connection, place: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> None:
        shard, type, number = place
        last = [*rows[-1][:2], hid(rows[-1][2])] if len(rows) == BATCH else None
        stretch = {"shard": shard, "type": type, "hid": number, "last": last}
        labels.mark_past(conn, self.store.codec(conn), stretch)

    def _index(self, conn: Connection, found: Sequence[tuple[Any, ...]]) -> None:
        codec = self.store.codec(conn)
        rows: list[tuple[Row, IndexRow]] = []
        for shard, type, id, t, dictionary, body in found:
            ensure_known(conn, codec, dictionary)
            text, offset = codec.unpack(TYPE_NAME[type], id, dictionary, body)
            row = Row((shard, type, id), text, offset, b"", loads(text), t=t)
            rows.append((row, index_of(row)))
        labels.mark(rows, "")
        labels.give_papers(conn, rows)
        shapes.assign(conn, rows)
        shards, types, ids = zip(*(row.key for row, _ in rows), strict=True)
        columns = (
            list(shards),
            list(types),
            [hid(id) for id in ids],
            [number(index.pat) if index.pat else None for _, index in rows],
            [number(index.code) if index.code else None for _, index in rows],
            [index.d_lo for _, index in rows],
            [index.d_hi for _, index in rows],
            [_list(number(key) for key in index.tok) for _, index in rows],
            [row.shape for row, _ in rows],
            [row.label for row, _ in rows],
            [row.maker for row, _ in rows],
            [row.key[1] in labels.PAPERS for row, _ in rows],
            *_amounts(index.amount for _, index in rows),
        )
        conn.execute(SQL["update_index"], columns)
        apply.renew_sides(conn, rows)
        keys = [row.key for row, _ in rows]
        drop_consents(conn, keys)
        add_consents(conn, rows)
        drop_relations(conn, keys)
        add_relations(conn, codec, rows)
        add_contexts(conn, rows)


def _amounts(amounts: Iterable[Amount | None]) -> list[list[float | int | None]]:
    """The columns of the amounts: number, unit with its system, unit."""
    told = [(one[0], number(short(one[1])), number(short(one[2]))) if one else (None,) * 3 for one in amounts]
    return [list(column) for column in zip(*told, strict=True)]


def _list(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _wake(conn: Connection, id: str, delay: timedelta) -> None:
    enqueue(conn, TASK, queueing_lock=f"{TASK}:{id}", delay=delay, id=id)
