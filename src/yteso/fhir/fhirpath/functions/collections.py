"""N1 §5.3 subsetting, §5.4 combining, §5.8 tree navigation."""

from __future__ import annotations

from yteso.fhir.fhirpath.context import Context
from yteso.fhir.fhirpath.equality import distinct, key
from yteso.fhir.fhirpath.functions.declare import function
from yteso.fhir.fhirpath.nodes import Items, children, integer


@function("first")
def _first(items: Items) -> Items:
    return items[:1]


@function("last")
def _last(items: Items) -> Items:
    return items[-1:]


@function("tail")
def _tail(items: Items) -> Items:
    return items[1:]


@function("skip", 1)
def _skip(items: Items, number: Items) -> Items:
    return items[max(0, integer(number) or 0) :]


@function("take", 1)
def _take(items: Items, number: Items) -> Items:
    return items[: max(0, integer(number) or 0)]


@function("intersect", 1)
def _intersect(items: Items, other: Items) -> Items:
    wanted = {key(item) for item in other}
    return [item for item in distinct(items) if key(item) in wanted]


@function("exclude", 1)
def _exclude(items: Items, other: Items) -> Items:
    unwanted = {key(item) for item in other}
    return [item for item in items if key(item) not in unwanted]


@function("union", 1)
def _union(items: Items, other: Items) -> Items:
    return list(distinct([*items, *other]))


@function("combine", 1, context=True)
def _combine(context: Context, items: Items, other: Items) -> Items:
    context.tick(len(items) + len(other))
    return [*items, *other]


@function("children", context=True)
def _children(context: Context, items: Items) -> Items:
    found = [child for item in items for child in children(item)]
    context.tick(len(found))
    return found


@function("descendants", context=True)
def _descendants(context: Context, items: Items) -> Items:
    found: Items = []
    level = items
    while level:
        level = _children(context, level)
        found += level
    return found
