"""Rows by which subscribers are told, against the Subscription of their version and who wrote it by the chain.

Such a row decides whom the platform tells what, within whose rights (`subscriptions`). Its text, state and owner are
made again here; one that rests is left alone. Nothing is asked of functions of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yteso.base.ids import shard_of
from yteso.db import Connection, Queries
from yteso.fhir.json import loads
from yteso.standards.fhir_r4 import TYPE_NUMBER
from yteso.store.codec import Codec
from yteso.store.dictionaries import ensure_known
from yteso.store.subscriptions.definition import MANAGERS, read_definition
from yteso.store.subscriptions.state import TYPE, US, State, Watched, fetch_all, text_of

SQL = Queries.beside(__file__)
_STATES: dict[State, tuple[str, ...]] = {
    "requested": ("requested", "active"),
    "active": ("active",),
    "error": ("error",),
}
"""Which status the resource has in which state of the row."""


def bad_subscription(conn: Connection, codec: Codec) -> str | None:
    """The first row that is not what its Subscription says, or of somebody else, in words."""
    for one in fetch_all(conn, *_STATES):
        names = {"shard": shard_of(one.id), "type": TYPE_NUMBER[TYPE], "id": one.id, "version": one.version}
        versions = conn.execute(SQL["fetch_versions_until"], names).fetchall()
        if not versions or not _is_told(conn, codec, versions, one):
            return f"store.subscription {one.id}"
    return None


def _is_told(conn: Connection, codec: Codec, versions: Sequence[Sequence[Any]], one: Watched) -> bool:
    _, _, deleted, dictionary, body = versions[0]
    if deleted:
        return False
    ensure_known(conn, codec, dictionary)
    document = loads(codec.unpack(TYPE, one.id, dictionary, body)[0])
    same = _lasting(text_of(document)) == _lasting(one.resource)
    owners = _owners(conn, one.id, versions, document)
    return same and document.get("status") in _STATES[one.state] and one.owner in owners


def _lasting(text: str) -> dict[str, Any]:
    """Without what the platform itself sets of it."""
    return {name: value for name, value in loads(text.encode()).items() if name not in ("status", "error")}


def _owners(conn: Connection, id: str, versions: Sequence[Sequence[Any]], document: dict[str, Any]) -> set[str]:
    """Who last wrote it but for the platform, or who a manager says that owns it."""
    for t, *_ in versions:
        writers = conn.execute(SQL["fetch_writers"], (t, f"{TYPE}/{id}")).fetchall()
        if any(who != US.name for who, _ in writers):
            named = {read_definition(document).owner} if any(role in MANAGERS for _, role in writers) else set()
            return named if named - {""} else {who for who, _ in writers}
    return set()
