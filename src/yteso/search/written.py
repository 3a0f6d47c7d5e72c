"""A `Query` -> the text of a search that asks the same, for the audit: `identifier=a|1&_sort=-date`. Pure."""

from __future__ import annotations

from yteso.search.query import (
    Across,
    Chain,
    Clause,
    Compartment,
    Condition,
    Filter,
    Has,
    Include,
    Listed,
    Query,
    Ranked,
)

LONGEST = 300
"""Letters that are kept; searches of people are far shorter, those of machines may list hundreds of ids."""


def written(query: Query) -> str:
    """The text, all of it."""
    where = query.compartment
    parts = [_inside(where)] if where else []
    parts += [_condition(one) for one in (*query.clauses, *query.links)]
    parts += ["_sort=" + ",".join(f"{'-' * one.descending}{one.name}" for one in query.sort)] if query.sort else []
    parts += [_include(one) for one in query.include]
    return "&".join(parts)


def written_across(across: Across) -> str:
    """The same of a search over several types, of which the conditions are told once."""
    types = "_type=" + ",".join(query.type for query in across.queries) if across.named else ""
    asked = written(across.queries[0]) if across.queries else ""
    return "&".join(filter(None, (types, asked)))


def cut(text: str) -> str:
    """At `LONGEST` letters, with `…` at its end."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _inside(where: Compartment) -> str:
    return f"_compartment={where.type}/{where.id}"


def _condition(one: Condition) -> str:
    if isinstance(one, Clause):
        return _clause(one)
    if isinstance(one, Chain):
        return "&".join(f"{one.name}:{type}.{_condition(inner)}" for type, inner in one.targets)
    if isinstance(one, Has):
        return f"_has:{one.source}:{one.name}:{_condition(one.condition)}"
    if isinstance(one, Listed):
        return f"_list={one.id}"
    if isinstance(one, Ranked):
        return f"{one.name}:{'above' if one.above else 'below'}={','.join(one.values)}"
    if isinstance(one, Filter):
        return f"_filter={one.text}"
    return f"{one.name}={','.join(one.values)}"


def _clause(one: Clause) -> str:
    name = f"{one.name}:{one.modifier}" if one.modifier else one.name
    return f"{name}={','.join(value if prefix == 'eq' else prefix + value for prefix, value in one.values)}"


def _include(one: Include) -> str:
    name = f"{'_revinclude' if one.reverse else '_include'}{':iterate' if one.iterate else ''}"
    return f"{name}={':'.join(part for part in (one.source, one.name or '*', one.target) if part)}"
