"""Facts of profiles and extensions -> StructureDefinitions with a differential. Snapshots are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yteso.standards.fhir_r4 import CANONICAL, STRUCTURES
from yteso.standards.vn_core.describe import BASE, both, head

Json = dict[str, Any]

SID = f"{BASE}/sid/"
_SD = f"{BASE}/StructureDefinition/"
_VS = f"{BASE}/ValueSet/"


def profile(fact: Json) -> Json:
    """A profile of a resource type or of a datatype."""
    type_ = fact["type"]
    base = _SD + fact["base"] if "base" in fact else CANONICAL + type_
    return {
        **head("StructureDefinition", fact),
        "fhirVersion": "4.0.1",
        "kind": STRUCTURES[type_]["kind"],
        "abstract": False,
        "type": type_,
        "baseDefinition": base,
        "derivation": "constraint",
        "differential": {"element": list(_in_order(type_, _elements(fact)))},
    }


def extension(fact: Json) -> Json:
    """An extension with one value, or with parts."""
    return {
        **head("StructureDefinition", fact),
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": place} for place in fact["on"]],
        "type": "Extension",
        "baseDefinition": CANONICAL + "Extension",
        "derivation": "constraint",
        "differential": {"element": list(_extension_elements(fact))},
    }


def _extension_elements(fact: Json) -> Iterator[Json]:
    told = both(fact["title"])
    yield {"id": "Extension", "path": "Extension", "short": told, "definition": told, "min": 0, "max": "1"}
    if "parts" not in fact:
        yield {"id": "Extension.extension", "path": "Extension.extension", "max": "0"}
    for name, type_ in fact.get("parts", ()):
        part = f"Extension.extension:{name}"
        yield {"id": part, "path": "Extension.extension", "sliceName": name, "min": 0, "max": "1"}
        yield {"id": f"{part}.extension", "path": "Extension.extension.extension", "max": "0"}
        yield {"id": f"{part}.url", "path": "Extension.extension.url", "fixedUri": name}
        yield {"id": f"{part}.value[x]", "path": "Extension.extension.value[x]", "min": 1, "type": [{"code": type_}]}
    yield {"id": "Extension.url", "path": "Extension.url", "fixedUri": _SD + fact["id"]}
    if "parts" in fact:
        yield {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"}
        return
    type_ = {"code": fact["value"]}
    if "targets" in fact:
        type_["targetProfile"] = [CANONICAL + target for target in fact["targets"]]
    value: Json = {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [type_]}
    if "binding" in fact:
        strength, value_set = fact["binding"]
        value["binding"] = {"strength": strength, "valueSet": _VS + value_set}
    yield value


def _elements(fact: Json) -> Iterator[Json]:
    type_ = fact["type"]
    told = both(fact["title"])
    top = {"id": type_, "path": type_, "short": told, "definition": told}
    conditions = {place: _constraint(*rest) for place, *rest in fact.get("invariants", ())}
    yield top | ({"constraint": [conditions.pop("")]} if "" in conditions else {})
    yield from _slices_of_extensions(type_, fact.get("extensions", {}))
    for place, cardinality, more in fact.get("elements", ()):
        element = _element(type_, place, cardinality, more)
        yield element | ({"constraint": [conditions.pop(place)]} if place in conditions else {})
    yield from _sliced(
        type_, "identifier", "system", [(n, {"fixedUri": SID + v}) for n, v in _named(fact, "identifiers")]
    )
    categories = [(name, _concept(*value)) for name, value in _named(fact, "categories")]
    yield from _sliced(type_, "category", "$this", categories, least=1)
    sections = [(name, _concept("http://loinc.org", code)) for name, code in _named(fact, "sections")]
    yield from _sliced(type_, "section", "code", sections)


def _named(fact: Json, group: str) -> list[tuple[str, Any]]:
    return list(fact.get(group, {}).items())


def _element(type_: str, place: str, cardinality: str, more: Json) -> Json:
    path = f"{type_}.{place}"
    made: Json = {"id": path, "path": path}
    if "short" in more:
        made["short"] = both(more["short"])
    if cardinality:
        least, _, most = cardinality.partition("..")
        made |= {"min": int(least), "max": most}
    if "profile" in more:
        code = "Address" if more["profile"] == "vn-core-address" else "Extension"
        made["type"] = [{"code": code, "profile": [_SD + more["profile"]]}]
    if "targets" in more:
        made["type"] = [{"code": "Reference", "targetProfile": [_SD + target for target in more["targets"]]}]
    for kind in ("fixed", "pattern"):
        made |= {kind + name: value for name, value in more.get(kind, {}).items()}
    return made | ({"mustSupport": True} if more.get("ms") else {})


def _constraint(key: str, vi: str, en: str, expression: str) -> Json:
    return {"key": key, "severity": "error", "human": both([vi, en]), "expression": expression}


def _concept(system: str, code: str) -> Json:
    return {"patternCodeableConcept": {"coding": [{"system": system, "code": code}]}}


def _slices_of_extensions(type_: str, extensions: Json) -> Iterator[Json]:
    path = f"{type_}.extension"
    for name, extension_id in extensions.items():
        typed = [{"code": "Extension", "profile": [_SD + extension_id]}]
        yield {
            "id": f"{path}:{name}", "path": path, "sliceName": name, "min": 0, "max": "1", "type": typed,
            "mustSupport": True,
        }  # fmt: skip


def _sliced(type_: str, name: str, by: str, slices: list[tuple[str, Json]], *, least: int = 0) -> Iterator[Json]:
    """An element told apart by a value or a pattern at a path, and each slice with what it has there."""
    if not slices:
        return
    path = f"{type_}.{name}"
    kind = "value" if by == "system" else "pattern"
    rules = {"discriminator": [{"type": kind, "path": by}], "ordered": False, "rules": "open"}
    yield {"id": path, "path": path, "slicing": rules}
    for slice_, there in slices:
        most = "*" if name == "identifier" and slice_ != "CCCD" else "1"
        made: Json = {"id": f"{path}:{slice_}", "path": path, "sliceName": slice_, "min": least, "max": most}
        if by == "$this":
            yield made | there
            continue
        yield made
        yield {"id": f"{path}:{slice_}.{by}", "path": f"{path}.{by}", "min": 1, **there}


def _in_order(type_: str, elements: Iterator[Json]) -> Iterator[Json]:
    """Those with one id made one, in the order of the type's elements; slices and parts behind their element."""
    merged: dict[str, Json] = {}
    for element in elements:
        merged[element["id"]] = merged.get(element["id"], {}) | element
    order = [element["path"].partition(".")[2] for element in STRUCTURES[type_]["snapshot"]["element"]]

    def place(element: Json) -> int:
        below = element["path"].partition(".")[2]
        return order.index(below.partition(".")[0]) if below else -1

    yield from sorted(merged.values(), key=place)
