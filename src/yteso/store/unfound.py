"""What nobody finds anything by: the name of what is hidden from them, and what stands in a resource only beside it.

`unnamed` leaves hidden references out of what is shown; the index has them still. So a search by a hidden id finds
nothing by that name, and a row is asked for `encounter:missing` as it is shown (ADR 50). Here is which names and which
clauses of a query that concerns; `links.Asking` looks them up. No I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from yteso.search.addresses import is_canonical
from yteso.search.extract import extract
from yteso.search.facts import facts_of, presence_of
from yteso.search.keys import Mark, token
from yteso.search.parameters import parameters_of
from yteso.search.query import Chain, Clause, Denied, Filter, Query, Ranked, Test
from yteso.standards.fhir_r4 import ELEMENTS, Path
from yteso.store.unnamed import TOLD

_OF_ROW = frozenset(["missing", "identifier"])
"""Modifiers of a reference that ask for no id."""


def names_in(query: Query) -> frozenset[str]:
    """`Type/id` of what the query itself names, of the types a reference to which may be hidden."""
    found = {name for clause in _clauses(query) for name in _names(query.type, clause)}
    for link in query.links:
        if isinstance(link, Ranked):
            found.update(link.values)
    if query.compartment:
        found.add(f"{query.compartment.type}/{query.compartment.id}")
    return frozenset(name for name in found if name.partition("/")[0] in TOLD)


def beside(query: Query) -> list[Clause]:
    """The clauses whose answer may hang on a reference that is not shown, whatever it leads to."""
    return [clause for clause in dict.fromkeys(_clauses(query)) if _hangs(query.type, clause)]


def facts_beside(type: str, clause: Clause) -> list[str]:
    """What such a clause asks the index for; of `:missing` and `:not`, what they deny."""
    if clause.modifier == "missing":
        return list(presence_of(type, clause.name) or ())
    return facts_of(type, clause)


def says(resource: Mapping[str, Any], facts: Iterable[str]) -> bool:
    """Whether the index of a resource has any of these facts."""
    row = extract(resource)
    known, marks = {*row.tok, *row.codes}, set(row.mark)
    return any(token(fact) in (marks if isinstance(fact, Mark) else known) for fact in facts)


def _clauses(query: Query) -> Iterator[Clause]:
    yield from query.clauses
    for link in query.links:
        if isinstance(link, Filter):
            yield from _within(link.test)


def _within(test: Test) -> Iterator[Clause]:
    if isinstance(test, Clause):
        yield test
    elif isinstance(test, Denied):
        yield from _within(test.test)
    elif not isinstance(test, Chain):
        for one in test.tests:
            yield from _within(one)


def _names(type: str, clause: Clause) -> Iterator[str]:
    if clause.type == "reference" and clause.modifier not in _OF_ROW:
        yield from (fact.partition("|")[2] for fact in facts_of(type, clause))


def _hangs(type: str, clause: Clause) -> bool:
    parameter = parameters_of(type).get(clause.name)
    if parameter is None or is_canonical(parameter):
        return False
    if clause.type == "reference":
        return clause.modifier in _OF_ROW and any(_leads(path, parameter.targets) for path in parameter.paths)
    return clause.type == "token" and any(_stands_beside(type, path) for path in parameter.paths)


def _leads(path: Path, targets: Iterable[str]) -> bool:
    allowed = path.targets or tuple(targets)
    return path.type == "Reference" and (not allowed or not TOLD.isdisjoint(allowed))


@lru_cache(maxsize=4096)
def _stands_beside(type: str, path: Path) -> bool:
    """Whether it is within an element of a list that a hidden reference takes with it (`unnamed`)."""
    lists = [".".join(path.steps[: at + 1]) for at, many in enumerate(path.many[:-1]) if many]
    return any(
        name.rpartition(".")[0] in lists and element.max == 1 and "Reference" in element.types and _may_hide(element)
        for name, element in ELEMENTS.get(type, {}).items()
    )


def _may_hide(element: Any) -> bool:
    return not element.targets or not TOLD.isdisjoint(element.targets)
