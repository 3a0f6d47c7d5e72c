"""Tickets that open a websocket for some subscriptions: random, short-lived, good once, kept by their hash only."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from yteso.access.principal import Principal
from yteso.db import Connection
from yteso.store.subscriptions.state import SQL

LIVES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The secret, and until when it opens."""

    text: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Drawer:
    """Who drew a ticket, by which app and grant, and when: the socket lasts no longer than that right."""

    name: str
    client: str
    grant: str
    drawn: datetime


def issue_ticket(conn: Connection, who: Principal, subscriptions: Sequence[str], now: datetime) -> Ticket:
    """A new ticket of `who`."""
    ticket = Ticket(secrets.token_urlsafe(32), now + LIVES)
    drawer = (who.name, who.client, who.grant, now)
    conn.execute(SQL["add_ticket"], (_hash(ticket.text), list(subscriptions), ticket.expires, *drawer))
    return ticket


def take_ticket(conn: Connection, text: str) -> tuple[tuple[str, ...], Drawer] | None:
    """The subscriptions, and who drew it; None for a ticket that is unknown, used or too old."""
    row = conn.execute(SQL["take_ticket"], (_hash(text),)).fetchone()
    return (tuple(row[0]), Drawer(*row[1:])) if row else None


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
