"""Rows of other rooms that give somebody a right, held by the row of the audit that the act which set them left.

An account's role and password, an app's registration, what a person gave it, a facility's machine: none is made of a
resource. Who changes one writes in the same transaction what it is from now on, as two digests in `content` of the
row: of which row, and of its values. Here the last such word is compared with what is there. Rooms give their own
rows; of what was there before the chain told so, `adopt` writes once, and a second time is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from yteso.access.principal import Principal, Role
from yteso.db import Connection, Queries
from yteso.store.audit import Note, write_notes

SQL = Queries.beside(__file__)
ADOPTED = "adopted:rights"
_HALF = 16
_LARGE = 1000
COMMAND = Principal("yteso command", Role.SYSTEM, purpose="HSYSADMIN")
"""Who acts when the platform itself does, at start or by a command."""


@dataclass(frozen=True, slots=True)
class Right:
    """A row of a table (or a part of it), and its values; without values it gives nothing any more."""

    table: str
    key: str
    values: tuple[object, ...] = ()

    @property
    def place(self) -> bytes:
        """A digest of which row it is."""
        return _digest([self.table, self.key])

    @property
    def state(self) -> bytes:
        """A digest of what it says."""
        return _digest([self.table, self.key, *self.values])


def told(rights: Iterable[Right]) -> bytes:
    """What stands in the row of the audit."""
    return b"".join(right.place + right.state for right in rights)


def adopt(conn: Connection, rights: Iterable[Right]) -> None:
    """The rows that are there when an installation first writes what they are: once in its life, in one transaction."""
    found = list(rights)
    parts = [found[at : at + _LARGE] for at in range(0, len(found), _LARGE)] or [[]]
    write_notes(conn, [Note(COMMAND, "U", ADOPTED, f"{len(one)} rows", (), told(one)) for one in parts])


def bad_held(conn: Connection, rights: Iterable[Right]) -> str | None:
    """The first of these rows that the chain does not know, or knows otherwise, in words; None when there is none.

    In memory: one entry for each row. The transaction sees one moment (REPEATABLE READ), else what is written
    meanwhile looks wrong.
    """
    there = {right.place: right for right in rights}
    last: dict[bytes, tuple[tuple[Any, ...], bytes]] = {}
    adopted: set[int] = set()
    for what, t, *moment, content in _told(conn):
        if what == ADOPTED:
            adopted.add(t)
        for at in range(0, len(content or b""), 2 * _HALF):
            place, state = content[at : at + _HALF], content[at + _HALF : at + 2 * _HALF]
            if place in there and (place not in last or last[place][0] <= tuple(moment)):
                last[place] = (tuple(moment), state)
    if len(adopted) > 1:
        return f"store.audit {ADOPTED}"
    bad = (
        right for place, right in there.items() if (last[place][1] != right.state if place in last else right.values)
    )
    return next((f"{right.table} {right.key}" for right in bad), None)


def _told(conn: Connection) -> Iterator[tuple[Any, ...]]:
    with conn.cursor(name="held") as cursor:
        cursor.itersize = 2000
        cursor.execute(SQL["fetch_told_rights"])
        yield from cursor


def _digest(parts: list[object]) -> bytes:
    return blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=_HALF).digest()
