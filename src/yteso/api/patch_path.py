"""A FHIRPath of a patch -> the places in the resource it means. Only paths that lead down; criteria by `fhir.fhirpath`.

In: `Patient.contact[0].name`, `Observation.component.where(code.text = 'x').value`, `Patient.extension('url')`.
Out: nodes that know where they stand and what they are, so that they can be changed. Other FHIRPath is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from yteso.api import patch_rules as rules
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.fhir.fhirpath import evaluate
from yteso.standards.fhir_r4 import ELEMENTS, Element

LONGEST = 2_000
MOST_EVALUATIONS = 2_000
"""Elements of all paths of one patch that criteria are asked about."""

_STEP = re.compile(r"(\.?)(?:([a-zA-Z]+)\(|([A-Za-z][A-Za-z0-9]*|`[A-Za-z][A-Za-z0-9]*`)|\[([0-9]{1,6})\])")
_PIECE = re.compile(r"[^()'\"`]+|'(?:[^'\\]|\\.)*'|`[^`]*`|[()]")


@dataclass(frozen=True, slots=True)
class Kind:
    """Where the definitions of an element's children are: a type, and a path in it for elements without one."""

    type: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One element: `holder[key]`, or `holder[key][index]` in a list. The resource itself has no element.

    `kind` says where its children are defined, `owner` where it is defined itself, `above` is what holds it.
    """

    value: Any
    kind: Kind
    owner: Kind
    element: Element | None
    holder: dict[str, Any]
    key: str = ""
    index: int | None = None
    above: Node | None = None


@dataclass(slots=True)
class Budget:
    """What is left to be evaluated."""

    left: int = MOST_EVALUATIONS

    def spend(self, place: Origin) -> None:
        """One evaluation; Refused when there are none left."""
        self.left -= 1
        if self.left < 0:
            raise Refused(rules.GROWS.at(place, limit=MOST_EVALUATIONS), status=422)


def find(resource: dict[str, Any], path: str, place: Origin, budget: Budget) -> Sequence[Node]:
    """The elements at the path, none when it leads nowhere. Refused when the path is not of the kind understood."""
    kind = str(resource["resourceType"])
    nodes: Sequence[Node] = [Node(resource, Kind(kind), Kind(kind), None, {})]
    for number, step in enumerate(_steps(path, place)):
        if number == 0 and step.name in (kind, "Resource", "DomainResource"):
            continue
        if step.name:
            nodes = [child for node in nodes for child in _children(node, step.name, place)]
        elif step.index is not None:
            nodes = nodes[step.index :][:1]
        else:
            nodes = _called(nodes, step.function, step.argument, place, budget)
    return nodes


def child_of(kind: Kind, name: str) -> Element | None:
    """The definition of a child element; of a choice by its name without type."""
    table = ELEMENTS.get(kind.type, {})
    start = f"{kind.path}." if kind.path else ""
    return table.get(f"{start}{name}") or table.get(f"{start}{name}[x]")


def kind_of(element: Element, owner: Kind, type: str = "") -> Kind:
    """Where an element's own children are defined; `type` says which one a choice has."""
    if element.content:
        return Kind(owner.type, element.content)
    chosen = type or (element.types[0] if element.types else "")
    return Kind(owner.type, element.path) if chosen in ("BackboneElement", "Element", "") else Kind(chosen)


@dataclass(frozen=True, slots=True)
class _Step:
    """A child's name, an index, or a function with its argument."""

    name: str = ""
    index: int | None = None
    function: str = ""
    argument: str = ""


def _steps(path: str, place: Origin) -> Iterator[_Step]:
    at = 0
    if not path or len(path) > LONGEST:
        raise _refusal(place)
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or bool(match[1]) != (at > 0 and match[4] is None):
            raise _refusal(place)
        at = match.end()
        if match[2]:
            argument = _argument(path, at, place)
            at += len(argument) + 1
            yield _Step(function=match[2], argument=argument.strip())
        elif match[3]:
            yield _Step(name=match[3].strip("`"))
        else:
            yield _Step(index=int(match[4]))


def _argument(path: str, at: int, place: Origin) -> str:
    """What stands between the brackets, the first of which ends before `at`."""
    start, depth = at, 1
    while piece := _PIECE.match(path, at):
        depth += (piece[0] == "(") - (piece[0] == ")")
        if depth == 0:
            return path[start:at]
        at = piece.end()
    raise _refusal(place)


def _children(node: Node, name: str, place: Origin) -> Iterator[Node]:
    if not isinstance(node.value, dict):
        return
    element = child_of(node.kind, name)
    if element is None:
        raise _refusal(place)
    for key, datatype in element.json_names.items():
        value = node.value.get(key)
        if value is None:
            continue
        kind = kind_of(element, node.kind, datatype)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield Node(item, _inner(item, kind), node.kind, element, node.value, key, index, node)
        else:
            yield Node(value, _inner(value, kind), node.kind, element, node.value, key, None, node)


def _inner(value: Any, kind: Kind) -> Kind:
    """A whole resource inside (`contained`) is of the type it names."""
    named = value.get("resourceType") if isinstance(value, dict) and kind.type == "Resource" else None
    return Kind(named) if isinstance(named, str) else kind


def _called(nodes: Sequence[Node], function: str, argument: str, place: Origin, budget: Budget) -> Sequence[Node]:
    if function in ("first", "last") and not argument:
        return nodes[:1] if function == "first" else nodes[-1:]
    if function in ("ofType", "as") and argument:
        wanted = argument.removeprefix("FHIR.")
        return [node for node in nodes if wanted in (node.kind.type, _type_of(node))]
    if function == "where" and argument:
        return [node for node in nodes if _meets(node, argument, place, budget)]
    if function == "extension" and len(argument) > 2 and argument[0] == argument[-1] == "'":
        found = (child for node in nodes for child in _children(node, "extension", place))
        return [node for node in found if node.value.get("url") == argument[1:-1]]
    raise _refusal(place)


def _type_of(node: Node) -> str:
    return node.element.json_names.get(node.key, "") if node.element else ""


def _meets(node: Node, criteria: str, place: Origin, budget: Budget) -> bool:
    budget.spend(place)
    return bool(evaluate(criteria, node.value) == [True])


def _refusal(place: Origin) -> Refused:
    return Refused(rules.BAD_PATH.at(place), status=422)
