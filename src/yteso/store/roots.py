"""Signed roots over the ends of the audit's lanes: made every ten seconds when something was done, kept in order.

A root says: so many rows each lane had then, and this is their hash. It is published and written into facilities'
receipts, so that even the owner of the database cannot take back what the audit said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from yteso.db import Connection, Queries
from yteso.signing.keys import Keys
from yteso.signing.root import Head, sign_root

SQL = Queries.beside(__file__)
SECONDS = 10.0
_FRESH_SECONDS = 1.0

Root = dict[str, Any]


def make_root(conn: Connection, keys: Keys, now: datetime) -> Root | None:
    """A further root; None when nothing was written since the last one."""
    conn.execute(SQL["lock_roots"])
    heads = fetch_heads(conn)
    last = newest_root(conn)
    if last is not None and last["rows"] == [head.rows for head in heads]:
        return None
    number = last["number"] + 1 if last else 1
    root = sign_root(keys, number, now, heads, last)
    conn.execute(SQL["add_root"], (number, now, orjson.dumps(root).decode()))
    return root


def fetch_heads(conn: Connection) -> list[Head]:
    """The ends of the lanes as they are."""
    return [Head(lane, rows, bytes(hash)) for lane, rows, hash in conn.execute(SQL["fetch_lanes"])]


def newest_root(conn: Connection) -> Root | None:
    """The newest root; None when there is none yet."""
    row = conn.execute(SQL["fetch_last_root"]).fetchone()
    return row[1] if row else None


class Newest:
    """The newest root for whoever may carry one that is a second old. Safe to share between threads."""

    def __init__(self) -> None:
        self._asked = float("-inf")
        self._root: Root | None = None

    def __call__(self, conn: Connection) -> Root | None:
        """As `newest_root`."""
        now = time.monotonic()
        if now - self._asked > _FRESH_SECONDS:
            self._root, self._asked = newest_root(conn), now
        return self._root


def roots_after(conn: Connection, number: int) -> Iterator[Root]:
    """Roots in their order."""
    for (document,) in conn.execute(SQL["fetch_roots"], (number,)):
        yield document
