"""`_sort` -> SQL expressions that are never NULL, so that a page can begin after a value."""

from __future__ import annotations

from dataclasses import dataclass

from yteso.search.conditions import is_amount, side_keys
from yteso.search.fragment import Fragment
from yteso.search.hot import hot
from yteso.search.keys import number, token
from yteso.search.parameters import parameters_of
from yteso.search.query import Query
from yteso.search.row import NO_DATE
from yteso.search.side import of_row

SORTABLE = frozenset({"date", "string", "number", "quantity"})
"""Kinds of parameters that an index has in order; besides `_id` and `_lastUpdated`. Others: `sorting`."""


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key. `kind`: "clinical", "updated", "id", "date", "number" or "string"; `keys`: of its side table;
    `own`: the amount of the row is among the numbers."""

    kind: str
    descending: bool
    keys: tuple[int, ...] = ()
    own: bool = False

    def expression(self, lo: str, row: str = "r") -> Fragment:
        """The value by which a row is sorted; `lo` is the column of the clinical date."""
        if self.kind == "clinical":
            return Fragment(lo)
        if self.kind == "updated":
            return Fragment(f"{row}.ts")
        if self.kind == "id":
            return Fragment(f"{row}.id")
        same = f"{of_row('x', row)} AND x.key = ANY(%s::bigint[])"
        pick = "max" if self.descending else "min"
        if self.kind == "number":
            found = f"(SELECT {pick}(x.lo) FROM store.number x WHERE {same})"
            both = f"{'greatest' if self.descending else 'least'}({row}.amount, {found})" if self.own else found
            text = f"coalesce({both}, '-Infinity')"
        elif self.kind == "date":
            text = f"coalesce((SELECT {pick}(x.lo) FROM store.moment x WHERE {same}), {NO_DATE + 1})"
        else:
            text = f"coalesce((SELECT {pick}(x.val) FROM store.string x WHERE {same} AND x.at = 0), '')"
        return Fragment(text, (list(self.keys),))


def orders_of(query: Query, *, by_date: bool) -> tuple[Order, ...]:
    """The sort keys of a query; without `_sort` the newest first, by clinical date where the index gives that order."""
    if not query.sort:
        return (Order("clinical" if by_date else "updated", descending=True),)
    return tuple(_order(query.type, sort.name, sort.descending) for sort in query.sort)


def _order(type: str, name: str, descending: bool) -> Order:
    if name == "_id":
        return Order("id", descending)
    if name == "_lastUpdated":
        return Order("updated", descending)
    if name == hot(type).date:
        return Order("clinical", descending)
    parameter = parameters_of(type)[name]
    if parameter.kind == "date":
        return Order("date", descending, (number(token(f"{type}:{name}")),))
    kind = "string" if parameter.kind == "string" else "number"
    keys = tuple(side_keys(type, parameter.paths))
    return Order(kind, descending, keys, own=kind == "number" and is_amount(type, keys))
