"""Notices -> what a receiver may see of them now: read within the rights, each reading audited before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from yteso.access.policy import Interaction, restriction
from yteso.access.principal import Principal
from yteso.db import Connection
from yteso.store import audit
from yteso.store.labelled import labelled
from yteso.store.protocol import Store
from yteso.store.subscriptions.notification import Told
from yteso.store.subscriptions.state import TYPE, Notice, Watched, notices
from yteso.store.whose import whose


def owed(conn: Connection, store: Store, who: Principal, watched: Watched, after: int) -> tuple[Told, ...]:
    """The next notices after a number, as many as are sent together; empty when nothing is owed."""
    definition = watched.definition
    most = definition.most if definition.topic else 1
    found = notices(conn, watched, after + 1, watched.events, most)
    told = tell(conn, store, who, found, definition.content)
    if found:
        detail = f"events {found[0].n}-{found[-1].n}: {definition.content}"
        audit.write_notes(conn, [audit.Note(who, "E", f"{TYPE}/{watched.id}/$notify", detail, _people(conn, told))])
    return told


def _people(conn: Connection, told: Sequence[Told]) -> set[int]:
    """Whose records it tells of: they read in it that the record went out by itself."""
    return {pat for one in told if one.seen for pat in whose(conn, f"{one.notice.type}/{one.notice.id}")}


def tell(conn: Connection, store: Store, who: Principal, found: Sequence[Notice], content: str) -> tuple[Told, ...]:
    """Each notice with its resource, as `content` and the rights of `who` at this moment allow.

    A resource that `who` no longer sees keeps its number and time and tells nothing else.
    """
    return tuple(_told(conn, store, who, notice, content) for notice in found)


def _told(conn: Connection, store: Store, who: Principal, notice: Notice, content: str) -> Told:
    if content == "empty":
        return Told(notice)
    limit = restriction(who, Interaction.READ, notice.type)
    if limit is None:
        return Told(notice)
    found = store.read_version(conn, who, limit, notice.type, notice.id, notice.version)
    if found is None:
        return Told(notice)
    full = content == "full-resource" and not found.deleted
    return Told(notice, seen=True, body=labelled(found) if full else b"")
