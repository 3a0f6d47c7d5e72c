"""A resource -> its index row. Pure; one compiled extractor per type; a value it cannot read is simply not indexed.

In: a JSON document that passed validation (or did not: nothing here raises on odd shapes). Out: `IndexRow`, which
`store` writes beside the body. `sql` asks for the same numbers; `keys` makes them for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from yteso.fhir import reference
from yteso.search.emit import Emit, emitter
from yteso.search.hot import hot
from yteso.search.keys import Key, patient_key, source, token
from yteso.search.row import IndexRow
from yteso.standards.fhir_r4 import SEARCH_PARAMETERS, Path

_UNREADABLE = (AttributeError, TypeError, ValueError, ArithmeticError)


Walk = Callable[[Any, IndexRow], None]


def extract(resource: Mapping[str, Any]) -> IndexRow:
    """The index row of a resource. Raises KeyError for a type R4 does not have."""
    row = IndexRow()
    kind = resource["resourceType"]
    walks, absent = _compiled(kind)
    for name, value in resource.items():
        walk = walks.get(name)
        if walk is not None:
            try:
                walk(value, row)
            except _UNREADABLE:
                continue
    for names, number in absent:
        if names.isdisjoint(resource):
            row.tok.append(number)
    _finish(kind, resource, row)
    return row


def _finish(type: str, resource: Mapping[str, Any], row: IndexRow) -> None:
    if row.codes:
        row.code = row.codes[0]
        for further in row.codes[1:]:
            if further != row.code:
                row.moments.append((further, row.d_lo, row.d_hi))
    row.pat = _patient(type, resource)
    facility = source_facility(resource)
    if facility:
        row.tok.append(_source_token(facility))
    if type == "Encounter":
        row.care = _care(resource, facility)


def source_facility(resource: Mapping[str, Any]) -> str:
    """The code of the facility that sent a resource, from `meta.source` = `urn:yteso:<format>:<facility>:…`."""
    meta = resource.get("meta")
    text = meta.get("source") if isinstance(meta, dict) else None
    if not isinstance(text, str) or not text.startswith("urn:yteso:"):
        return ""
    parts = text.split(":", 4)
    return parts[3].partition("#")[0] if len(parts) > 3 else ""


@lru_cache(maxsize=4096)
def _source_token(facility: str) -> Key:
    return token(source(facility))


def _care(encounter: Mapping[str, Any], facility: str) -> tuple[str, ...]:
    """Who serves an Encounter: `serviceProvider.identifier`, else its reference, and the facility that sent it."""
    provider = encounter.get("serviceProvider")
    provider = provider if isinstance(provider, dict) else {}
    identifier = provider.get("identifier")
    code = identifier.get("value") if isinstance(identifier, dict) else None
    named = code if isinstance(code, str) else provider.get("reference")
    return tuple(sorted({text for text in (named, facility) if isinstance(text, str) and text}))


def _patient(type: str, resource: Mapping[str, Any]) -> Key | None:
    if type == "Patient":
        return patient_key(str(resource.get("id", "")))
    for path in hot(type).patients:
        if len(path.steps) == 1 and path.steps[0] not in resource:
            continue
        for value in values(resource, path):
            text = value.get("reference") if isinstance(value, dict) else None
            if isinstance(text, str) and "Patient/" in text:
                found = _patient_of(text)
                if found is not None:
                    return found
    return None


@lru_cache(maxsize=4096)
def _patient_of(text: str) -> Key | None:
    found = reference.parse(text)
    return patient_key(found.id) if found.kind == "relative" and found.type == "Patient" else None


def values(resource: Mapping[str, Any], path: Path) -> list[Any]:
    """What a path leads to, in order; odd shapes lead nowhere."""
    level: list[Any] = [resource]
    for index, step in enumerate(path.steps):
        reached: list[Any] = []
        for node in level:
            value = node.get(step) if isinstance(node, dict) else None
            if isinstance(value, list):
                reached.extend(value)
            elif value is not None:
                reached.append(value)
        level = _matching(reached, path, index + 1) if path.where else reached
    return level


def _matching(nodes: list[Any], path: Path, step: int) -> list[Any]:
    conditions = [(name, wanted) for at, name, wanted in path.where if at == step]
    return [
        node
        for node in nodes
        if not conditions or (isinstance(node, dict) and all(node.get(name) == wanted for name, wanted in conditions))
    ]


def references_of(resource: Mapping[str, Any], name: str) -> list[str]:
    """The texts of the references a reference parameter reads (for `_include`)."""
    parameter = SEARCH_PARAMETERS[str(resource["resourceType"])][name]
    found: list[str] = []
    for path in parameter.paths:
        for value in values(resource, path):
            text = value.get("reference") if isinstance(value, dict) else value
            if isinstance(text, str):
                found.append(text)
    return found


@cache
def _compiled(type: str) -> tuple[dict[str, Walk], tuple[tuple[frozenset[str], Key], ...]]:
    """Top property -> walk; and (properties, token) pairs for parameters that mean something by their absence."""
    walks: dict[str, list[Walk]] = {}
    absent = []
    seen: set[object] = set()
    for name, parameter in SEARCH_PARAMETERS[type].items():
        if name in ("_id", "_lastUpdated"):
            continue
        if parameter.absent:
            tops = frozenset(path.steps[0] for path in parameter.paths)
            absent.append((tops, token(f"{type}:{name}|{parameter.absent}")))
        for path in parameter.paths:
            emit, identity = emitter(type, parameter, path)
            if emit is not None and identity not in seen:
                seen.add(identity)
                walks.setdefault(path.steps[0], []).append(_walk(path, emit))
    return {top: _all(parts) for top, parts in walks.items()}, tuple(absent)


def _all(parts: list[Walk]) -> Walk:
    if len(parts) == 1:
        return parts[0]
    fixed = tuple(parts)

    def each(value: Any, row: IndexRow) -> None:
        for part in fixed:
            try:
                part(value, row)
            except _UNREADABLE:
                continue

    return each


def _walk(path: Path, emit: Emit) -> Walk:
    """The walk of a path whose first step was already taken."""
    walk: Walk = emit
    for index in range(len(path.steps) - 1, -1, -1):
        conditions = tuple((name, wanted) for at, name, wanted in path.where if at == index + 1)
        if conditions:
            walk = _only(conditions, walk)
        if path.many[index]:
            walk = _every(walk)
        if index:
            walk = _step(path.steps[index], walk)
    return walk


def _step(name: str, inner: Walk) -> Walk:
    def step(value: Any, row: IndexRow) -> None:
        child = value.get(name)
        if child is not None:
            inner(child, row)

    return step


def _every(inner: Walk) -> Walk:
    def every(value: Any, row: IndexRow) -> None:
        for item in value:
            inner(item, row)

    return every


def _only(conditions: tuple[tuple[str, str], ...], inner: Walk) -> Walk:
    def only(value: Any, row: IndexRow) -> None:
        if all(value.get(name) == wanted for name, wanted in conditions):
            inner(value, row)

    return only
