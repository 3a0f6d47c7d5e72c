"""StructureDefinitions -> the invariants of R4: key, severity, human text and expression at their element.

What every element, extension and resource has in common (`ele-1`, `ext-1`, `dom-*`) is kept once, under `Element`,
`Extension` and `DomainResource`.
"""

from __future__ import annotations

from typing import Any

from fhir_elements import Elements
from fhir_package import Resource

COMMON = {"ele-1": "Element", "ext-1": "Extension"}


def invariants(elements: Elements) -> dict[str, list[list[Any]]]:
    """Type -> rows `[path, key, 1 for an error or 0 for a warning, human, expression]`; path "" is the type itself."""
    found: dict[str, dict[tuple[str, str], list[Any]]] = {}
    for name, definition in sorted({**elements.datatypes, **elements.resources}.items()):
        for element in definition["snapshot"]["element"]:
            path = element["path"].partition(".")[2]
            for constraint in element.get("constraint", []):
                owner, place = home(constraint["key"], name, path)
                found.setdefault(owner, {}).setdefault((place, constraint["key"]), row(place, constraint))
    return {owner: [*rows.values()] for owner, rows in sorted(found.items())}


def home(key: str, type_: str, path: str) -> tuple[str, str]:
    """Where an invariant is kept: with its element, or once for all."""
    if key in COMMON:
        return COMMON[key], ""
    return ("DomainResource", "") if key.startswith("dom-") else (type_, path)


def row(path: str, constraint: Resource) -> list[Any]:
    severity = int(constraint["severity"] == "error")
    return [path, constraint["key"], severity, constraint["human"].strip(), constraint["expression"]]
