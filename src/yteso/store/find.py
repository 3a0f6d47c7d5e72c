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
from yteso.db import READING_SECONDS, Connection, Statement, is_stopped, run_together
from yteso.search import cursor, rules, sql
from yteso.search.conditions import Unshown
from yteso.search.order import Order
from yteso.search.plan import Plan
from yteso.search.query import Query
from yteso.search.sorting import is_read
from yteso.store import audit, wall
from yteso.store.codec import Codec
from yteso.store.include import Including
from yteso.store.leading import lead
from yteso.store.links import Asking
from yteso.store.protocol import Page, Search
from yteso.store.read import SMALL, run, stored
from yteso.store.sorted_page import sorted_page
from yteso.store.unfound import beside, names_in
from yteso.store.unnamed import Discretion, discreet, hidden_among_each, is_bound

SECONDS = 10
QUICK_MILLISECONDS = 200
"""So long may each of several searches take that share a transaction; they are quick by their plans."""
_UNHURRIED = Statement("SET LOCAL statement_timeout TO DEFAULT")
"""What follows, the audit rows and the commit, may wait for others and for the disk."""


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
    wall.name(conn, limit)
    asking = Asking(conn, codec, limit, now, seconds or SECONDS)
    with _bounded(asking, query):
        plan = asking.plan(query)
        counted: int | None
        if query.count and is_read(query):
            rows, following, counted = sorted_page(asking, plan)
        else:
            rows, following = _page(asking, plan)
            counted = len(rows) if query.count and not (following or query.cursor) else None
        matches = tuple(stored(conn, codec, row) for row in rows)
        including = Including(conn, codec, limit, matches)
        including.follow(query, matches)
        total = counted if counted is not None else _total(asking, plan)
        patients = {row[8] for row in rows if row[8] is not None}
        if total is not None and len(rows) < total < SMALL:
            patients |= counted_people(asking, plan)
    given = audit.given((*matches, *including.found))
    audit.note(conn, who, "R", *audit.about_search(query), patients | including.patients, given)
    shown = discreet(conn, limit, (*matches, *including.found), patients | including.patients)
    return Page(shown[: len(matches)], shown[len(matches) :], total, following, including.more)


def search_together(
    conn: Connection, codec: Codec, searches: Sequence[Search], now: datetime, *, ends: bool = False
) -> list[Page | None]:
    """See `protocol.Store.search_together`. The statements go out together; so do the audit rows."""
    plans = _quick_plans(conn, searches, now)
    try:
        answers = _answers(conn, [(searches[place], plan) for place, plan in plans.items()])
    except Exception as error:
        if not is_stopped(error):
            raise
        conn.rollback()
        return [None] * len(searches)
    pages: list[Page | None] = [None] * len(searches)
    found = []
    for (place, plan), (rows, following) in zip(plans.items(), answers, strict=True):
        if rows or not _is_of_many(conn, plan):
            patients = {row[8] for row in rows if row[8] is not None}
            found.append((place, plan, following, [stored(conn, codec, row) for row in rows], patients))
    discretion = Discretion([(searches[place].limit, matches, seen) for place, _, _, matches, seen in found])
    notes = []
    for place, plan, _, matches, patients in found:
        about = audit.about_search(plan.query)
        notes.append(audit.Note(searches[place].who, "R", *about, patients, audit.given(matches)))
    if notes:
        guarded = audit.write_notes_after(conn, discretion.asked, notes, ends=ends)
        told = discretion.told(conn, guarded, ends=ends)
        for (place, plan, following, _, _), shown in zip(found, told, strict=True):
            counted = None if following or plan.query.cursor else len(shown)
            pages[place] = Page(shown, (), counted, following)
    return pages


def _quick_plans(conn: Connection, searches: Sequence[Search], now: datetime) -> dict[int, Plan]:
    """The plans of those that one statement answers, over few rows, by their places."""
    plain = {place: one for place, one in enumerate(searches) if _is_plain(one)}
    named = [(one.limit, names_in(one.query) if is_bound(one.limit) else ()) for one in plain.values()]
    plans = {}
    for (place, one), hidden in zip(plain.items(), hidden_among_each(conn, named), strict=True):
        plan = Plan(one.query, now, by_few=True, lead=lead(conn, one.limit), unshown=Unshown(hidden))
        if plan.is_quick:
            plans[place] = plan
    return plans


