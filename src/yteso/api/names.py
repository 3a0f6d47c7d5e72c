"""What the entries of a transaction call each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yteso.api import rules
from yteso.api.body import Resource
from yteso.api.plan import Step
from yteso.api.targets import Target
from yteso.base.errors import Refused
from yteso.fhir.reference import parse
from yteso.search.query import Query
from yteso.search.values import bare, split
from yteso.standards.identifiers import canonical_system


def names_of(steps: Sequence[Step], ids: Mapping[int, str], base: str) -> dict[str, str]:
    """What the entries call each other -> `Type/id`. A fullUrl that is an address also names its relative form."""
    names: dict[str, str] = {}
    for step in steps:
        if step.resource is None or not step.full_url:
            continue
        real = f"{step.type}/{ids[step.index]}"
        address = parse(step.full_url)
        if step.full_url != f"{base}/{real}":
            names[step.full_url] = real
        relative = f"{address.type}/{address.id}"
        if address.kind == "absolute" and address.type == step.type and relative != real:
            names[relative] = real
    return names


def named_in(steps: Iterable[Step], targets: Mapping[int, Target], query: Query) -> str:
    """What a conditional reference by one whole identifier (`system|value`) names among the entries; empty: nothing.

    Refused (412) when two entries have the identifier.
    """
    clause = query.clauses[0] if len(query.conditions) == len(query.clauses) == 1 else None
    if clause is None or (clause.name, clause.modifier) != ("identifier", "") or len(clause.values) > 1:
        return ""
    wanted = tuple(bare(part) for part in split(clause.values[0][1], "|"))
    found = {
        f"{step.type}/{targets[step.index].id}"
        for step in steps
        if step.resource is not None and step.type == query.type and wanted in _identifiers(step.resource)
    }
    if len(found) > 1:
        raise Refused(rules.SEVERAL_MATCH.at(type=query.type), status=412)
    return found.pop() if found else ""


def _identifiers(resource: Resource) -> Iterable[tuple[str, ...]]:
    rows = resource.get("identifier", [])
    for one in rows if isinstance(rows, list) else [rows]:
        yield canonical_system(str(one.get("system", ""))), str(one.get("value", ""))
