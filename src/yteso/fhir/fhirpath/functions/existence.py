"""N1 §5.1 existence, §5.2 filtering and projection, §7 aggregates."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import Any

from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.equality import distinct, key, order
from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.nodes import Items, single, system, truth
from yteso.fhir.fhirpath.operators import FALSE, OPERATORS, TRUE
from yteso.fhir.fhirpath.refusals import Unanswerable


@function("empty")
def _empty(items: Items) -> Items:
    return FALSE if items else TRUE


@function("exists", 0, 1, lazy=True, context=True)
def _exists(context: Context, items: Items, criteria: Any = None) -> Items:
    if criteria is None:
        return TRUE if items else FALSE
    return TRUE if _where(context, items, criteria) else FALSE


@function("all", 1, lazy=True, context=True)
def _all(context: Context, items: Items, criteria: Any) -> Items:
    return TRUE if len(_where(context, items, criteria)) == len(items) else FALSE


def _booleans(items: Items) -> list[bool]:
    values = [system(item) for item in items]
    if not all(type(value) is bool for value in values):
        raise Unanswerable
    return values


@function("allTrue")
def _all_true(items: Items) -> Items:
    return [all(_booleans(items))]


@function("anyTrue")
def _any_true(items: Items) -> Items:
    return [any(_booleans(items))]


@function("allFalse")
def _all_false(items: Items) -> Items:
    return [not any(_booleans(items))]


@function("anyFalse")
def _any_false(items: Items) -> Items:
    return [not all(_booleans(items))]


@function("subsetOf", 1)
def _subset_of(items: Items, other: Items) -> Items:
    return [{key(item) for item in items} <= {key(item) for item in other}]


@function("supersetOf", 1)
def _superset_of(items: Items, other: Items) -> Items:
    return _subset_of(other, items)


@function("count")
def _count(items: Items) -> Items:
    return [len(items)]


@function("distinct")
def _distinct(items: Items) -> Items:
    return list(distinct(items))


@function("isDistinct")
def _is_distinct(items: Items) -> Items:
    return [len({key(item) for item in items}) == len(items)]


@function("where", 1, lazy=True, context=True)
def _where(context: Context, items: Items, criteria: Any) -> Items:
    found: Items = []
    context.tick(len(items))
    before = context.index
    for context.index, item in enumerate(items):
        if truth(criteria(context, [item])):
            found.append(item)
    context.index = before
    return found


@function("select", 1, lazy=True, context=True)
def _select(context: Context, items: Items, projection: Any) -> Items:
    found: Items = []
    before = context.index
    for context.index, item in enumerate(items):
        part = projection(context, [item])
        context.tick(1 + sum(len(one) >> 6 for one in part if type(one) is str))
        found += part
    context.index = before
    return found


@function("repeat", 1, lazy=True, context=True)
def _repeat(context: Context, items: Items, projection: Any) -> Items:
    found: Items = []
    seen: set[Any] = set()
    level = items
    while level:
        fresh: Items = []
        for item in _select(context, level, projection):
            context.tick(1)
            mark = key(item)
            if mark not in seen:
                seen.add(mark)
                fresh.append(item)
        found += fresh
        level = fresh
    return found


@function("aggregate", 1, 2, lazy=True, context=True)
def _aggregate(context: Context, items: Items, aggregator: Any, start: Any = None) -> Items:
    before, index = context.total, context.index
    total = start(context, context.focus) if start is not None else []
    for place, item in enumerate(items):
        context.tick(1)
        context.total, context.index = total, place
        total = aggregator(context, [item])
    context.total, context.index = before, index
    return list(total)


@function("sum")
def _sum(items: Items) -> Items:
    return reduce(lambda total, item: OPERATORS["+"](total, [item]), items[1:], items[:1] or [0])


@function("min")
def _min(items: Items) -> Items:
    return _extreme(items, -1)


@function("max")
def _max(items: Items) -> Items:
    return _extreme(items, 1)


def _extreme(items: Items, sign: int) -> Items:
    best = items[:1]
    for item in items[1:]:
        found = order(item, best[0])
        if found is None:
            return []
        if found == sign:
            best = [item]
    return best


@function("avg")
def _avg(items: Items) -> Items:
    return OPERATORS["/"](_sum(items), [Decimal(len(items))]) if items else []


@function("single")
def _single(items: Items) -> Items:
    single(items)
    return items
