"""One open element of an XML document while it is read, and how what it says gets into the JSON object around it.

JSON keeps values and extensions of a repeating primitive in two lists of equal length (FHIR R4 §2.6.2.3): both are
built here while elements open and close; what can only be said at the end of an object, `settle` does. No I/O.
"""

from __future__ import annotations

from typing import Any

from yteso.fhir.xml.shape import Field, Shape

_NOTHING = {type(None)}


class Frame:
    """One open element. `shape` None: a resource must stand inside. `last`: index of its last child, for the order."""

    __slots__ = ("depth", "empty", "field", "holes", "last", "node", "shape", "unordered")

    def __init__(self, field: Field | None, shape: Shape | None, node: dict[str, Any], depth: int) -> None:
        self.field = field
        self.shape = shape
        self.node = node
        self.depth = depth
        self.last = -1
        self.unordered = False
        self.empty = True
        self.holes = False


def occurrence(outer: Frame, frame: Frame, field: Field) -> str:
    """Which of a repeating element's occurrences is open: the last; a resource is added when its own tag opens."""
    if not field.many:
        return ""
    awaited = frame.shape is None and frame.empty
    return f"[{len(outer.node.get(field.name, ())) - (not awaited)}]"


def add(node: dict[str, Any], field: Field, value: Any) -> None:
    """Put the value where the field stands."""
    if field.many:
        node.setdefault(field.name, []).append(value)
    else:
        node[field.name] = value


def add_twin(node: dict[str, Any], field: Field, extra: dict[str, Any]) -> None:
    """Put id and extensions of a primitive beside it; in lists, nulls keep the two in step (§2.6.2.3)."""
    if not field.many:
        node[field.twin] = extra
    elif field.twin in node:
        node[field.twin][-1] = extra
    else:
        node[field.twin] = [*[None] * (len(node[field.name]) - 1), extra]


def settle(frame: Frame) -> None:
    """What can only be said when an object is complete: lists without any value go, the order is the standard's."""
    node = frame.node
    if frame.holes:
        for name in [name for name, value in node.items() if type(value) is list and set(map(type, value)) == _NOTHING]:
            del node[name]
    if frame.unordered and frame.shape is not None:
        order = frame.shape.order
        pairs = sorted(node.items(), key=lambda pair: order[pair[0]])
        node.clear()
        node.update(pairs)
