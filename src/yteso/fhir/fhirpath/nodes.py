"""Items of a collection: a `Node` for what stands in a document, else a value of the language itself.

The language's values are bool, int, Decimal, str, `Moment` and `Quantity`. A node knows its place (`Shape`), its JSON
value and, when it is a primitive, what stands under its `_` twin. Nodes are made as a path is walked, never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from yteso.fhir.fhirpath.moments import Moment
from yteso.fhir.fhirpath.quantities import Quantity
from yteso.fhir.fhirpath.refusals import Unanswerable
from yteso.fhir.fhirpath.shapes import PLAIN, UNTYPED, Shape, resource_shape, type_shape

Items = list[Any]

_SYSTEM = {bool: "Boolean", int: "Integer", Decimal: "Decimal", str: "String", Quantity: "Quantity"}
_GUESSED = {bool: "boolean", int: "integer", Decimal: "decimal", str: "string"}
_EXTENSION = type_shape("Extension")


class Node:
    """A place in a document with what stands there; `value` is None when only its `_` twin is there."""

    __slots__ = ("extra", "shape", "value")

    def __init__(self, value: Any, shape: Shape, extra: Any = None) -> None:
        self.value = value
        self.shape = shape
        self.extra = extra

    @property
    def type(self) -> str:
        """Its FHIR type; guessed from JSON where no definition is known."""
        if not self.shape.free:
            return self.shape.type
        if isinstance(self.value, dict):
            type_ = self.value.get("resourceType")
            return type_ if isinstance(type_, str) else "object"
        return _GUESSED.get(type(self.value), "string")


def root_node(document: Any, *, typed: bool = True, place: str = "") -> Node:
    """The node of a whole resource, or of the element at a place (`Patient.contact`); of any JSON when untyped."""
    if place:
        type_, _, path = place.partition(".")
        return Node(document, type_shape(type_, path))
    return Node(document, resource_shape(document) if typed else UNTYPED)


def system(item: Any) -> Any:
    """The value of the language that an item stands for; the node itself when it is no primitive with a value."""
    if type(item) is not Node:
        return item
    value = item.value
    if value is None or type(value) is dict:
        return item
    return item.shape.converted(value) if item.shape.moment and type(value) is str else value


def steps(items: Iterable[Any], name: str) -> Items:
    """The children of that name of all items, in order."""
    found: Items = []
    for item in items:
        if type(item) is not Node:
            if name == "value" and type(item) is Quantity:
                found.append(item.value)
            elif name == "unit" and type(item) is Quantity:
                found.append(item.unit)
            continue
        value, shape = item.value, item.shape
        if type(value) is dict:
            if shape.free:
                inner = _extension_of(shape) if name in ("extension", "modifierExtension") else shape
                _add(found, value.get(name), inner, value.get(f"_{name}"))
            else:
                for key, under, child in shape.children.get(name, ()):
                    if key in value or under in value:
                        _add(found, value.get(key), child, value.get(under) if child.primitive else None)
        elif type(item.extra) is dict and name in ("id", "extension"):
            _add(found, item.extra.get(name), PLAIN if name == "id" else _extension_of(shape), None)
    return found


def _extension_of(shape: Shape) -> Shape:
    return UNTYPED if shape is UNTYPED else _EXTENSION


def _add(found: Items, value: Any, shape: Shape, extra: Any) -> None:
    if type(value) is list or type(extra) is list:
        _add_list(found, value if type(value) is list else [], shape, extra if type(extra) is list else [])
    elif value is None and type(extra) is not dict:
        return
    elif shape.plain:
        found.append(value if type(value) is str else Node(value, UNTYPED))
    else:
        found.append(Node(value, resource_shape(value) if shape.dynamic else shape, extra))


def _add_list(found: Items, values: list[Any], shape: Shape, extras: list[Any]) -> None:
    if not extras and not shape.dynamic:
        found += [Node(value, shape) for value in values if value is not None]
        return
    for index in range(max(len(values), len(extras))):
        value = values[index] if index < len(values) else None
        extra = extras[index] if index < len(extras) else None
        if type(value) is not list:
            _add(found, value, shape, extra)


def children(item: Any) -> Iterator[Any]:
    """Every child of an item, in the document's order."""
    if type(item) is not Node:
        return
    value, shape = item.value, item.shape
    found: Items = []
    if type(value) is dict:
        for key in value:
            twin = key[1:] if key[:1] == "_" else f"_{key}"
            if key[:1] == "_" and twin in value:
                continue
            plain_key, under = (twin, key) if key[:1] == "_" else (key, twin)
            if shape.free:
                if key != "resourceType":
                    _add(found, value.get(plain_key), shape, value.get(under))
            elif key in shape.keys:
                child = shape.keys[key].shape
                _add(found, value.get(plain_key), child, value.get(under) if child.primitive else None)
    elif type(item.extra) is dict:
        _add(found, item.extra.get("id"), PLAIN, None)
        _add(found, item.extra.get("extension"), _extension_of(shape), None)
    yield from found


def is_type(item: Any, name: str) -> bool:
    """Is it of this type or of one derived from it? `name` may carry a namespace; without one FHIR's comes first."""
    namespace, _, plain = name.rpartition(".")
    if type(item) is Node:
        if namespace == "System":
            return False
        return plain in item.shape.ancestors if not item.shape.free else plain == item.type
    return namespace != "FHIR" and plain == system_type(item)


def system_type(item: Any) -> str:
    """`Integer`, `DateTime`, … of a value of the language."""
    return item.kind if type(item) is Moment else _SYSTEM[type(item)]


def single(items: Items) -> Any:
    """The only item's value, None for an empty collection. Raises Unanswerable when there are several."""
    if not items:
        return None
    if len(items) > 1:
        raise Unanswerable
    return system(items[0])


def truth(items: Items) -> bool | None:
    """The collection as a boolean (§4.5): empty is None, a single item that is no boolean is true."""
    if not items:
        return None
    value = single(items)
    return value if type(value) is bool else True


def number(items: Items) -> int | Decimal | None:
    """The only item as a number."""
    value = single(items)
    if value is None or (isinstance(value, int | Decimal) and type(value) is not bool):
        return value
    raise Unanswerable


def string(items: Items) -> str | None:
    """The only item as a string."""
    value = single(items)
    if value is None or type(value) is str:
        return value
    if type(items[0]) is Node and type(items[0].value) is str:
        return items[0].value
    raise Unanswerable


def integer(items: Items) -> int | None:
    """The only item as an integer."""
    value = number(items)
    if isinstance(value, Decimal):
        raise Unanswerable
    return value


def plain(item: Any) -> Any:
    """An item as JSON: a node's own value, moments and quantities as their text."""
    if type(item) is Node:
        return item.value
    return str(item) if isinstance(item, Moment | Quantity) else item
