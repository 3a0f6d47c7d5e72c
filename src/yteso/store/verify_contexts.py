"""Rows that say what Binaries name as their context (`contexts.py`), against the content of each version.

A version may lack its row where none before it has one either: an earlier release stored it, and it is for nobody bound
to patients. Nothing is asked of functions of the database. In memory: one batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yteso.db import Connection, Queries
from yteso.fhir.json import loads
from yteso.search.contexts import TYPE
from yteso.search.side import hid
from yteso.store.codec import Codec
from yteso.store.contexts import NUMBER, Named, named
from yteso.store.dictionaries import ensure_known
from yteso.store.verify_rights import BATCH, streamed

SQL = Queries.beside(__file__)


def bad_context(conn: Connection, codec: Codec) -> str | None:
    """The first row that is changed, missing or of nothing, in words; None when there is none."""
    batch: list[tuple[Any, ...]] = []
    for row in streamed(conn, "fetch_files", {"type": NUMBER}):
        batch.append(row)
        if len(batch) == BATCH:
            if bad := _bad_of_batch(conn, codec, batch):
                return bad
            batch = []
    if batch and (bad := _bad_of_batch(conn, codec, batch)):
        return bad
    stray = conn.execute(SQL["fetch_stray_context"], (NUMBER,)).fetchone()
    return f"store.context {' '.join(map(str, stray))}" if stray else None


def _bad_of_batch(conn: Connection, codec: Codec, batch: Sequence[tuple[Any, ...]]) -> str | None:
    there: dict[tuple[int, int], dict[int, Named]] = {}
    keys = [[row[0] for row in batch], [hid(row[1]) for row in batch]]
    for shard, number, version, *context in conn.execute(SQL["fetch_contexts_of"], keys):
        there.setdefault((shard, number), {})[version] = (context[0], context[1], context[2])
    for shard, id, version, deleted, dictionary, body in batch:
        rows = there.get((shard, hid(id)), {})
        if version not in rows:
            bad = not deleted and any(other < version for other in rows)
        else:
            bad = deleted or rows[version] != _named(conn, codec, id, dictionary, body)
        if bad:
            return f"store.context {TYPE}/{id} {version}"
    return None


def _named(conn: Connection, codec: Codec, id: str, dictionary: int, body: bytes) -> Named:
    ensure_known(conn, codec, dictionary)
    return named(loads(codec.unpack(TYPE, id, dictionary, body)[0]))
