"""The values of one element in a JSON object, each with its shadow (`_name`), its type and its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yteso.standards.fhir_r4 import ELEMENTS, PRIMITIVES, RESOURCE_TYPES
from yteso.validate.profiles.model import Element


@dataclass(frozen=True, slots=True)
class Item:
    """One occurrence. `value` is None when a primitive has only extensions; `type` is "" when nothing tells it.

    `parent` and `name` (of a choice without the type) tell where it stands; a resource has no parent.
    """

    value: Any
    shadow: Any
    type: str
    place: str
    parent: Item | None = None
    name: str = ""

    @property
    def parts(self) -> dict[str, Any] | None:
        """The object whose properties are the element's parts: the value, or a primitive's `_name`."""
        if isinstance(self.value, dict):
            return self.value
        return self.shadow if isinstance(self.shadow, dict) else None


def items_of(element: Element, parent: Item) -> list[Item]:
    """All occurrences of an element in its parent, in order. What has an odd shape is passed over."""
    parts = parent.parts
    if parts is None:
        return []
    if element.choice:
        short = element.name
        return [item for name, type_ in _choices(short, parts) for item in _occurrences(name, type_, parent, short)]
    return list(_occurrences(element.name, element.single, parent, element.name))


def _choices(short: str, parts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The properties that are a choice element's: its short name and a type."""
    seen = set()
    for key in parts:
        name = key.removeprefix("_")
        type_ = _SPELLED.get(name[len(short) :]) if name.startswith(short) else None
        if type_ and name not in seen:
            seen.add(name)
            yield name, type_


_SPELLED = {name[0].upper() + name[1:]: name for name in (*ELEMENTS, *PRIMITIVES) if name not in RESOURCE_TYPES}


def _occurrences(name: str, type_: str, parent: Item, short: str) -> Iterator[Item]:
    parts = parent.parts or {}
    value, shadow = parts.get(name), parts.get(f"_{name}")
    place = f"{parent.place}.{name}"
    if isinstance(value, list) or isinstance(shadow, list):
        values = value if isinstance(value, list) else []
        shadows = shadow if isinstance(shadow, list) else []
        for index in range(max(len(values), len(shadows))):
            one = values[index] if index < len(values) else None
            two = shadows[index] if index < len(shadows) else None
            if one is not None or two is not None:
                yield Item(one, two, _type(one, type_), f"{place}[{index}]", parent, short)
    elif value is not None or shadow is not None:
        yield Item(value, shadow, _type(value, type_), place, parent, short)


def _type(value: Any, declared: str) -> str:
    """A resource tells its own type."""
    own = value.get("resourceType") if isinstance(value, dict) else None
    return own if isinstance(own, str) else declared
