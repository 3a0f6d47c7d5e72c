"""What was joined: rows of `identity.joining`, and the keys, which lead to the survivor meanwhile, as visits then do.

The Patients themselves are the caller's to write, in the same transaction. Keys are locked as `resolve` locks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from yteso.access.principal import Principal
from yteso.base.ids import random_id, shard_of, shard_of_key
from yteso.db import Connection, Queries
from yteso.identity.join import Joined, Resource
from yteso.identity.keys import Key
from yteso.identity.resolve import SQL as RESOLVE

SQL = Queries.beside(__file__, "joining.sql")


@dataclass(frozen=True, slots=True)
class Joining:
    """One, as a list shows it; open until `parted`."""

    id: str
    survivor: str
    other: str
    reason: str
    joined_by: str
    joined: datetime
    parted: datetime | None
    parted_by: str | None
    parting: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """One that can be parted, and what that takes."""

    survivor: str
    other: str
    added: tuple[Resource, ...]
    active: bool | None
    moved: tuple[bytes, ...]


def keep(conn: Connection, who: Principal, joined: Joined, reason: str, now: datetime) -> str:
    """The new joining's id; from now on the other's keys lead to the survivor."""
    survivor, other = joined.survivor["id"], joined.other["id"]
    _lock(conn, (survivor, other))
    moved = _move(conn, other, survivor, None)
    shard = shard_of_key(other)
    new = random_id(shard)
    values: dict[str, Any] = {
        "shard": shard,
        "id": new,
        "survivor": survivor,
        "other": other,
        "reason": reason,
        "facility": who.facility,
        "who": who.name,
        "now": now,
        "added": orjson.dumps(joined.added).decode(),
        "active": joined.active,
        "moved": moved,
    }
    conn.execute(SQL["add_joining"], values)
    return new


def hold(conn: Connection, id: str) -> Held | None:
    """One that was not parted yet; None when there is none."""
    row = conn.execute(SQL["hold_joining"], (shard_of(id), id)).fetchone()
    return Held(row[0], row[1], tuple(row[2]), row[3], tuple(map(bytes, row[4]))) if row else None


def give_back(conn: Connection, who: Principal, id: str, held: Held, reason: str, now: datetime) -> None:
    """The keys that were moved lead to the other again; what was learnt of the survivor since stays with it."""
    _lock(conn, (held.survivor, held.other))
    _move(conn, held.survivor, held.other, held.moved)
    conn.execute(SQL["end_joining"], (now, who.name, reason, shard_of(id), id))


def joinings(conn: Connection, facility: str, count: int = 100) -> list[Joining]:
    """Those of a facility's staff, newest first."""
    return [Joining(*row) for row in conn.execute(SQL["find_joinings"], (facility, count))]


def _lock(conn: Connection, patients: Sequence[str]) -> None:
    keys = [Key("", bytes(row[0])) for row in conn.execute(SQL["fetch_keys_of"], (list(patients),))]
    conn.execute(RESOLVE["lock_keys"], [sorted(key.lock for key in keys)])


def _move(conn: Connection, source: str, target: str, keys: Sequence[bytes] | None) -> list[bytes]:
    asked = {"from": source, "to": target, "keys": None if keys is None else list(keys)}
    return [bytes(row[0]) for row in conn.execute(SQL["move_keys"], asked)]
