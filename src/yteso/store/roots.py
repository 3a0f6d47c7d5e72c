"""Signed roots over the ends of the audit's lanes: made every ten seconds when something was done, kept in order.

A root says: so many rows each lane had then, and this is their hash. It is published and written into facilities'
receipts, so that even the owner of the database cannot take back what the audit said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from yteso.db import Connection, Queries
from yteso.signing.keys import Keys
from yteso.signing.root import Head, sign_root

SQL = Queries.beside(__file__)
SECONDS = 10.0

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


def roots_after(conn: Connection, number: int) -> Iterator[Root]:
    """Roots in their order."""
    for (document,) in conn.execute(SQL["fetch_roots"], (number,)):
        yield document
