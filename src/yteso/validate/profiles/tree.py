"""A snapshot's elements as a tree of nodes, and back: parts and their slices are found by name instead of by scanning.

`Patient.identifier:CCCD.value` is the child `identifier` of the root, its slice `CCCD`, and that one's child `value`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


DEEPEST = 60
"""Parts of parts: deeper than any resource may be (64 levels of JSON)."""


@dataclass(slots=True)
class Node:
    """One element. `data` is its ElementDefinition without id, path and sliceName; `children` None: not unfolded."""

    name: str
    data: Json
    slice: str = ""
    children: dict[str, Node] | None = None
    slices: dict[str, Node] = field(default_factory=dict)

    def copy(self) -> Node:
        """An independent copy of the subtree; the values inside `data` stay shared and are never changed in place."""
        children = None if self.children is None else {name: child.copy() for name, child in self.children.items()}
        return Node(self.name, dict(self.data), self.slice, children, {n: s.copy() for n, s in self.slices.items()})

    def size(self) -> int:
        """How many nodes a copy has."""
        inside = (*(self.children or {}).values(), *self.slices.values())
        return 1 + sum(node.size() for node in inside)

    @property
    def types(self) -> list[Json]:
        """The ElementDefinition's types."""
        found: list[Json] = self.data.get("type", [])
        return found


def with_ids(elements: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Each element with its id; ids left out are told from paths and slice names in order."""
    above: list[tuple[str, str]] = []
    for element in elements:
        path, slice_ = str(element.get("path", "")), element.get("sliceName")
        while above and not path.startswith(f"{above[-1][0]}."):
            above.pop()
        found = element.get("id")
        if not isinstance(found, str) or not found:
            found = f"{above[-1][1]}{path[len(above[-1][0]) :]}" if above else path
            found += f":{slice_}" if slice_ else ""
        above.append((path, found))
        yield found, element


def tree_of(elements: Iterable[Json]) -> Node | None:
    """The tree of a complete snapshot; None when there is no element, or one whose parent is not there."""
    root: Node | None = None
    for place, element in with_ids(elements):
        data = {name: value for name, value in element.items() if name not in ("id", "path", "sliceName")}
        if root is None:
            root = Node(place, data)
            continue
        parent: Node | None = root
        *above, last = place.split(".")[1:] or [""]
        if len(above) > DEEPEST:
            return None
        for segment in above:
            parent = step(parent, segment) if parent else None
        if parent is None or not last:
            return None
        _hang(parent, last, data)
    return root


def step(node: Node, segment: str) -> Node | None:
    """The child (or the child's slice) that one segment of an id names."""
    name, _, slice_ = segment.partition(":")
    child = (node.children or {}).get(name)
    return child if child is None or not slice_ else child.slices.get(slice_)


def _hang(parent: Node, segment: str, data: Json) -> None:
    name, _, slice_ = segment.partition(":")
    if parent.children is None:
        parent.children = {}
    if not slice_:
        parent.children[name] = Node(name, data)
        return
    sliced = parent.children.setdefault(name, Node(name, {"max": "*", "min": 0}))
    sliced.slices[slice_] = Node(name, data, slice_)


def flatten(node: Node, place: str = "", path: str = "") -> Iterator[Json]:
    """The elements of a tree in the order of a snapshot: each element, its parts, then its slices."""
    place, path = place or node.name, path or node.name
    head = {"id": place, "path": path} | ({"sliceName": node.slice} if node.slice else {})
    yield {**head, **node.data}
    for name, child in (node.children or {}).items():
        yield from flatten(child, f"{place}.{name}", f"{path}.{name}")
        for slice_, sliced in child.slices.items():
            yield from flatten(sliced, f"{place}.{name}:{slice_}", f"{path}.{name}")
