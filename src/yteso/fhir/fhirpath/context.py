"""What an evaluation knows beside the expression: the resources around it, variables, the clock, what others answer.

Also the budget of steps that ends an evaluation which would not end by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from yteso.base.clock import VIETNAM
from yteso.fhir.fhirpath.nodes import Items, Node, root_node
from yteso.fhir.fhirpath.refusals import STEPS, too_much, unknown

MemberOf = Callable[[Any, str], bool | None]
"""(code, Coding or CodeableConcept as JSON, canonical of a value set) -> member? None when nobody knows."""
ConformsTo = Callable[[Any, str], bool | None]
"""(resource as JSON, canonical of a profile) -> conforms? None when nobody knows."""
Resolve = Callable[[str], Any]
"""Reference -> resource as JSON, or None; asked only for what neither the resource nor its Bundle holds."""
Trace = Callable[[str, list[Any]], None]
"""(name, values as JSON): what `trace` tells; by default nobody, for the values belong to a person."""

_CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_VALUE_SET = "http://hl7.org/fhir/ValueSet/"
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the caller injects; every part may be left out."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    now: datetime | None = None
    member_of: MemberOf | None = None
    conforms_to: ConformsTo | None = None
    resolve: Resolve | None = None
    trace: Trace | None = None


@dataclass(slots=True)
class Context:
    """One evaluation. `resource` is the nearest resource, `root` the one that contains it, `focus` where it began."""

    resource: Node
    root: Node
    focus: Items
    around: Surroundings = field(default_factory=Surroundings)
    budget: int = STEPS
    index: int = 0
    total: Items = field(default_factory=list)
    _bundled: dict[str, Any] | None = None

    def tick(self, steps: int = 1) -> None:
        """Count steps; refuse (FHIR-0202) when there were too many."""
        self.budget -= steps
        if self.budget < 0:
            too_much()

    def now(self) -> datetime:
        """The moment of the evaluation, in Vietnam's zone."""
        return (self.around.now or datetime.now(UTC)).astimezone(VIETNAM)

    def variable(self, name: str) -> Items:
        """`%name`. Raises Refused (FHIR-0501) for a name nobody defined."""
        if name in self.around.variables:
            return _items(self.around.variables[name])
        if name == "resource":
            return [self.resource]
        if name == "rootResource":
            return [self.root]
        if name == "context":
            return list(self.focus)
        if name in _CONSTANTS:
            return [_CONSTANTS[name]]
        if name.startswith("vs-"):
            return [_VALUE_SET + name[3:]]
        if name.startswith("ext-"):
            return [_EXTENSION + name[4:]]
        return unknown(f"%{name}")

    def resolved(self, reference: str) -> Node | None:
        """The resource a reference means: contained, in the Bundle, or found by the caller."""
        document = self._inside(reference)
        if document is None and self.around.resolve is not None and not reference.startswith("#"):
            document = self.around.resolve(reference)
        return root_node(document) if isinstance(document, dict) else None

    def _inside(self, reference: str) -> Any:
        root = self.root.value
        if not isinstance(root, dict):
            return None
        if reference == "#":
            return root
        if reference.startswith("#"):
            contained = root.get("contained")
            rows = contained if isinstance(contained, list) else []
            return next((one for one in rows if isinstance(one, dict) and one.get("id") == reference[1:]), None)
        if self._bundled is None:
            self._bundled = _entries(root)
        return self._bundled.get(reference)


def _entries(bundle: dict[str, Any]) -> dict[str, Any]:
    """fullUrl and `Type/id` -> resource, of a Bundle's entries."""
    found: dict[str, Any] = {}
    entries = bundle.get("entry") if bundle.get("resourceType") == "Bundle" else None
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            found.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", resource)
            if isinstance(entry.get("fullUrl"), str):
                found[entry["fullUrl"]] = resource
    return found


def _items(value: Any) -> Items:
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [root_node(one) if isinstance(one, dict) else one for one in values]
