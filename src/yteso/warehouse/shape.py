"""The typed shape of what a view reads: grows while paths are compiled, ends as the structure DuckDB parses JSON into.

In: a FHIR type and the names followed from it. Out: element types, cardinality, and the `from_json` structure. Only the
elements a view names are parsed, each with its type; that is several times faster than JSON path calls.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, Element
from yteso.warehouse.fhirpath import BadView

_SQL_TYPES = {"boolean": "BOOLEAN", "integer": "BIGINT", "positiveInt": "BIGINT", "unsignedInt": "BIGINT"}
# FHIRPath system types stand for `id` and friends in the definitions.
_TEXT = "VARCHAR"


def sql_type(fhir_type: str) -> str:
    """The DuckDB type of a primitive; decimals stay text so that their digits are kept until a column casts them."""
    return _SQL_TYPES.get(fhir_type, _TEXT)


@dataclass(slots=True)
class Shape:
    """One element on the way: the type that defines its children, the path inside it, and the children used."""

    type: str
    path: str = ""
    children: dict[str, tuple[Shape, bool]] = field(default_factory=dict)

    @property
    def primitive(self) -> bool:
        """True for a leaf."""
        return self.type in PRIMITIVES or self.type.startswith("http://hl7.org/fhirpath/")

    def child(self, name: str, choice: str = "") -> tuple[str, Shape, bool]:
        """JSON name, shape and "may repeat" of an element; `choice` is the type of an `x[x]`. Raises BadView."""
        element = self._element(f"{name}[x]" if choice else name)
        if element is None:
            raise BadView(f"{self.type} has no element {'.'.join(part for part in (self.path, name) if part)}")
        if choice:
            json_name = name + choice[0].upper() + choice[1:]
            if json_name not in element.json_names:
                raise BadView(f"{self.type}.{name} is never a {choice}")
            made = Shape(choice)
        else:
            json_name, made = name, self._below(element)
        known, many = self.children.setdefault(json_name, (made, element.max is None))
        return json_name, known, many

    def structure(self) -> Any:
        """The structure for `from_json`."""
        if self.primitive:
            return sql_type(self.type)
        if not self.children:
            return "JSON"
        return {
            name: [shape.structure()] if many else shape.structure() for name, (shape, many) in self.children.items()
        }

    def _element(self, name: str) -> Element | None:
        elements = ELEMENTS.get(self.type, {})
        return elements.get(f"{self.path}.{name}" if self.path else name)

    def _below(self, element: Element) -> Shape:
        if element.content:
            return Shape(self.type, element.content)
        kind = element.types[0] if element.types else ""
        if kind in ("BackboneElement", "Element"):
            return Shape(self.type, element.path)
        return Shape(kind)


def structure_literal(shape: Shape) -> str:
    """The structure as an SQL string literal."""
    return "'" + json.dumps(shape.structure()).replace("'", "''") + "'"
