"""Which version of each visit the record holds, and of which resources it consists. Values and their SQL; no decision.

The list of resources is packed (type names once, ids as 16 bytes): about 17 bytes a resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from yteso.base.ids import shard_of_key
from yteso.db import Connection, Queries

SQL = Queries.beside(__file__)
Key = tuple[str, str]
Reference = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """The version held of one visit: (`facility`, `ma_lk`) as told by file `intake` at its position `pos`."""

    facility: str
    ma_lk: str
    rank: int
    received: datetime
    seq: int
    pos: int
    intake: str
    patient: str
    digest: bytes
    resources: bytes

    @property
    def order(self) -> tuple[object, ...]:
        """Compares with `Prepared.order`."""
        return (self.rank, self.received, self.seq, self.pos)


def shard_of_visit(key: Key) -> int:
    """The shard on which all resources of the visit live."""
    return shard_of_key("/".join(key))


def lock_and_fetch(conn: Connection, keys: Iterable[Key]) -> dict[Key, Held]:
    """What is held of these visits; until the transaction ends nobody else decides about them."""
    ordered = sorted(set(keys), key=_lock_of)
    conn.execute(SQL["lock_visits"], [[_lock_of(key) for key in ordered]])
    columns = [[shard_of_visit(key) for key in ordered], [key[0] for key in ordered], [key[1] for key in ordered]]
    rows = conn.execute(SQL["fetch_held"], columns).fetchall()
    return {(row[0], row[1]): Held(*row) for row in rows}


def save_held(conn: Connection, versions: Sequence[Held]) -> None:
    """From now on these versions are held."""
    if versions:
        fields = Held.__dataclass_fields__
        columns = [[getattr(one, name) for one in versions] for name in fields]
        shards = [shard_of_visit((one.facility, one.ma_lk)) for one in versions]
        conn.execute(SQL["save_held"], [shards, *columns])


def pack(references: Iterable[Reference]) -> bytes:
    """(type, id) pairs as bytes. Ids are UUIDs, as all ids made here are."""
    by_type: defaultdict[str, list[bytes]] = defaultdict(list)
    for kind, one in sorted(references):
        by_type[kind].append(bytes.fromhex(one.replace("-", "")))
    parts = []
    for kind, ids in by_type.items():
        parts += [bytes([len(kind)]), kind.encode(), len(ids).to_bytes(4, "big"), *ids]
    return b"".join(parts)


def unpack(packed: bytes) -> set[Reference]:
    """The pairs again."""
    found: set[Reference] = set()
    at = 0
    while at < len(packed):
        kind = packed[at + 1 : at + 1 + packed[at]].decode()
        at += 1 + packed[at]
        count = int.from_bytes(packed[at : at + 4], "big")
        at += 4
        found.update((kind, str(UUID(bytes=packed[i : i + 16]))) for i in range(at, at + 16 * count, 16))
        at += 16 * count
    return found


def _lock_of(key: Key) -> int:
    return int.from_bytes(blake2b("\x1f".join(("visit", *key)).encode(), digest_size=8).digest(), "big", signed=True)
