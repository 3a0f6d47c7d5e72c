"""Whose record a resource belongs to: for the audit row of somebody who was refused it. Nobody is told by it."""

from __future__ import annotations

from yteso.base.errors import Refused
from yteso.db import Connection
from yteso.store.audit import SQL
from yteso.store.rows import place_of


def whose(conn: Connection, reference: str) -> list[int]:
    """`Observation/1` -> the number of its patient's key; nothing for what is in nobody's record, or not there."""
    type, _, id = reference.partition("/")
    try:
        place = place_of(type, id)
    except Refused:
        return []
    return [pat for (pat,) in conn.execute(SQL["fetch_whose"], place)]
