"""A resource -> its index row. Pure; one generated program per type; a value it cannot read is simply not indexed.

In: a JSON document that passed validation (or did not: nothing here raises on odd shapes). Out: `IndexRow`, which
`store` writes beside the body. `sql` asks for the same numbers; `keys` makes them for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from yteso.fhir import reference
from yteso.search import program
from yteso.search.entries import BUNDLE, add_entry
from yteso.search.hot import hot
from yteso.search.keys import Key, elsewhere, patient_key, source, token
from yteso.search.parameters import parameters_of
from yteso.search.program import absent
from yteso.search.row import NO_DATE, IndexRow
from yteso.standards.fhir_r4 import Path

_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError)


def extract(resource: Mapping[str, Any]) -> IndexRow:
    """The index row of a resource. Raises KeyError for a type R4 does not have."""
    kind = resource["resourceType"]
    try:
        row = _fast(kind, resource)
    except _UNREADABLE:
        row = _careful(kind, resource)
    for names, number in absent(kind):
        if names.isdisjoint(resource):
            row.tok.append(number)
    if row.codes:
        row.code = row.codes[0]
        for further in row.codes[1:]:
            if further != row.code:
                row.moments.append((further, row.d_lo, row.d_hi))
    row.pat = _patient(kind, resource, row.tok)
    facility = source_facility(resource)
    if facility:
        row.source = facility
        row.tok.append(_source_token(facility))
    if kind == "Encounter":
        row.care = _care(resource, facility)
    if kind == BUNDLE:
        add_entry(row, resource, extract)
    return row


def _fast(type: str, resource: Mapping[str, Any]) -> IndexRow:
    tok: list[Key] = []
    mark: list[Key] = []
    row = IndexRow(None, None, NO_DATE, NO_DATE, tok, mark, [], [], [], [])
    program.fast(type)(resource, tok, mark, row)
    return row


def _careful(type: str, resource: Mapping[str, Any]) -> IndexRow:
    """The same path by path: one that leads to an odd shape ends there, the others go on."""
    row = IndexRow()
    walks = program.careful(type)
    for name, value in resource.items():
        for walk in walks.get(name, ()) if value is not None else ():
            try:
                walk(value, row.tok, row.mark, row)
            except _UNREADABLE:
                continue
    return row


def source_facility(resource: Mapping[str, Any]) -> str:
    """The code of the facility that sent a resource, from `meta.source` = `urn:yteso:<format>:<facility>:…`."""
    meta = resource.get("meta")
    text = meta.get("source") if isinstance(meta, dict) else None
    if not isinstance(text, str) or not text.startswith("urn:yteso:"):
        return ""
    visit = text.partition("#")[0]
    return _facility(visit if visit.count(":") > 3 else text)


@lru_cache(maxsize=4096)
def _facility(source: str) -> str:
    parts = source.split(":", 4)
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


def _patient(type: str, resource: Mapping[str, Any], tok: list[Key]) -> Key | None:
    """The key of the patient it belongs to. Another path than the type's main one is told by a token."""
    if type == "Patient":
        return patient_key(str(resource.get("id", "")))
    for at, (top, path) in enumerate(_patient_ways(type)):
        if top in resource:
            for value in values(resource, path) if path else (resource[top],):
                text = value.get("reference") if isinstance(value, dict) else None
                if isinstance(text, str) and "Patient/" in text:
                    found = _patient_of(text)
                    if found is not None:
                        if at and hot(type).patient_key:
                            tok.append(token(elsewhere(type)))
                        return found
    return None


@cache
def _patient_ways(type: str) -> tuple[tuple[str, Path | None], ...]:
    """(top property, its path when there is more to it than this property)."""
    return tuple(
        (path.steps[0], None if path.many == (False,) and not path.where else path) for path in hot(type).patients
    )


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
    for at, name, wanted in path.where:
        if at == step:
            nodes = nodes[:1] if name == "[0]" else [node for node in nodes if _holds(node, name, wanted)]
    return nodes


def _holds(node: Any, name: str, wanted: str) -> bool:
    if not isinstance(node, dict):
        return False
    if name != "extension()":
        return bool(node.get(name) == wanted)
    extensions = node.get("extension")
    return isinstance(extensions, list) and any(isinstance(x, dict) and x.get("url") == wanted for x in extensions)


def references_of(resource: Mapping[str, Any], name: str) -> list[str]:
    """The texts of the references a reference parameter reads (for `_include`)."""
    found: list[str] = []
    for path in parameters_of(str(resource["resourceType"]))[name].paths:
        for value in values(resource, path):
            text = value.get("reference", _own_name(value)) if isinstance(value, dict) else value
            if isinstance(text, str) and (not path.targets or reference.parse(text).type in path.targets):
                found.append(text)
    return found


def _own_name(resource: Mapping[str, Any]) -> str | None:
    """`Type/id` of a resource inside a Bundle, for the parameters that lead to it."""
    return f"{resource['resourceType']}/{resource['id']}" if {"resourceType", "id"} <= resource.keys() else None
