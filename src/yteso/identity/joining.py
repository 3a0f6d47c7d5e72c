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
    """One: `joined_by` proposed it, it is in force from `seconded` until `parted`; parted without: it was refused."""

    id: str
    survivor: str
    other: str
    reason: str
    joined_by: str
    joined: datetime
    seconded: datetime | None
    seconded_by: str | None
    parted: datetime | None
    parted_by: str | None
    parting: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """One that is proposed or in force, and what it takes to part it."""

    survivor: str
    other: str
    facility: str
    proposed_by: str
    in_force: bool
    added: tuple[Resource, ...]
    active: bool | None
    moved: tuple[bytes, ...]


def propose(conn: Connection, who: Principal, survivor: str, other: str, reason: str, now: datetime) -> str | None:
    """The new joining's id, which waits for a second person; None when the other one is in a joining already."""
    shard = shard_of_key(other)
    values = {
        "shard": shard,
        "id": random_id(shard),
        "survivor": survivor,
        "other": other,
        "reason": reason,
        "facility": who.facility,
        "who": who.name,
        "now": now,
    }
    row = conn.execute(SQL["add_proposal"], values).fetchone()
    return str(row[0]) if row else None


def second(conn: Connection, who: Principal, id: str, joined: Joined, now: datetime) -> None:
    """It is in force: from now on the other's keys lead to the survivor."""
    survivor, other = joined.survivor["id"], joined.other["id"]
    _lock(conn, (survivor, other))
    moved = _move(conn, other, survivor, None)
    values: dict[str, Any] = {
        "shard": shard_of(id),
        "id": id,
        "who": who.name,
        "now": now,
        "added": orjson.dumps(joined.added).decode(),
        "active": joined.active,
        "moved": moved,
    }
    conn.execute(SQL["second_proposal"], values)


def hold(conn: Connection, id: str) -> Held | None:
    """One that was not parted yet; None when there is none."""
    row = conn.execute(SQL["hold_joining"], (shard_of(id), id)).fetchone()
    if row is None:
        return None
    survivor, other, facility, proposed_by, in_force, added, active, moved = row
    return Held(survivor, other, facility, proposed_by, in_force, tuple(added), active, tuple(map(bytes, moved)))


def give_back(conn: Connection, held: Held) -> None:
    """The keys that were moved lead to the other again; what was learnt of the survivor since stays with it."""
    _lock(conn, (held.survivor, held.other))
    _move(conn, held.survivor, held.other, held.moved)


def end(conn: Connection, who: Principal, id: str, reason: str, now: datetime) -> None:
    """It is parted, or its proposal refused."""
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
