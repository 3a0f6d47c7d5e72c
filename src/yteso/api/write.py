"""One change of one request -> committed, within the caller's rights."""

from __future__ import annotations

from yteso.api.call import Call
from yteso.api.own_consent import in_whose_name
from yteso.api.rights import as_sent, check_changes, is_free
from yteso.db import Connection
from yteso.store.protocol import Change, Write, Written


def write_one(call: Call, change: Change, detail: str) -> Written:
    """Alone, or together with what others write, when the caller's rights need no look at other resources.

    Raises VersionConflict, or Refused (403) as `check_changes` does.
    """
    if is_free(call, change):
        return call.engine.shared.write(Write(call.who, [change], detail))[0]
    return call.attempt(lambda conn: write_checked(call, conn, change, detail))


def write_checked(call: Call, conn: Connection, change: Change, detail: str) -> Written:
    """In a transaction that is open already."""
    whole = check_changes(call, conn, [change])
    done = call.engine.store.write(conn, call.who, whole, f"{detail}{in_whose_name(call.who, change)}").written
    as_sent([change], done, whole)
    return done[0]
