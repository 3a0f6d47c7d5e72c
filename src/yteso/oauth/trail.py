"""Tokens and grants -> rows of the audit chain, in the transaction of the answer."""

from __future__ import annotations

from yteso.access.principal import Principal, Role
from yteso.db import Connection
from yteso.oauth.authorize import Asked
from yteso.oauth.clients import Client, fetch_client, rights_of
from yteso.oauth.token import Answer, Burnt, Given
from yteso.store import trail
from yteso.store.audit import Stranger
from yteso.store.held import Right
from yteso.store.trail import Act, Did

COMMAND = Principal("yteso command", Role.SYSTEM, purpose="HSYSADMIN")
"""Who acts when no page does."""


def note(
    conn: Connection,
    who: Principal,
    act: Act,
    client: str,
    detail: str,
    *,
    refused: bool = False,
    rights: tuple[Right, ...] = (),
    spent: Right | None = None,
) -> None:
    """The row of an act about a client, with what it left of rights and what counted once for it."""
    trail.add_act(conn, who, Did(act, client, detail, refused, rights=rights, spent=spent))


def note_given(conn: Connection, who: Principal, asked: Asked, given: tuple[Right, ...]) -> None:
    """A person let an app act for them."""
    note(conn, who, Act.GRANT, asked.client.id, f"given: {' '.join(asked.scopes)}", rights=given)


def note_client(conn: Connection, client: str, detail: str, by: Principal = COMMAND, *, part: str = "") -> None:
    """A client was changed: all of it, or its `part` (`keys`, `active`)."""
    found = fetch_client(conn, client)
    rights = rights_of(found) if found else ()
    table = f"oauth.client.{part}"
    told = tuple(right for right in rights if not part or right.table == table)
    note(conn, by, Act.CLIENT, client, detail, rights=told)


def note_registered(conn: Connection, client: Client, by: Principal = COMMAND) -> None:
    """A client was registered, or has other values."""
    note_client(conn, client.id, f"registered: {client.scope}", by)


def note_answer(conn: Connection, client: Client, kind: str, answer: Answer) -> None:
    """A token was given, for whom and how far; or refused, by which rule."""
    if isinstance(answer, Given):
        who, told = answer.grant.principal(answer.scope), f"{kind}: {answer.scope}"
        note(conn, who, Act.TOKEN, client.id, told, rights=answer.rights, spent=answer.spent)
    else:
        stranger = Stranger(client.id, client=client.id)
        rule, rights = (answer.rule, (answer.over,)) if isinstance(answer, Burnt) else (answer, ())
        trail.add_act(conn, stranger, Did(Act.TOKEN, client.id, f"{kind} {rule.code}", refused=True, rights=rights))


def note_curious(conn: Connection, client: Client, remote: str) -> None:
    """A client asked about a token that is not its own, or may not ask at all; not every one of a flood."""
    who = Stranger(client.id, client=client.id)
    detail = f"from={remote} introspection" if remote else "introspection"
    trail.add_tried(conn, who, Did(Act.TOKEN, client.id, detail), remote or client.id)


def note_unknown(conn: Connection, remote: str) -> None:
    """A client that did not prove who it is; not every one of a flood. What it called itself is not kept."""
    detail = f"from={remote} proof" if remote else "proof"
    trail.add_tried(conn, Stranger("unknown"), Did(Act.TOKEN, "unknown", detail), remote)
