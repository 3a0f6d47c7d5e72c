"""Found versions -> the same with the secrets of receivers that who asks gave themselves (ADR 53).

Only direct answers to them are told so: reads, versions, history, searches, and what a write or a Bundle gives back.
Who changes what they were shown (`change.py`) changes it with those values.
"""

from __future__ import annotations

from collections.abc import Sequence

from yteso.api.call import Call
from yteso.store.protocol import Stored, Written
from yteso.store.receivers import TYPE


def as_given(call: Call, found: Sequence[Stored]) -> Sequence[Stored]:
    """What was found, for who asks. Free where no Subscription is among it."""
    if not any(one.type == TYPE for one in found):
        return found
    with call.connection() as conn:
        return call.engine.store.as_given(conn, call.who, found)


def body_as_given(call: Call, written: Written, body: bytes) -> bytes:
    """The body of what was written, for who wrote it."""
    (shown,) = as_given(call, [Stored(written.type, written.id, written.version, written.updated, body)])
    return shown.body
