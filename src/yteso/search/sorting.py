"""Sort keys that no index holds (codes, identifiers, references, addresses), read from the resources themselves.

`_sort` by a date, a text or a number is SQL (`order`); by anything else the store reads the few resources that match
and asks here. What has no value comes first, descending last, as in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from yteso.base.text import fold
from yteso.fhir import dates
from yteso.search.extract import values
from yteso.search.order import SORTABLE
from yteso.search.parameters import parameters_of
from yteso.search.query import Query, Sort
from yteso.search.row import NO_DATE
from yteso.standards.fhir_r4 import SearchParameter

_NOTHING: Mapping[str, Any] = {"date": NO_DATE, "number": -inf, "quantity": -inf}
_OWN = frozenset({"_id", "_lastUpdated"})


@dataclass(frozen=True, slots=True)
class Sortable:
    """What a resource is sorted by: a value for each key of the query; the resource itself is not kept."""

    id: str
    keys: tuple[Any, ...]


def is_read(query: Query) -> bool:
    """Whether a key of the query's sort is in no index."""
    parameters = parameters_of(query.type)
    return any(sort.name not in _OWN and parameters[sort.name].kind not in SORTABLE for sort in query.sort)


def sortable(query: Query, id: str, updated: datetime, resource: Mapping[str, Any]) -> Sortable:
    """A resource as `in_order` takes it."""
    own = {"_id": id, "_lastUpdated": updated}
    return Sortable(id, tuple(own.get(sort.name) or _key(query.type, sort, resource) for sort in query.sort))


def in_order(query: Query, found: Sequence[Sortable]) -> list[Sortable]:
    """The resources in the order the query asks for; equal ones by their id, in the direction of the first key."""
    ordered = sorted(found, key=lambda one: one.id, reverse=query.sort[0].descending)
    for at, sort in reversed(list(enumerate(query.sort))):
        ordered.sort(key=lambda one, at=at: one.keys[at], reverse=sort.descending)  # type: ignore[misc]
    return ordered


def _key(type: str, sort: Sort, resource: Mapping[str, Any]) -> Any:
    parameter = parameters_of(type)[sort.name]
    pick = max if sort.descending else min
    return pick(_values(parameter, resource), default=_NOTHING.get(parameter.kind, ""))


def _values(parameter: SearchParameter, resource: Mapping[str, Any]) -> Iterator[Any]:
    for path in parameter.paths:
        for value in values(resource, path):
            try:
                yield from _of_value(parameter.kind, path.type, value)
            except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError):
                continue


def _of_value(kind: str, datatype: str, value: Any) -> Iterator[Any]:
    if kind == "date":
        read = {"Period": dates.period, "Timing": dates.timing}.get(datatype, dates.interval)
        if found := read(value):
            yield found[0]
    elif kind in ("number", "quantity"):
        yield float(value["value"] if isinstance(value, dict) else value)
    elif kind == "string":
        yield fold(value if isinstance(value, str) else str(value.get("text") or value.get("family") or ""))
    elif datatype == "CodeableConcept":
        for coding in value.get("coding") or ():
            yield str(coding["code"])
    elif isinstance(value, dict) and "resourceType" in value:  # The parameters of Bundle lead to whole resources.
        yield f"{value['resourceType']}/{value['id']}"
    elif isinstance(value, dict):  # None of them where a Reference has a display alone, an Identifier a type alone.
        yield from [str(value[name]) for name in ("value", "code", "reference") if name in value][:1]
    else:
        yield ("true" if value else "false") if isinstance(value, bool) else str(value)
