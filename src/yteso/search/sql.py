"""A plan and the rights of who asks -> one SQL statement for a page, one for its total. No connection.

`plan` chose how rows are reached, `conditions` says what holds for them, `rights` who may see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yteso.search.contexts import patient_of
from yteso.search.cursor import Cursor, after
from yteso.search.fragment import Fragment, all_of
from yteso.search.order import Order, orders_of
from yteso.search.plan import Plan
from yteso.search.query import Query, is_looked_up
from yteso.search.rights import Rights, visible
from yteso.standards.fhir_r4 import TYPE_NUMBER

COLUMNS = f"r.type, r.id, r.ver, r.ts, r.t, r.hash IS NULL, r.dict, r.body, {patient_of('r')}, r.label"
WIDTH = 10
"""How many columns come before the sort keys."""


def page(plan: Plan, rights: Rights) -> tuple[str, tuple[Any, ...], tuple[Order, ...]]:
    """(SQL, parameters, sort keys) of one page, with one row more than asked to tell whether there is a next one."""
    query = plan.query
    orders = orders_of(query, by_date=plan.by_date)
    cursor = Cursor.read(query, orders) if query.cursor else None
    texts, params = [], []
    for arm in plan.arms(rights):
        keys = [order.expression(arm.lo) for order in orders]
        where = all_of((arm.where, after(cursor, orders, arm.lo, TYPE_NUMBER[query.type])) if cursor else (arm.where,))
        columns = ", ".join((COLUMNS, *(key.text for key in keys)))
        texts.append(f"(SELECT {columns} FROM {arm.source.text} WHERE {where.text} {_order_by(orders)} LIMIT %s)")
        params += [value for key in keys for value in key.params]
        params += [*arm.source.params, *where.params, query.count + 1]
    if len(texts) == 1:
        return texts[0][1:-1], tuple(params), orders
    return f"{' UNION ALL '.join(texts)} {_order_by(orders)} LIMIT %s", (*params, query.count + 1), orders


def total(plan: Plan, rights: Rights) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters) of the exact number of matches."""
    arms = list(plan.arms(rights))
    text = " + ".join(f"(SELECT count(*) FROM {arm.source.text} WHERE {arm.where.text})" for arm in arms)
    return f"SELECT {text}", tuple(value for arm in arms for value in (*arm.source.params, *arm.where.params))


def some(plan: Plan, rights: Rights, columns: str, limit: int) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters) of these columns of at most so many matches, in no order: for what a link leads to."""
    arms = list(plan.arms(rights))
    texts = [f"(SELECT {columns} FROM {arm.source.text} WHERE {arm.where.text} LIMIT %s)" for arm in arms]
    params = [value for arm in arms for value in (*arm.source.params, *arm.where.params, limit)]
    return " UNION ALL ".join(texts), tuple(params)


def condition(query: Query, rights: Rights, now: datetime) -> Fragment:
    """The query as a condition on alias `r` of `store.resource`, for who reaches rows another way; without links."""
    assert not any(map(is_looked_up, query.links)), "links are looked up first"
    return all_of((visible(rights, "r", type=query.type), Plan(query, now).whole()))


def _order_by(orders: Sequence[Order]) -> str:
    """The sort keys by their place among the columns, then the id in the direction of the first key."""
    parts = [f"{WIDTH + at} {'DESC' if order.descending else 'ASC'}" for at, order in enumerate(orders, start=1)]
    return f"ORDER BY {', '.join(parts)}, 2 {'DESC' if orders[0].descending else 'ASC'}"
