"""Where profiles come from: the contract, R4's own definitions, and a shelf of loaded ones for tests and files.

A definition is a StructureDefinition as JSON. Who keeps definitions (a record, a folder) stands behind `Definitions`;
nothing here reads anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from yteso.standards.fhir_r4 import CANONICAL, STRUCTURES, is_type

Json = dict[str, Any]


class Definitions(Protocol):
    """Finds definitions by their canonical address."""

    def structure(self, url: str) -> Json | None:
        """The StructureDefinition of an address (a `|version` may follow); None when it is not here."""
        ...


class Shelf:
    """Definitions held in memory; what they lack is looked for `beyond`."""

    def __init__(self, resources: Iterable[Json] = (), beyond: Definitions | None = None) -> None:
        self._beyond = beyond
        self._by_url = {
            one["url"]: one
            for one in resources
            if one.get("resourceType") == "StructureDefinition" and isinstance(one.get("url"), str)
        }

    def structure(self, url: str) -> Json | None:
        """See `Definitions`."""
        bare, _, version = url.partition("|")
        found = self._by_url.get(bare)
        if found is not None and version in ("", found.get("version", "")):
            return found
        return self._beyond.structure(url) if self._beyond is not None else None


def base_type(url: str) -> str:
    """The type of R4 whose base definition this address names (a bare type name too); empty when it names none."""
    name = url.partition("|")[0].removeprefix(CANONICAL)
    return name if is_type(name) else ""


def find(url: str, definitions: Definitions) -> Json | None:
    """What R4 itself defines under this address (or bare type name), else what the definitions have."""
    name = url.partition("|")[0].removeprefix(CANONICAL)
    return STRUCTURES[name] if name in STRUCTURES else definitions.structure(url)
