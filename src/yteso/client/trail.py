"""Acts of accounts, sessions and pages -> the audit chain, by the connection on which the act itself runs.

The one place where a caller brings its own connection: what the pages write about an account and the row that tells of
it must be one transaction.
"""

from __future__ import annotations

from typing import Any

from yteso.access.principal import Principal
from yteso.store import trail
from yteso.store.audit import Stranger
from yteso.store.trail import Act, Did

__all__ = ["Act", "Did", "Stranger", "note", "note_tried"]


def note(connection: Any, who: Principal | Stranger, did: Did) -> None:
    """The row of an act; `connection` is one of psycopg."""
    trail.add_act(connection, who, did)


def note_tried(connection: Any, who: Principal | Stranger, did: Did, place: str) -> None:
    """The row of something refused that anybody can try; not every one of a flood from one place."""
    trail.add_tried(connection, who, did, place)
