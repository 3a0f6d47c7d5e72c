"""Element tables -> a strict JSON Schema (2020-12) of one resource type. Pure; takes milliseconds; the caller keeps it.

Stricter than the schema HL7 publishes: mandatory elements, no unknown ones, lists where lists belong, nothing empty,
one variant of a choice, formats of primitives, codes of required bindings. A resource inside a resource is only
required to be an object with a known type: `structure` checks it by its own schema.

The quick schema of a type accepts a subset of what the exact one accepts, for less: no nulls in lists, no extension in
the place of a mandatory primitive or of a choice. What it refuses is judged by the exact one, which gives the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, RESOURCE_TYPES, Element, value_set_codes
from yteso.validate.primitives import Schema, nullable, primitive_schema, quick_schema

_BACKBONES = ("BackboneElement", "Element")
_ADDRESS = ("Reference", "reference")
"""A string by its type, a url by its definition (FHIR R4 §2.3.0): nothing with a space in it leads anywhere."""
_INNER_RESOURCE: Schema = {"type": "object", "required": ["resourceType"]}
_MANY_VARIANTS = 24
"""From this number of spellings on, asking for each of them costs more than the rest of the object (Extension)."""


def schema_of(type_: str, *, quick: bool = False) -> Schema:
    """The exact or the quick schema of a resource type. KeyError when R4 has no such type."""
    definitions: dict[str, Schema] = {}
    _Builder(definitions, quick=quick).define(type_, type_, "")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{type_}",
        "$defs": definitions,
    }


class _Builder:
    """Collects the definitions a type needs; each object (`Patient`, `Patient.contact`, `HumanName`) once."""

    def __init__(self, definitions: dict[str, Schema], *, quick: bool) -> None:
        self.definitions = definitions
        self.quick = quick

    def ref(self, name: str, owner: str, path: str) -> Schema:
        if name not in self.definitions:
            self.define(name, owner, path)
        return {"$ref": f"#/$defs/{name}"}

    def define(self, name: str, owner: str, path: str) -> None:
        self.definitions[name] = {}
        children = [element for element in ELEMENTS[owner].values() if element.parent == path]
        self.definitions[name] = self.object_of(owner, children, resource=not path and owner in RESOURCE_TYPES)

    def object_of(self, owner: str, children: Iterable[Element], *, resource: bool) -> Schema:
        """An object whose properties are these elements and nothing else."""
        properties: dict[str, Schema] = {"resourceType": {"const": owner}} if resource else {}
        required = ["resourceType"] if resource else []
        conditions: list[Schema] = []
        exclusive: dict[str, Schema] = {}
        for element in children:
            names = element.json_names
            for name, type_ in names.items():
                properties |= self.property_of(owner, element, name, type_)
            if element.max is None and next(iter(names.values())) in PRIMITIVES and not self.quick:
                conditions.append(_nulls_only_beside_extensions(element.name))
            exclusive |= _one_of(names, quick=self.quick)
            if element.min:
                _demand(owner, element, required, conditions, quick=self.quick)
        made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if not (self.quick and required):
            made["minProperties"] = 1
        extras = {"required": required, "allOf": conditions, **_exclusion(exclusive, len(required))}
        return made | {key: value for key, value in extras.items() if value}

    def property_of(self, owner: str, element: Element, name: str, type_: str) -> dict[str, Schema]:
        """One JSON property, and its `_name` twin when the value is a primitive."""
        value = self.value_of(owner, element, type_)
        if type_ not in PRIMITIVES:
            return {name: value if element.max else _list_of(value)}
        if self.quick and (element.max is None or element.name.endswith("[x]")):
            return {name: value if element.max else _list_of(value)}
        extension = self.primitive_extension()
        if element.max is None:
            return {name: _list_of(nullable(value)), f"_{name}": _list_of({"anyOf": [extension, {"type": "null"}]})}
        return {name: value} if _is_attribute(owner, name) else {name: value, f"_{name}": extension}

    def value_of(self, owner: str, element: Element, type_: str) -> Schema:
        if element.content:
            return self.ref(f"{owner}.{element.content}", owner, element.content)
        if type_ in _BACKBONES:
            return self.ref(f"{owner}.{element.path}", owner, element.path)
        if type_ == "Resource":
            return _INNER_RESOURCE
        if type_ in PRIMITIVES:
            if element.value_set and type_ == "code":
                return {"enum": _codes(element)}
            kind = "uri" if (owner, element.path) == _ADDRESS else type_
            return quick_schema(kind) if self.quick else primitive_schema(kind)
        value = self.ref(type_, type_, "")
        return {"allOf": [value, _bound_concept(element)]} if element.value_set else value

    def primitive_extension(self) -> Schema:
        """What stands under `_name`: id and extensions of a primitive."""
        name = "PrimitiveExtension"
        if name not in self.definitions:
            self.definitions[name] = {}
            properties = {
                "id": primitive_schema("string"),
                "extension": _list_of(self.ref("Extension", "Extension", "")),
            }
            self.definitions[name] = {
                "type": "object",
                "properties": properties,
                "additionalProperties": False,
                "minProperties": 1,
            }
        return {"$ref": f"#/$defs/{name}"}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


def _codes(element: Element) -> list[Any]:
    return sorted(code for codes in value_set_codes(element.value_set).values() for code in codes)


def _bound_concept(element: Element) -> Schema:
    """A CodeableConcept with at least one coding from the required value set (§4.1.6)."""
    systems = value_set_codes(element.value_set)
    choices = [
        {"properties": {"system": {"const": system}, "code": {"enum": sorted(codes)}}, "required": ["system", "code"]}
        for system, codes in systems.items()
    ]
    return {"required": ["coding"], "properties": {"coding": {"contains": {"anyOf": choices}}}}


def _is_attribute(owner: str, name: str) -> bool:
    """True for the primitives that never have extensions: an attribute in XML, no `_name` in JSON."""
    return name == "id" or (owner == "Extension" and name == "url")


def _demand(owner: str, element: Element, required: list[str], conditions: list[Schema], *, quick: bool) -> None:
    """Require the element: by name, by name or `_name` when primitive, by any variant of a choice."""
    names = element.json_names
    alone = quick or next(iter(names.values())) not in PRIMITIVES or _is_attribute(owner, element.name)
    if len(names) == 1 and alone:
        required.append(element.name)
        return
    present = [{"required": [spelling]} for name in names for spelling in (name, f"_{name}")]
    conditions.append({"if": {"not": {"anyOf": present}}, "then": {"required": [element.name]}})


def _one_of(names: Mapping[str, str], *, quick: bool) -> dict[str, Schema]:
    """For every variant of a choice: the others must be absent."""
    if len(names) == 1:
        return {}
    if quick:
        return {name: {"propertyNames": {"not": {"enum": [n for n in names if n != name]}}} for name in names}
    spellings = {name: (name, f"_{name}") if type_ in PRIMITIVES else (name,) for name, type_ in names.items()}
    every = [spelling for several in spellings.values() for spelling in several]
    return {
        spelling: {"propertyNames": {"not": {"enum": [other for other in every if other not in several]}}}
        for several in spellings.values()
        for spelling in several
    }


def _exclusion(exclusive: dict[str, Schema], required: int) -> Schema:
    """The keywords for `_one_of`. With one property beside the required ones there cannot be two variants."""
    if len(exclusive) < _MANY_VARIANTS:
        return {"dependentSchemas": exclusive}
    return {"if": {"minProperties": required + 2}, "then": {"dependentSchemas": exclusive}}


def _nulls_only_beside_extensions(name: str) -> Schema:
    """Items of a list of primitives may be null only when `_name` is there."""
    return {
        "if": {"not": {"required": [f"_{name}"]}, "required": [name]},
        "then": {"properties": {name: {"items": {"not": {"type": "null"}}}}},
    }
