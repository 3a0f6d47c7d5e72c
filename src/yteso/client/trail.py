"""Acts of accounts, sessions and pages -> the audit chain, by the connection on which the act itself runs.

The one place where a caller brings its own connection: what the pages write about an account and the row that tells of
it must be one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yteso.access.principal import Principal
from yteso.store import held, trail
from yteso.store.audit import Stranger
from yteso.store.held import Right
from yteso.store.trail import Act, Did

__all__ = ["Act", "Did", "Right", "Stranger", "bad_right", "note", "note_tried"]


def note(connection: Any, who: Principal | Stranger, did: Did) -> None:
    """The row of an act; `connection` is one of psycopg."""
    trail.add_act(connection, who, did)


def note_tried(connection: Any, who: Principal | Stranger, did: Did, place: str) -> None:
    """The row of something refused that anybody can try; not every one of a flood from one place."""
    trail.add_tried(connection, who, did, place)


def bad_right(connection: Any, rights: Iterable[Right]) -> str | None:
    """The first of these rows that is not as the chain says it was left, in words."""
    return held.bad_held(connection, rights)
