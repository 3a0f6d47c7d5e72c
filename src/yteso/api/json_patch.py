"""JSON Patch (RFC 6902) on a document: operations in order, all or none. Pure; numbers keep their digits.

In: the document and the patch as `fhir.json` reads them. Out: a changed copy, or Refused with a number and the place of
the operation: 400 for a patch that is none, 422 for one that does not fit the document. Bounded in operations, in the
length of a path and in what `copy` may multiply. Whether the result is a resource is judged by `api.change`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

from yteso.api import patch_rules as rules
from yteso.base.errors import Refused
from yteso.base.issue import Origin

MOST_OPERATIONS = 1_000
DEEPEST = 64
"""Steps of one path; documents are no deeper."""
MOST_COPIED = 200_000
"""Values that all `copy` operations together may make."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,6}", re.ASCII)
_BAD_ESCAPE = re.compile(r"~(?![01])")

Steps = tuple[str, ...]


def apply_json_patch(document: Any, patch: Any) -> Any:
    """The document after the patch; the one given stays as it is."""
    if not isinstance(patch, list) or len(patch) > MOST_OPERATIONS:
        raise Refused(rules.NOT_A_PATCH.at(limit=MOST_OPERATIONS), status=400)
    run = _Run(deepcopy(document))
    for index, operation in enumerate(patch):
        run.place = Origin(field=f"[{index}]")
        run.apply(operation)
    return run.document


class _Run:
    """A document being changed; `place` is the operation that refusals name."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.place = Origin()
        self.copied = 0

    def apply(self, operation: Any) -> None:
        name = operation.get("op") if isinstance(operation, dict) else None
        act = _ACTS.get(name) if isinstance(name, str) else None
        if act is None:
            raise Refused(rules.BAD_OPERATION.at(self.place), status=400)
        act(self, operation)

    def add(self, operation: dict[str, Any]) -> None:
        self.put(self.steps(operation, "path"), deepcopy(self.value(operation)))

    def remove(self, operation: dict[str, Any]) -> None:
        self.take(self.steps(operation, "path"))

    def replace(self, operation: dict[str, Any]) -> None:
        steps, value = self.steps(operation, "path"), deepcopy(self.value(operation))
        if not steps:
            self.document = value
            return
        holder = self.at(steps[:-1])
        self.at(steps)
        if isinstance(holder, list):
            holder[int(steps[-1])] = value
        else:
            holder[steps[-1]] = value

    def move(self, operation: dict[str, Any]) -> None:
        source, target = self.steps(operation, "from"), self.steps(operation, "path")
        if source == target:
            self.at(source)
            return
        if target[: len(source)] == source:
            raise Refused(rules.INTO_ITSELF.at(self.place), status=422)
        self.put(target, self.take(source))

    def copy(self, operation: dict[str, Any]) -> None:
        value = self.at(self.steps(operation, "from"))
        self.copied += _size(value)
        if self.copied > MOST_COPIED:
            raise Refused(rules.GROWS.at(self.place, limit=MOST_COPIED), status=422)
        self.put(self.steps(operation, "path"), deepcopy(value))

    def test(self, operation: dict[str, Any]) -> None:
        if not same(self.at(self.steps(operation, "path")), self.value(operation)):
            raise Refused(rules.TEST_FAILED.at(self.place), status=422)

    def value(self, operation: dict[str, Any]) -> Any:
        if "value" not in operation:
            raise Refused(rules.BAD_OPERATION.at(self.place), status=400)
        return operation["value"]

    def steps(self, operation: dict[str, Any], name: str) -> Steps:
        """A JSON Pointer (RFC 6901) taken apart."""
        text = operation.get(name)
        if not isinstance(text, str) or (text and text[0] != "/") or _BAD_ESCAPE.search(text):
            raise Refused(rules.BAD_POINTER.at(self.place, name=name), status=400)
        steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])
        if len(steps) > DEEPEST:
            raise Refused(rules.BAD_POINTER.at(self.place, name=name), status=400)
        return steps

    def at(self, steps: Steps) -> Any:
        """The value there; Refused when there is none."""
        value = self.document
        for step in steps:
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
                value = value[int(step)]
            else:
                raise self.nowhere()
        return value

    def put(self, steps: Steps, value: Any) -> None:
        """Set a member, or insert into a list; `-` is the end of a list."""
        if not steps:
            self.document = value
            return
        holder, last = self.at(steps[:-1]), steps[-1]
        if isinstance(holder, dict):
            holder[last] = value
        elif isinstance(holder, list) and last == "-":
            holder.append(value)
        elif isinstance(holder, list) and _INDEX.fullmatch(last) and int(last) <= len(holder):
            holder.insert(int(last), value)
        else:
            raise self.nowhere()

    def take(self, steps: Steps) -> Any:
        """Remove the value there and give it back. The whole document cannot be taken away."""
        if not steps:
            raise self.nowhere()
        value, holder = self.at(steps), self.at(steps[:-1])
        del holder[int(steps[-1]) if isinstance(holder, list) else steps[-1]]
        return value

    def nowhere(self) -> Refused:
        return Refused(rules.NOWHERE.at(self.place), status=422)


_ACTS: dict[str, Callable[[_Run, dict[str, Any]], None]] = {
    "add": _Run.add,
    "remove": _Run.remove,
    "replace": _Run.replace,
    "move": _Run.move,
    "copy": _Run.copy,
    "test": _Run.test,
}


def same(one: Any, other: Any) -> bool:
    """Equal as RFC 6902 §4.6 means it: numbers by value, members in any order, and `true` is no 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _size(value: Any) -> int:
    """How many values there are in it."""
    count, stack = 0, [value]
    while stack:
        inner = stack.pop()
        count += 1
        if isinstance(inner, (dict, list)):
            stack.extend(inner.values() if isinstance(inner, dict) else inner)
    return count
