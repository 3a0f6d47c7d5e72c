"""Differential -> snapshot: a profile's or an extension's complete elements, from its base's (FHIR R4 §5.1.0.2).

In: a StructureDefinition that constrains another. Out: the elements of its snapshot. Parts of datatypes are unfolded
only where the differential reaches into them; a slice starts as a copy of what it slices, with min 0. Whether a
differential only narrows its base is not judged: the resource is judged by both.
"""

from __future__ import annotations

from typing import Any

from yteso.base.errors import Refused
from yteso.validate.profiles.definitions import Definitions, find
from yteso.validate.profiles.rules import UNUSABLE
from yteso.validate.profiles.tree import DEEPEST, Node, flatten, step, tree_of, with_ids

Json = dict[str, Any]

MOST_ELEMENTS = 20_000
"""Elements of one snapshot, and those copied on the way to it."""
_DEEPEST = 12
"""Profiles on profiles."""
_ADDED = ("condition", "alias", "mapping", "example")
_BY_URL = {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "open"}
_BY_TYPE = {"discriminator": [{"type": "type", "path": "$this"}], "ordered": False, "rules": "open"}


def elements_of(definition: Json, definitions: Definitions, depth: int = 0) -> list[Json]:
    """The snapshot's elements, as given or made from the differential. Refused (FHIR-2421) when they cannot be."""
    given = _listed(definition, "snapshot")
    return given or make_snapshot(definition, definitions, depth)


def make_snapshot(definition: Json, definitions: Definitions, depth: int = 0) -> list[Json]:
    """The elements made from the differential, whatever snapshot there is."""
    name = _name(definition)
    if depth > _DEEPEST:
        raise _refusal(name, "baseDefinition")
    base = find(str(definition.get("baseDefinition", "")), definitions)
    if base is None or base is definition:
        raise _refusal(name, "baseDefinition")
    root = tree_of(elements_of(base, definitions, depth + 1))
    if root is None:
        raise _refusal(name, "baseDefinition")
    maker = _Maker(definition, base, definitions, root, depth)
    for place, element in with_ids(_listed(definition, "differential")):
        maker.apply(place, element)
    return list(flatten(root))


def _listed(definition: Json, view: str) -> list[Json]:
    elements = (definition.get(view) or {}).get("element") or []
    return [element for element in elements if isinstance(element, dict)]


def _name(definition: Json) -> str:
    return str(definition.get("name") or definition.get("id") or "?")


def _refusal(name: str, element: str) -> Refused:
    return Refused(UNUSABLE.at(profile=name, element=element))


class _Maker:
    """Applies a differential to the base's tree."""

    def __init__(self, definition: Json, base: Json, definitions: Definitions, root: Node, depth: int) -> None:
        self.name = _name(definition)
        self.url = str(definition.get("url", ""))
        self.definitions = definitions
        self.base = base
        self.root = root
        self.depth = depth
        self.made = 0

    def apply(self, place: str, element: Json) -> None:
        node = self.root
        segments = place.split(".")[1:]
        if len(segments) > DEEPEST:
            raise _refusal(self.name, "differential")
        for segment in segments:
            node = self.reach(node, segment, place)
        self.merge(node, element)

    def reach(self, node: Node, segment: str, place: str) -> Node:
        """The child or slice of one segment; unfolded and made where it is not there yet."""
        name, _, slice_ = segment.partition(":")
        children = self.children(node, place)
        child = children.get(name)
        if child is None:
            child, slice_ = self.choice(children, name, place)
        return self.slice_of(child, slice_, place) if slice_ else child

    def choice(self, children: dict[str, Node], name: str, place: str) -> tuple[Node, str]:
        """`valueQuantity` for `value[x]`: the way to write a choice narrowed to one type (§5.1.0.7)."""
        for full, child in children.items():
            if full.endswith("[x]") and name.startswith(full[:-3]) and _of_type(child, name[len(full) - 3 :]):
                return child, name
        raise _refusal(self.name, place)

    def slice_of(self, child: Node, slice_: str, place: str) -> Node:
        found = child.slices.get(slice_)
        if found is None:
            origin = child.slices.get(slice_.rpartition("/")[0], child)
            whole = Node(origin.name, origin.data, slice_, origin.children)
            self.count(place, whole.size())
            found = child.slices[slice_] = whole.copy()
            found.data = {name: value for name, value in origin.data.items() if name != "slicing"} | {"min": 0}
            if child.name.endswith("[x]"):
                found.data["type"] = _of_type(child, slice_[len(child.name) - 3 :]) or child.types
                child.data.setdefault("slicing", _BY_TYPE)
            elif child.name in ("extension", "modifierExtension"):
                child.data.setdefault("slicing", _BY_URL)
        return found

    def children(self, node: Node, place: str) -> dict[str, Node]:
        if node.children is None:
            self.count(place)
            node.children = {}  # what refers to a part of itself finds none
            node.children = self.unfold(node, place)
        return node.children

    def unfold(self, node: Node, place: str) -> dict[str, Node]:
        """The parts of an element: of its datatype's profile, of its datatype, or of what it refers to in the base.

        What a profile demands of an element does not hold of those that refer to it, as HL7's own validator has it.
        """
        content = node.data.get("contentReference")
        if isinstance(content, str):
            target = tree_of(elements_of(self.base, self.definitions, self.depth + 1))
            for segment in content.rpartition("#")[2].split(".")[1:]:
                target = step(target, segment) if target else None
            if target is None:
                raise _refusal(self.name, place)
            self.count(place, target.size())
            return target.children or {}
        types = node.types
        url = "Element" if len(types) != 1 else (types[0].get("profile") or [types[0].get("code", "")])[0]
        definition = find(str(url), self.definitions)
        if definition is None and len(types) == 1:
            definition = find(str(types[0].get("code", "")), self.definitions)
        if definition is None:
            raise _refusal(self.name, place)
        tree = tree_of(elements_of(definition, self.definitions, self.depth + 1))
        return (tree.children if tree else None) or {}

    def merge(self, node: Node, element: Json) -> None:
        """The differential's properties over the node's; conditions and constraints are added to those there."""
        types = element.get("type")
        if types and any(isinstance(type_, dict) and type_.get("profile") for type_ in types):
            node.children = None  # the parts are those of the profile now
        for name, value in element.items():
            if name in ("id", "path", "sliceName"):
                continue
            if name == "constraint":
                node.data[name] = _constraints(node.data.get(name, []), value, self.url)
            elif name in _ADDED:
                node.data[name] = [*node.data.get(name, []), *value]
            else:
                node.data[name] = value

    def count(self, place: str, nodes: int = 1) -> None:
        self.made += nodes
        if self.made > MOST_ELEMENTS:
            raise _refusal(self.name, place)


def _of_type(child: Node, suffix: str) -> list[Json]:
    return [type_ for type_ in child.types if str(type_.get("code", "")).lower() == suffix.lower()]


def _constraints(there: list[Json], added: list[Json], source: str) -> list[Json]:
    keys = {constraint.get("key") for constraint in added}
    kept = [constraint for constraint in there if constraint.get("key") not in keys]
    return [*kept, *({"source": source, **constraint} for constraint in added)]
