"""Search: look up the links, run the SQL that `search.sql` makes, fetch what it includes, leave the audit row.

A search that no index serves may look at many rows; it gets `SECONDS` and is refused then, so that it stops nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from yteso.access.principal import Principal
from yteso.access.restriction import Restriction
from yteso.base.errors import Refused
from yteso.db import Connection, is_stopped
from yteso.search import cursor, rules, sql
from yteso.search.plan import Reached
from yteso.search.query import Query
from yteso.search.sorting import is_read
from yteso.store import audit
from yteso.store.codec import Codec
from yteso.store.include import Including
from yteso.store.links import Asking, reach
from yteso.store.protocol import Page
from yteso.store.read import run, stored
from yteso.store.sorted_page import sorted_page

SECONDS = 10


def search(
    conn: Connection,
    codec: Codec,
    who: Principal,
    limit: Restriction,
    query: Query,
    now: datetime,
    seconds: float | None = None,
) -> Page:
    """See `protocol.Store.search`."""
    with _bounded(conn, query, now, seconds or SECONDS):
        asking = Asking(conn, codec, limit, now)
        reached = reach(asking, query)
        counted: int | None
        if query.count and is_read(query):
            rows, following, counted = sorted_page(asking, query, reached)
        else:
            rows, following = _page(asking, query, reached)
            counted = len(rows) if query.count and not (following or query.cursor) else None
        matches = tuple(stored(conn, codec, row) for row in rows)
        including = Including(conn, codec, limit, matches)
        including.follow(query, matches)
        total = counted if counted is not None else _total(asking, query, reached)
    patients = {row[8] for row in rows if row[8] is not None}
    audit.note(conn, who, "R", audit.query_mark(query), "", patients | including.patients)
    return Page(matches, tuple(including.found), total, following, including.more)


def _page(asking: Asking, query: Query, reached: Sequence[Reached]) -> tuple[list[Any], str]:
    """The rows of a page in an order of the index, and the cursor of the next one."""
    text, params, orders = sql.page(query, asking.limit, asking.now, reached)
    rows = run(asking.conn, text, params).fetchall() if query.count else []
    more, rows = len(rows) > query.count, rows[: query.count]
    return rows, cursor.write(query, orders, rows[-1][1], rows[-1][sql.WIDTH :]) if more and rows else ""


def _total(asking: Asking, query: Query, reached: Sequence[Reached]) -> int | None:
    """How many match, counted when it is asked for."""
    if query.total == "none" and query.count:
        return None
    counted: int = run(asking.conn, *sql.total(query, asking.limit, asking.now, reached)).fetchone()[0]
    return counted


@contextmanager
def _bounded(conn: Connection, query: Query, now: datetime, seconds: float) -> Iterator[None]:
    """A limit of time for a search that no index serves, links included. Raises Refused (503, SRCH-0013)."""
    if not query.links and not query.include and sql.is_served(query, now):
        yield
        return
    conn.execute("SELECT set_config('statement_timeout', %s, true)", (str(int(seconds * 1000)),))
    try:
        yield
    except Exception as error:
        if is_stopped(error):
            raise Refused(rules.TOO_SLOW.at(seconds=seconds), status=503) from error
        raise
    conn.execute("SET LOCAL statement_timeout TO DEFAULT")
