"""The element tables of FHIR R4 -> what may stand inside one XML element, compiled once per type and kept.

In: a type and a path inside it. Out: a `Shape`: its fields by JSON name and by XML name, each knowing its place in the
order, whether it repeats, and how its value is written. No I/O; shapes of nested types are made when first entered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Literal

from yteso.fhir.numbers import decimal_of, integer_of
from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, RESOURCE_TYPES, Element

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
SEPARATOR = " "
"""Between namespace and name in the XML names of this room; no address holds a blank."""

ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
"""What a text needs to come back unchanged from an attribute (XML 1.0 §3.3.3 turns line ends there into blanks)."""

Kind = Literal["primitive", "complex", "resource", "xhtml", "attribute"]

_BACKBONES = ("BackboneElement", "Element")
_BOOLEANS = {"true": True, "false": False}
_WHOLE = (int,)


@dataclass(frozen=True, slots=True)
class Primitive:
    """How a primitive's text becomes its JSON value (`None`: it does not), and which Python types the value has."""

    read: Callable[[str], Any]
    types: tuple[type, ...]


TEXT = Primitive(str, (str,))
_OTHERS = {
    "boolean": Primitive(_BOOLEANS.get, (bool,)),
    "decimal": Primitive(decimal_of, (int, Decimal)),
    "integer": Primitive(integer_of, _WHOLE),
    "unsignedInt": Primitive(integer_of, _WHOLE),
    "positiveInt": Primitive(integer_of, _WHOLE),
}


@dataclass(slots=True)
class Field:
    """One element of a shape under one JSON name; a choice has one for each of its types.

    `index` is its place in the order of the standard, `twin` the JSON name of its id and extensions when it is a
    primitive, `rivals` the JSON names that exclude it (the other types of the choice).
    """

    name: str
    index: int
    kind: Kind
    many: bool
    primitive: Primitive = TEXT
    rivals: frozenset[str] = frozenset()
    inner: tuple[str, str] = ("", "")
    twin: str = field(init=False)
    _shape: Shape | None = None

    def __post_init__(self) -> None:
        self.twin = f"_{self.name}"

    @property
    def shape(self) -> Shape:
        """What may stand inside a complex element, or (id and extensions) inside a primitive one."""
        if self._shape is None:
            self._shape = EXTENSIONS if self.kind == "primitive" else shape_of(*self.inner)
        return self._shape


class Shape:
    """What may stand inside one element. `keys` finds a field by JSON name or twin, `tags` by XML name."""

    def __init__(self, fields: list[Field], *, resource: bool = False) -> None:
        self.resource = resource
        self.attributes = {each.name: each for each in fields if each.kind == "attribute"}
        self.keys = {name: each for each in fields for name in _spellings(each)}
        self.tags = {
            f"{XHTML if each.kind == 'xhtml' else FHIR}{SEPARATOR}{each.name}": each
            for each in fields
            if each.kind != "attribute"
        }

    @cached_property
    def order(self) -> dict[str, int]:
        """JSON name -> its place; `resourceType` comes first, a twin with its element."""
        return {"resourceType": -1} | {name: each.index for name, each in self.keys.items()}


def _spellings(one: Field) -> tuple[str, ...]:
    return (one.name, one.twin) if one.kind == "primitive" else (one.name,)


@cache
def shape_of(owner: str, path: str = "") -> Shape:
    """The shape of a type (`Patient`), or of a part of it (`Patient`, `contact`). KeyError when R4 has no such type."""
    children = [element for element in ELEMENTS[owner].values() if element.parent == path]
    resource = not path and owner in RESOURCE_TYPES
    return Shape(
        [made for index, element in enumerate(children) for made in _fields(owner, element, index, resource=resource)],
        resource=resource,
    )


def _fields(owner: str, element: Element, index: int, *, resource: bool) -> list[Field]:
    names = element.json_names
    spellings = {name: {name, f"_{name}"} if type_ in PRIMITIVES else {name} for name, type_ in names.items()}
    every = set().union(*spellings.values())
    return [
        Field(
            name=name,
            index=index,
            kind=_kind(owner, element, type_, resource=resource),
            many=element.max is None,
            primitive=_OTHERS.get(type_, TEXT),
            rivals=frozenset(every - spellings[name]),
            inner=_inner(owner, element, type_),
        )
        for name, type_ in names.items()
    ]


def _kind(owner: str, element: Element, type_: str, *, resource: bool) -> Kind:
    """`id` of an element and `Extension.url` are the only attributes of FHIR's own (§2.6.1)."""
    if (element.name == "id" and not resource) or (owner == "Extension" and element.path == "url"):
        return "attribute"
    if type_ == "xhtml":
        return "xhtml"
    if type_ == "Resource":
        return "resource"
    return "primitive" if type_ in PRIMITIVES else "complex"


def _inner(owner: str, element: Element, type_: str) -> tuple[str, str]:
    if element.content:
        return owner, element.content
    return (owner, element.path) if type_ in _BACKBONES else (type_, "")


EXTENSIONS = Shape(
    [
        Field("id", 0, "attribute", many=False),
        Field("extension", 1, "complex", many=True, inner=("Extension", "")),
    ]
)
"""What may stand inside a primitive element."""
