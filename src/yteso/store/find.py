"""Search: run the SQL that `search.sql` makes, read the page, fetch what it includes, leave the audit row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.db import Connection
from yteso.fhir import reference
from yteso.fhir.json import loads
from yteso.search import cursor, sql
from yteso.search.extract import references_of
from yteso.search.query import Query
from yteso.search.rights import visible
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store import audit
from yteso.store.codec import Codec
from yteso.store.protocol import Page, Stored
from yteso.store.read import PRESENT, run, stored
from yteso.store.rows import key_lists, key_of


def search(conn: Connection, codec: Codec, who: Principal, limit: Restriction, query: Query, now: datetime) -> Page:
    """See `protocol.Store.search`."""
    text, params, orders = sql.page(query, limit, now)
    rows = run(conn, text, params).fetchall() if query.count else []
    more, rows = len(rows) > query.count, rows[: query.count]
    matches = tuple(stored(conn, codec, row) for row in rows)
    included = _included(conn, limit, query, matches)
    total = None if more or query.cursor or not query.count else len(rows)
    if total is None and (query.total != "none" or not query.count):
        total = run(conn, *sql.total(query, limit, now)).fetchone()[0]
    patients = {row[8] for row in (*rows, *included) if row[8] is not None}
    audit.note(conn, who, "R", audit.query_mark(query), "", patients)
    following = cursor.write(query, orders, rows[-1][1], rows[-1][sql.WIDTH :]) if more and rows else ""
    return Page(matches, tuple(stored(conn, codec, row) for row in included), total, following)


def _included(
    conn: Connection, limit: Restriction, query: Query, matches: Sequence[Stored]
) -> list[tuple[object, ...]]:
    """The rows `_include` asks for, seen with the same rights, each once and none that is a match."""
    wanted: set[tuple[str, str]] = set()
    for include in query.include:
        if include.source != query.type:
            continue
        for match in matches:
            for text in references_of(loads(match.body), include.name):
                target = reference.parse(text)
                if target.kind == "relative" and include.target in ("", target.type) and target.type in RESOURCE_TYPES:
                    wanted.add((target.type, target.id))
    wanted -= {(match.type, match.id) for match in matches}
    if not wanted:
        return []
    rights = visible(limit, "r")
    text = (
        f"SELECT {PRESENT}, r.pat FROM unnest(string_to_array(%s, ' ')::smallint[],"
        " string_to_array(%s, ' ')::smallint[], string_to_array(%s, ' ')) AS k (shard, type, id)"
        " JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.id = k.id"
        f" WHERE r.hash IS NOT NULL AND {rights.text} ORDER BY r.type, r.id"
    )
    rows: list[tuple[object, ...]] = run(
        conn, text, (*key_lists(sorted(key_of(*key) for key in wanted)), *rights.params)
    ).fetchall()
    return rows
