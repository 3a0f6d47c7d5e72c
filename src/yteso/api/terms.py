"""The codes that a caller may ask about: those of the record, with the caller's rights, and those built in."""

from __future__ import annotations

from yteso.access.policy import Interaction, restriction
from yteso.access.restriction import NOTHING
from yteso.api.call import Call
from yteso.db import Connection
from yteso.terminology.engine import Engine


def terms_of(call: Call, conn: Connection) -> Engine:
    """Terminology for this request: `terminology.protocol.Terminology`, and the resources behind it.

    Inside a Bundle the transaction may have written what it asks for, and may be undone: it shares nothing.
    """
    limit = restriction(call.who, Interaction.EXPAND, "ValueSet") or NOTHING
    return call.engine.codes.engine(conn, call.who, limit, alone=call.conn is not None)
