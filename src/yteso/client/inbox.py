"""A person's inbox: what the platform tells them, and who broke the glass over their record; own, or a ward's."""

from __future__ import annotations

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock
from yteso.base.errors import Refused
from yteso.base.stretch import FIRST, Part, Stretch
from yteso.client.access_rules import NOT_OWN
from yteso.client.acting import Acting, acting
from yteso.db import Connection, Database
from yteso.store import inbox as rows
from yteso.store.audit import add_note
from yteso.store.inbox import Message
from yteso.store.mandates import said
from yteso.store.protocol import AuditNote, Store

__all__ = ["Inbox", "Message"]


class Inbox:
    """One instance serves a process; every call is one transaction. All raise Refused (403) AUD-0001, REPR-0006."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def open(self, who: Principal, of: str = "", stretch: Stretch = FIRST) -> Part[Message]:
        """Messages, newest first; from now on these count as read."""
        with self._database.connection() as conn:
            actor = self._acting(conn, who, of)
            found = rows.inbox(conn, actor.person, stretch)
            if found:
                add_note(conn, who, AuditNote("R", said("read", actor.mandate), (actor.person,)), "inbox")
                rows.note_read(conn, who, actor.person, found, self._clock())
        return found

    def unread(self, who: Principal, of: str = "") -> int:
        """How many nobody opened yet."""
        with self._database.connection() as conn:
            return rows.count_unread(conn, self._acting(conn, who, of).person)

    def _acting(self, conn: Connection, who: Principal, of: str) -> Acting:
        if who.role is not Role.CITIZEN or not who.person:
            raise Refused(NOT_OWN.at(), status=403)
        return acting(conn, self._store, who, of)
