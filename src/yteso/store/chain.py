"""What the hashes of audit rows are made of, computed here and never by the database. Pure.

The rows that one call of `store.write_notes` writes are a batch: the last one has the link over all of them, each other
one the beginning of its own leaf. Rows from before migration 0200 have a link each. In: rows of `fetch_audit`.
"""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

LEAF = 16
"""Bytes of its leaf that a row keeps as its hash."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_PLACE = struct.Struct(">hqqq")
Row = Sequence[Any]


def ends_batch(row: Row) -> bool:
    """True when its hash is a link."""
    return len(row[1]) != LEAF


def bad_row(before: bytes, lane: int, batch: Sequence[Row]) -> int | None:
    """The number of the first row that is not as it was written, of those up to a link; `before`: the link before."""
    link = bytes(batch[-1][1])
    if len(batch) == 1 and link == _link_of_row(before, lane, batch[0]):
        return None
    leaves = [_leaf(place, row) for place, row in enumerate(batch, start=1)]
    first = batch[0][0] - 1
    moments = dict.fromkeys((row[16], row[3]) for row in batch)
    true = next((one for one in moments if link == _link(before, lane, first, one, leaves)), None)
    for row, leaf in zip(batch[:-1], leaves, strict=False):
        if bytes(row[1]) != leaf[:LEAF] or (row[16], row[3]) != (true or next(iter(moments))):
            return int(row[0])
    return None if true == (batch[-1][16], batch[-1][3]) else int(batch[-1][0])


def _link(before: bytes, lane: int, rows: int, moment: tuple[datetime, int], leaves: Sequence[bytes]) -> bytes:
    """Of a batch: over the link before, lane, number of rows before, moment, transaction number, leaves."""
    since = (moment[0] - _EPOCH) // timedelta(microseconds=1)
    return sha256(before + _PLACE.pack(lane, rows, since, moment[1]) + b"".join(leaves)).digest()


def _leaf(place: int, row: Row) -> bytes:
    """Of its place in the batch and the note as it came. PostgreSQL writes JSON arrays as Python does."""
    note, content = [*row[4:12]], row[15]
    if content is not None:
        note += [*row[12:15], b64encode(content).decode()]
    elif any(one is not None for one in row[12:15]):
        note += row[12:15]
    return sha256(place.to_bytes(8) + json.dumps(note, ensure_ascii=False).encode()).digest()


def _link_of_row(before: bytes, lane: int, row: Row) -> bytes:
    """What `store.link` makes, of a row from before; the moment has six digits."""
    n, _, moment, *rest = row[:12]
    text = f"[{lane}, {n}, {moment}, {json.dumps(rest, ensure_ascii=False)[1:]}"
    more, content = row[12:15], row[15]
    tail = b""
    if any(one is not None for one in (*more, content)):
        tail = json.dumps(more, ensure_ascii=False).encode() + bytes(content or b"")
    return sha256(before + text.encode() + tail).digest()