def _is_plain(one: Search) -> bool:
    """True when nothing is looked up, counted or read beside the rows of the page."""
    query = one.query
    if query.links or query.include or not query.count or query.total != "none" or is_read(query):
        return False
    return not (is_bound(one.limit) and beside(query))


def _is_of_many(conn: Connection, plan: Plan) -> bool:
    """True when nothing was found because the name is that of many, who are found another way."""
    if plan.few is None:
        return False
    asked = plan.few.are_few
    return not run(conn, f"SELECT {asked.text}", asked.params, same_way=True).fetchone()[0]


def _answers(conn: Connection, asked: Sequence[tuple[Search, Plan]]) -> list[tuple[list[Any], str]]:
    """The rows of each page and the cursor of its next one. Stopped when one takes long."""
    if not asked:
        return []
    in_turn = sorted(range(len(asked)), key=lambda place: _reader(asked[place][0]))
    named = asked[in_turn[0]][0].limit
    statements = wall.naming_quickly(conn, named, QUICK_MILLISECONDS)
    pages: dict[int, tuple[int, Query, Sequence[Order]]] = {}
    for place in in_turn:
        one, plan = asked[place]
        if one.limit != named:
            statements += wall.naming(conn, one.limit, named)
            named = one.limit
        text, params, orders = sql.page(plan, one.limit)
        pages[place] = len(statements), plan.query, orders
        statements.append(Statement(text, params, plan.same_way))
    answers = run_together(conn, [*statements, _UNHURRIED])
    return [_cut(query, orders, answers[at]) for _, (at, query, orders) in sorted(pages.items())]


def _reader(one: Search) -> tuple[str, ...]:
    """Who differ least come one after the other: less is told between them."""
    return one.who.role, one.who.facility, one.who.name, one.query.type


def _page(asking: Asking, plan: Plan) -> tuple[list[Any], str]:
    """The rows of a page in an order of the index, and the cursor of the next one."""
    query = plan.query
    text, params, orders = sql.page(plan, asking.limit)
    rows = run(asking.conn, text, params, same_way=plan.same_way).fetchall() if query.count else []
    return _cut(query, orders, rows)


def _cut(query: Query, orders: Sequence[Order], rows: list[Any]) -> tuple[list[Any], str]:
    more, rows = len(rows) > query.count, rows[: query.count]
    return rows, cursor.write(query, orders, rows[-1][1], rows[-1][sql.WIDTH :]) if more and rows else ""


def _total(asking: Asking, plan: Plan) -> int | None:
    """How many match, counted when it is asked for."""
    if plan.query.total == "none" and plan.query.count:
        return None
    counted: int = run(asking.conn, *sql.total(plan, asking.limit)).fetchone()[0]
    return counted


def counted_people(asking: Asking, plan: Plan) -> set[int]:
    """Of whom a small count tells, though it shows none of them: the numbers of their keys, for the audit."""
    found = run(asking.conn, *sql.some(plan, asking.limit, "r.pat", SMALL)).fetchall()
    return {pat for (pat,) in found if pat is not None}


@contextmanager
def _bounded(asking: Asking, query: Query) -> Iterator[None]:
    """A limit of time for a search that no index serves, links included. Raises Refused (503, SRCH-0013).

    An index that leads to very many rows serves nobody either: there the limit of who reads holds.
    """
    if not query.links and not query.include and asking.plan_from(query, ()).is_served:
        with _told(READING_SECONDS):
            yield
        return
    with bounded(asking.conn, asking.seconds):
        yield


@contextmanager
def bounded(conn: Connection, seconds: float) -> Iterator[None]:
    """A limit of time for each statement inside. Raises Refused (503, SRCH-0013)."""
    conn.execute("SELECT set_config('statement_timeout', %s, true)", (str(int(seconds * 1000)),))
    with _told(seconds):
        yield
    conn.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def _told(seconds: float) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_stopped(error):
            raise Refused(rules.TOO_SLOW.at(seconds=seconds), status=503) from error
        raise
