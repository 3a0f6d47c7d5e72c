"""A resource -> the part of it that `_summary` or `_elements` asks for, marked SUBSETTED (FHIR R4 §3.1.1.5.8). Pure.

What is mandatory stays, so that the part is FHIR too; a choice element is named without its type (`value`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from yteso.fhir import json
from yteso.standards.fhir_r4 import ELEMENTS, RESOURCE_TYPES, SUMMARIES

SUMMARY_KINDS = frozenset({"true", "text", "data", "count", "false"})
_ALWAYS = frozenset({"resourceType", "id", "meta"})
_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


@dataclass(frozen=True, slots=True)
class Subset:
    """`summary`: true, text or data; `elements`: names asked for, with or without a type before them."""

    summary: str = ""
    elements: tuple[str, ...] = ()

    def body(self, type: str, body: bytes, *, asked_for: bool = True) -> bytes:
        """The part of a stored body. Elements without a type concern the resources that were `asked_for`."""
        if self.elements:
            names = {
                name.removeprefix(f"{type}.").partition(".")[0]
                for name in self.elements
                if name.startswith(f"{type}.") or (asked_for and name[:1].islower())
            }
            return json.dumps(_elements(json.loads(body), type, frozenset(names))) if names else body
        return json.dumps(_summary(json.loads(body), type, self.summary))


def is_part(resource: Mapping[str, Any]) -> bool:
    """True for what `_summary` or `_elements` gave: written back, it would take away what was not shown."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(tags, list) and any(isinstance(tag, dict) and tag.get("code") == _TAG["code"] for tag in tags)


def is_element(name: str, types: Collection[str]) -> bool:
    """Whether one of these types has what `_elements` names so; a type may stand before it."""
    kind, _, rest = name.partition(".")
    if kind[:1].isupper():
        return kind in RESOURCE_TYPES and _has(kind, rest.partition(".")[0])
    return any(_has(one, kind) for one in types)


def _has(type: str, name: str) -> bool:
    return name == "resourceType" or name in _names(type, "")[3]


def _summary(resource: dict[str, Any], type: str, kind: str) -> dict[str, Any]:
    if kind == "data":
        return _marked({name: value for name, value in resource.items() if name != "text"})
    if kind == "text":
        return _elements(resource, type, frozenset({"text"}))
    return _marked(_kept(resource, type, ""))


def _elements(resource: dict[str, Any], type: str, names: frozenset[str]) -> dict[str, Any]:
    mandatory = _names(type, "")[1]
    shown = _ALWAYS | mandatory | {json_name for name in names for json_name in _json_names(type, name)}
    return _marked({name: value for name, value in resource.items() if name.lstrip("_") in shown})


def _json_names(type: str, name: str) -> list[str]:
    element = ELEMENTS[type].get(name) or ELEMENTS[type].get(f"{name}[x]")
    return list(element.json_names) if element else [name]


def _kept(value: Any, type: str, path: str) -> Any:
    """The elements of a summary, also inside those that have elements of their own."""
    if isinstance(value, list):
        return [_kept(item, type, path) for item in value]
    if not isinstance(value, dict):
        return value
    summary, mandatory, inner, _ = _names(type, path)
    if path and not summary:
        return value
    shown = summary | mandatory | (_ALWAYS if not path else frozenset())
    found = {}
    for name, child in value.items():
        bare = name.lstrip("_")
        if bare in shown:
            found[name] = _kept(child, type, f"{path}.{bare}" if path else bare) if bare in inner else child
    return found


@cache
def _names(type: str, path: str) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """JSON names under a path: those of the summary, the mandatory ones, those with elements of their own, and all,
    these also without their type."""
    summary: set[str] = set()
    mandatory: set[str] = set()
    inner: set[str] = set()
    every: set[str] = set()
    for element in ELEMENTS[type].values():
        if element.parent == path:
            names = element.json_names
            every.update(names, [element.name.removesuffix("[x]")])
            if element.path in SUMMARIES[type]:
                summary.update(names)
            if element.min > 0:
                mandatory.update(names)
            if "BackboneElement" in element.types:
                inner.update(names)
    return frozenset(summary), frozenset(mandatory), frozenset(inner), frozenset(every)


def _marked(resource: Mapping[str, Any]) -> dict[str, Any]:
    meta = resource.get("meta") or {}
    tags = [tag for tag in meta.get("tag", ()) if tag.get("code") != "SUBSETTED"]
    marked = {**meta, "tag": [*tags, _TAG]}
    if "meta" in resource:
        return {**resource, "meta": marked}
    first = {name: resource[name] for name in ("resourceType", "id") if name in resource}
    return {**first, "meta": marked, **resource}
