"""FHIRPath about the element that an extension stands on: does it yield it, does it hold there? Pure.

An expression is asked once of a resource, however often its extension is used.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yteso.base.errors import Refused
from yteso.fhir.fhirpath import Context, Surroundings, program, root_node, run
from yteso.fhir.fhirpath.nodes import Node, truth
from yteso.fhir.fhirpath.refusals import Unanswerable
from yteso.fhir.fhirpath.shapes import type_shape
from yteso.standards.fhir_r4 import PRIMITIVES

_EXTENSION = "Extension"


class Where:
    """One resource."""

    def __init__(self, resource: Any, around: Surroundings) -> None:
        self._root = root_node(resource)
        self._around = around
        self._yielded: dict[str, frozenset[int] | None] = {}

    def yields(self, expression: str, holder: Any) -> bool | None:
        """Whether the element is among what the expression yields (FHIR R4 §5.1.0.7.1); None: it cannot be asked."""
        if expression not in self._yielded:
            self._yielded[expression] = self._ids(expression)
        found = self._yielded[expression]
        return None if found is None else id(holder) in found

    def holds(self, condition: str, holder: Any, extension: Any, element: tuple[str, str]) -> bool | None:
        """Whether a contextInvariant holds on the element; None: it cannot be asked, as of a primitive."""
        if element[0] in PRIMITIVES:
            return None
        focus = self._root if holder is self._root.value else Node(holder, type_shape(*element))
        variables = {**self._around.variables, "extension": Node(extension, type_shape(_EXTENSION, ""))}
        try:
            context = Context(self._root, self._root, [focus], replace(self._around, variables=variables))
            return truth(run(program(condition), context)) is True
        except (Refused, Unanswerable):
            return None

    def _ids(self, expression: str) -> frozenset[int] | None:
        try:
            found = run(program(expression), Context(self._root, self._root, [self._root], self._around))
        except (Refused, Unanswerable):
            return None
        nodes = [one for one in found if isinstance(one, Node)]
        if len(nodes) < len(found):  # It yields no elements but what is said of them (`name.exists()`).
            return None
        return frozenset(id(part) for one in nodes for part in (one.value, one.extra) if isinstance(part, dict))
