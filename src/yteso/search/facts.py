"""A token, reference or uri clause -> the facts (keys) any of which answers it. The counterpart of `emit`."""

from __future__ import annotations

from collections.abc import Iterator

from yteso.fhir import reference
from yteso.search.keys import exact, identified, mandatory, path_key, present
from yteso.search.query import Clause
from yteso.search.values import bare, split_token
from yteso.standards.fhir_r4 import RESOURCE_TYPES, SEARCH_PARAMETERS, Path, SearchParameter

_IMPLIED_SYSTEM = frozenset({"code", "boolean", "id", "dateTime"})
_PLAIN = frozenset({"string", "uri", "url", "canonical"})
_SELECTIVE = frozenset({"Identifier", "ContactPoint", "Reference", "canonical", "uri", "url"})


def facts_of(type: str, clause: Clause) -> list[str]:
    """Every fact that satisfies the clause; its modifier (`:not` aside) is taken into account."""
    parameter = SEARCH_PARAMETERS[type][clause.name]
    return [fact for _, value in clause.values for fact in _facts(type, parameter, clause.modifier, value)]


def is_selective(type: str, clause: Clause) -> bool:
    """True when a value picks few rows of a type (an identifier), false for a status or a code."""
    return clause.type == "string" or any(
        path.type in _SELECTIVE for path in SEARCH_PARAMETERS[type][clause.name].paths
    )


def _facts(type: str, parameter: SearchParameter, modifier: str, value: str) -> Iterator[str]:
    for path in parameter.paths:
        key = path_key(type, path)
        if modifier == "identifier":
            yield from _identifier(key, value)
        elif modifier == "exact":
            yield exact(key, bare(value))
        elif parameter.kind == "reference" and path.type == "Reference":
            yield from _reference(key, path, parameter, modifier, bare(value))
        elif parameter.kind != "token" or path.type in _PLAIN:
            yield f"{key}|{bare(value)}"
        else:
            yield from _token(key, path, value)
    if parameter.absent:
        yield f"{type}:{parameter.name}|{bare(value)}"


def _token(key: str, path: Path, value: str) -> Iterator[str]:
    system, code = split_token(value)
    if system is None or path.type in _IMPLIED_SYSTEM:
        if code:
            yield f"{key}|{code}"
    elif not code:
        yield f"{key}|{system}|"
    else:
        yield f"{key}|{system}|{code}"


def _identifier(key: str, value: str) -> Iterator[str]:
    system, code = split_token(value)
    yield identified(key, system, code)[1 if system is not None else 0]


def _reference(key: str, path: Path, parameter: SearchParameter, modifier: str, value: str) -> Iterator[str]:
    """`Type/id` and absolute addresses as they are; a bare id once for each type the parameter may point to."""
    allowed = path.targets or parameter.targets
    found = reference.parse(value)
    if found.kind == "relative":
        if (not path.targets or found.type in path.targets) and modifier in ("", found.type):
            yield f"{key}|{found.type}/{found.id}"
    elif found.kind == "absolute":
        yield f"{key}|{found.base}/{found.type}/{found.id}"
    elif found.kind == "urn":
        yield f"{key}|{value}"
    elif modifier:
        if not path.targets or modifier in path.targets:
            yield f"{key}|{modifier}/{value}"
    else:
        for target in allowed or sorted(RESOURCE_TYPES):
            yield f"{key}|{target}/{value}"


def presence_of(type: str, name: str) -> list[str] | None:
    """The facts any of which says that the parameter has a value; None when it always has one."""
    parameter = SEARCH_PARAMETERS[type][name]
    found = []
    for path in parameter.paths:
        key = path_key(type, path)
        if mandatory(type, path) and path.type != "Reference":
            return None
        if parameter.kind == "reference" and path.type == "Reference":
            targets = path.targets or tuple(sorted(RESOURCE_TYPES))
            found += [present(key, target) for target in targets] + ([] if path.targets else [present(key)])
        else:
            found.append(present(key))
    return found
