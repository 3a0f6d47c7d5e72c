"""The small paths that discriminators use (FHIR R4 §5.1.0.12): names, `$this`, `extension('url')`, `ofType(T)`,
`resolve()`. In: an item and a path. Out: the items it reaches. Anything else reaches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from yteso.validate.profiles.items import Item, items_of
from yteso.validate.profiles.model import Element

Resolve = Callable[[Item], Item | None]

_STEP = re.compile(r"\$this|extension\('([^']+)'\)|ofType\((?:FHIR\.)?(\w+)\)|(resolve)\(\)|([A-Za-z]\w*)(?:\[x\])?")


def steps_of(path: str) -> list[re.Match[str]] | None:
    """The steps; None when the path has anything but the allowed ones."""
    found, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or (match.end() < len(path) and path[match.end()] != "."):
            return None
        found.append(match)
        at = match.end() + 1
    return found


def reach(item: Item, path: str, resolve: Resolve) -> list[Item]:
    """The items at the end of the path."""
    items = [item]
    for step in steps_of(path) or []:
        url, type_, resolves, name = step.groups()
        if url:
            items = [
                one
                for parent in items
                for one in items_of(_EXTENSION, parent)
                if isinstance(one.value, dict) and one.value.get("url") == url
            ]
        elif type_:
            items = [one for one in items if one.type == type_]
        elif resolves:
            items = [target for one in items if (target := resolve(one)) is not None]
        elif name:
            items = [found for parent in items for found in _named(name, parent)]
    return items


_EXTENSION = Element("extension", "extension", single="Extension")


def _named(name: str, parent: Item) -> list[Item]:
    """The parts of that name; a choice is found by its short name (`value`)."""
    return items_of(Element(name, name), parent) or items_of(Element(name, name, choice=True), parent)
