"""What R4 says about the elements of a place: its type, its ancestors, its children under their names in JSON.

Made from `standards.fhir_r4`'s tables when first asked for, then kept. `UNKNOWN` is the place of what R4 does
not define: every key is an element, and types are guessed from JSON. In an `UNTYPED` document even extensions are so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

from yteso.fhir.fhirpath.moments import Moment
from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, RESOURCE_TYPES, Element

_BACKBONES = ("BackboneElement", "Element")
_BASES = {
    **dict.fromkeys(("code", "id", "markdown"), "string"),
    **dict.fromkeys(("url", "canonical", "oid", "uuid"), "uri"),
    **dict.fromkeys(("positiveInt", "unsignedInt"), "integer"),
    **dict.fromkeys(("Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"), "Quantity"),
}
_MOMENTS = {"date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time"}
_BACKBONE_TYPES = frozenset({"Timing", "Dosage", "ElementDefinition"})
"""Datatypes that are defined on BackboneElement (FHIR R4 §2.24)."""
TYPES = (
    frozenset(ELEMENTS)
    | frozenset(PRIMITIVES)
    | frozenset(_BASES)
    | {"Resource", "DomainResource", "Element", "BackboneElement", "object"}
)
"""Every type name of FHIR's namespace."""


RESOURCE_NAMES = RESOURCE_TYPES
"""The concrete resource types."""


class Child(NamedTuple):
    """One JSON property of a place: its key, the key of its `_` twin, and what stands there."""

    key: str
    under: str
    shape: Shape


class Shape:
    """One place: a type (`HumanName`), or an element with children of its own (`Patient.contact`)."""

    def __init__(self, type_: str, owner: str, path: str) -> None:
        self.type = type_
        self.owner = owner
        self.path = path
        self.primitive = type_ in PRIMITIVES
        self.plain = False
        """True for ids and urls of extensions, which are strings of the language itself (§2.1.5, R4 §2.9)."""
        self.dynamic = type_ == "Resource"
        """True when the document itself says its type."""
        self.free = False
        """True when nothing is known of the place: every key is an element."""
        self.moment = _MOMENTS.get(type_, "")
        self.ancestors = _ancestors(type_)

    @cached_property
    def children(self) -> Mapping[str, tuple[Child, ...]]:
        """Element name (`value` of `value[x]`) -> its properties."""
        found: dict[str, tuple[Child, ...]] = {}
        for element in ELEMENTS.get(self.owner, {}).values():
            if element.parent == self.path:
                name = element.name.removesuffix("[x]")
                found[name] = tuple(
                    Child(key, f"_{key}", _element_shape(self.owner, element, type_))
                    for key, type_ in element.json_names.items()
                )
        if self.owner in RESOURCE_TYPES and not self.path:
            found["resourceType"] = (Child("resourceType", "", PLAIN),)
        return found

    @cached_property
    def keys(self) -> Mapping[str, Child]:
        """JSON property -> what stands there; also by the `_` twin."""
        every = [child for name, some in self.children.items() if name != "resourceType" for child in some]
        return {child.key: child for child in every} | {
            child.under: child for child in every if child.shape.primitive and not child.shape.plain
        }

    def converted(self, text: str) -> Any:
        """The value a primitive's text stands for in FHIRPath; the text itself when it is not in the type's form."""
        if self.moment == "Time":
            return Moment.time(text) or text
        return Moment.of(text, self.moment) or text


def _ancestors(type_: str) -> frozenset[str]:
    found = {type_}
    if type_ in RESOURCE_TYPES:
        found |= {"Resource"} | ({"DomainResource"} if "contained" in ELEMENTS[type_] else set())
    elif type_ not in ("Resource", "DomainResource"):
        found |= {"Element"} | ({"BackboneElement"} if type_ in _BACKBONE_TYPES else set())
    base = _BASES.get(type_)
    return frozenset(found | ({base} if base else set()))


@cache
def _shape(type_: str, owner: str, path: str) -> Shape:
    return Shape(type_, owner, path)


def _element_shape(owner: str, element: Element, type_: str) -> Shape:
    if element.name == "id" or (owner == "Extension" and element.path == "url"):
        return PLAIN
    if element.content:
        return _shape(ELEMENTS[owner][element.content].types[0], owner, element.content)
    return _shape(type_, owner, element.path) if type_ in _BACKBONES else _shape(type_, type_, "")


def type_shape(type_: str, path: str = "") -> Shape:
    """The shape of a resource type, datatype or primitive; with a path, of an element inside it (`contact`)."""
    if not path:
        return _shape(type_, type_, "")
    element = ELEMENTS[type_][path]
    return _element_shape(type_, element, element.types[0])


def resource_shape(document: Any) -> Shape:
    """The shape of a resource by what it says it is; UNKNOWN when R4 has no such type."""
    type_ = document.get("resourceType") if isinstance(document, dict) else None
    return _shape(type_, type_, "") if isinstance(type_, str) and type_ in RESOURCE_TYPES else UNKNOWN


PLAIN = Shape("string", "string", "")
PLAIN.plain = True
UNKNOWN = Shape("", "", "")
UNTYPED = Shape("", "", "")
UNKNOWN.free = UNTYPED.free = True
