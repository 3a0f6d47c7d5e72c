"""FHIRPath Patch (FHIR R4 fhirpatch) on a resource: add, insert, delete, replace, move. Pure; numbers stay exact.

In: the resource and a Parameters resource. Out: a changed copy, or Refused with a number and the place of the
operation. Paths are found by `patch_path`; what elements there are and which of them repeat comes from the tables of
FHIR R4. Whether the result is a sound resource is judged by `api.change`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from yteso.api import patch_rules as rules
from yteso.api.patch_path import Budget, Kind, Node, child_of, find, kind_of
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.standards.fhir_r4 import Element

MOST_OPERATIONS = 1_000

Resource = dict[str, Any]
Part = Mapping[str, Any]


def apply_fhirpath_patch(resource: Resource, patch: Resource) -> Resource:
    """The resource after the patch; the one given stays as it is."""
    rows = patch.get("parameter", [])
    sound = isinstance(rows, list) and all(isinstance(row, dict) and row.get("name") == "operation" for row in rows)
    if not sound or len(rows) > MOST_OPERATIONS:
        raise Refused(rules.NOT_A_PATCH.at(limit=MOST_OPERATIONS), status=400)
    changed, budget = deepcopy(resource), Budget()
    for index, row in enumerate(rows):
        place = Origin(field=f"Parameters.parameter[{index}]")
        _Operation(changed, _parts(row, place), place, budget).apply()
    return changed


def _parts(row: Part, place: Origin) -> dict[str, Part]:
    parts = row.get("part", [])
    named: dict[str, Part] = {str(part.get("name")): part for part in parts if isinstance(part, dict)}
    if len(named) != len(parts):
        raise Refused(rules.BAD_OPERATION.at(place), status=400)
    return named


@dataclass(frozen=True, slots=True)
class _Made:
    """A value for a JSON key; `beside` are the id and extensions of a primitive, which may have no value of its own."""

    key: str
    value: Any
    beside: Any = None

    @property
    def members(self) -> dict[str, Any]:
        """The members of an object that has it once."""
        both = {self.key: self.value, f"_{self.key}": self.beside}
        return {name: value for name, value in both.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Operation:
    resource: Resource
    parts: Mapping[str, Part]
    place: Origin
    budget: Budget

    def apply(self) -> None:
        act = _ACTS.get(self.text("type"))
        if act is None:
            raise self.refuse(rules.BAD_OPERATION.at(self.place), 400)
        act(self)

    def add(self) -> None:
        """Append to a list, or set what is not there yet (`name` under `path`)."""
        node = self.one()
        name, element = self.child(node)
        made = self.value(element, name, node.kind)
        if element.max == 1:
            if any(key in node.value for key in _keys(element)):
                raise self.refuse(rules.ALREADY.at(self.place), 422)
            node.value.update(made.members)
        else:
            self.into(node.value, len(self.items(node.value, made.key)), made)

    def insert(self) -> None:
        """Put a value into a list, at an index up to its length."""
        node, element = self.list_at()
        made = self.value(element, element.name, node.kind)
        self.into(node.value, self.index("index", len(self.items(node.value, made.key))), made)

    def delete(self) -> None:
        """Take one element away, and what held it alone; none there is no error."""
        found = self.nodes()
        if len(found) > 1:
            raise self.refuse(rules.SEVERAL.at(self.place), 422)
        for node in found:
            if node.element is None:
                raise self.refuse(rules.BAD_PATH.at(self.place), 422)
            self.drop(node)
            while node.above is not None and not node.above.value and node.above.element is not None:
                node = node.above  # FHIR has no empty elements: what held nothing else goes too (R4 §2.1.0.1).
                self.drop(node)

    def replace(self) -> None:
        """Another value in the place of one element; a choice may get another type."""
        node = self.one()
        if node.element is None:
            raise self.refuse(rules.BAD_PATH.at(self.place), 422)
        made = self.value(node.element, node.element.name.removesuffix("[x]"), node.owner)
        if node.index is not None:
            node.holder[node.key][node.index] = made.value
            self.align(node.holder, node.key, lambda others: others.__setitem__(node.index, made.beside), made.beside)
            return
        before = list(node.holder.items())
        node.holder.clear()
        for name, old in before:
            if name == node.key:
                node.holder.update(made.members)
            elif name != f"_{node.key}":
                node.holder[name] = old

    def move(self) -> None:
        """One element of a list to another place in it."""
        node, element = self.list_at()
        items = self.items(node.value, element.name)
        source, target = self.index("source", len(items) - 1), self.index("destination", len(items) - 1)
        items.insert(target, items.pop(source))
        self.align(node.value, element.name, lambda others: others.insert(target, others.pop(source)))

    def nodes(self) -> Sequence[Node]:
        path = self.text("path")
        if not path:
            raise self.refuse(rules.BAD_OPERATION.at(self.place), 400)
        return find(self.resource, path, self.place, self.budget)

    def one(self) -> Node:
        found = self.nodes()
        if len(found) != 1:
            raise self.refuse((rules.SEVERAL if found else rules.NOWHERE).at(self.place), 422)
        return found[0]

    def list_at(self) -> tuple[Node, Element]:
        """The element that has, or would have, the list at `path`, and what the list holds."""
        parent, _, name = self.text("path").rpartition(".")
        found = find(self.resource, parent or str(self.resource["resourceType"]), self.place, self.budget)
        if len(found) != 1 or not isinstance(found[0].value, dict):
            raise self.refuse((rules.SEVERAL if len(found) > 1 else rules.NOWHERE).at(self.place), 422)
        element = child_of(found[0].kind, name)
        if element is None or element.max == 1:
            raise self.refuse(rules.BAD_PATH.at(self.place), 422)
        return found[0], element

    def child(self, node: Node) -> tuple[str, Element]:
        name = self.text("name")
        element = child_of(node.kind, name) if isinstance(node.value, dict) else None
        if element is None:
            raise self.refuse(rules.NOWHERE.at(self.place), 422)
        return name, element

    def items(self, holder: dict[str, Any], key: str) -> list[Any]:
        """The list there; empty when there is none. An earlier operation may have put something else in its place."""
        found = holder.get(key, [])
        if not isinstance(found, list):
            raise self.refuse(rules.WRONG_VALUE.at(self.place), 422)
        return found

    def into(self, holder: dict[str, Any], index: int, made: _Made) -> None:
        holder.setdefault(made.key, []).insert(index, made.value)
        self.align(holder, made.key, lambda others: others.insert(index, made.beside), made.beside)

    def drop(self, node: Node) -> None:
        """Without its last item a list goes too: FHIR has no empty lists."""
        if node.index is None:
            node.holder.pop(node.key, None)
            node.holder.pop(f"_{node.key}", None)
            return
        del node.holder[node.key][node.index]
        self.align(node.holder, node.key, lambda others: others.pop(node.index))
        if not node.holder[node.key]:
            del node.holder[node.key]

    def align(self, holder: dict[str, Any], key: str, change: Callable[[Any], object], new: Any = None) -> None:
        """The ids and extensions of a list of primitives stand beside it, item by item (FHIR R4 §2.6.2.4).

        `new` are those of an item that comes now.
        """
        others = holder.setdefault(f"_{key}", []) if new is not None else holder.get(f"_{key}")
        if not isinstance(others, list):
            return
        others.extend([None] * (len(holder[key]) - len(others)))
        change(others)
        del others[len(holder[key]) :]
        if not any(others):
            del holder[f"_{key}"]

    def index(self, name: str, most: int) -> int:
        part = self.parts.get(name, {})
        value = next(
            (part[key] for key in ("valueInteger", "valueUnsignedInt", "valuePositiveInt") if key in part), None
        )
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(rules.BAD_OPERATION.at(self.place), 400)
        if not 0 <= value <= most:
            raise self.refuse(rules.NOWHERE.at(self.place), 422)
        return value

    def text(self, name: str) -> str:
        part = self.parts.get(name, {})
        value = next((part[key] for key in ("valueString", "valueCode") if key in part), "")
        return value if isinstance(value, str) else ""

    def value(self, element: Element, name: str, owner: Kind) -> _Made:
        """What to put there, and under which JSON key."""
        part = self.parts.get("value")
        if part is None:
            raise self.refuse(rules.BAD_OPERATION.at(self.place), 400)
        return self.made(element, name, part, owner)

    def made(self, element: Element, name: str, part: Part, owner: Kind) -> _Made:
        if "resource" in part:
            return _Made(name, part["resource"])
        given = {key.lstrip("_") for key in part if key.startswith(("value", "_value"))}
        if len(given) == 1:
            [written] = given
            key = name
            if element.name.endswith("[x]"):
                key = name + written.removeprefix("value")
                if key not in element.json_names:
                    raise self.refuse(rules.WRONG_VALUE.at(self.place), 422)
            return _Made(key, part.get(written), part.get(f"_{written}"))
        if given or not isinstance(part.get("part"), list) or element.name.endswith("[x]"):
            raise self.refuse(rules.BAD_OPERATION.at(self.place), 400)
        return _Made(name, self.group(kind_of(element, owner), part["part"]))

    def group(self, kind: Kind, parts: Sequence[Part]) -> dict[str, Any]:
        """An element without a datatype, given part by part."""
        group: dict[str, Any] = {}
        for part in parts:
            name = part.get("name", "") if isinstance(part, dict) else ""
            element = child_of(kind, name) if isinstance(name, str) else None
            if element is None:
                raise self.refuse(rules.WRONG_VALUE.at(self.place), 422)
            made = self.made(element, name, part, kind)
            if element.max == 1:
                group.update(made.members)
            else:
                self.into(group, len(group.get(made.key, [])), made)
        return group

    def refuse(self, issue: Issue, status: int) -> Refused:
        return Refused(issue, status=status)


def _keys(element: Element) -> list[str]:
    return [key for name in element.json_names for key in (name, f"_{name}")]


_ACTS: dict[str, Callable[[_Operation], None]] = {
    "add": _Operation.add,
    "insert": _Operation.insert,
    "delete": _Operation.delete,
    "replace": _Operation.replace,
    "move": _Operation.move,
}
