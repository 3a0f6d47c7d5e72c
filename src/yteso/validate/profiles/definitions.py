"""Where profiles come from: the contract, R4's own definitions, and a shelf of loaded ones for tests and files.

A definition is a StructureDefinition as JSON; the Questionnaires by which answers are judged are found beside them. Who
keeps definitions (a record, a folder) stands behind `Definitions`; nothing here reads anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from yteso.standards.fhir_r4 import CANONICAL, STRUCTURES, is_type

Json = dict[str, Any]
_TYPES = frozenset(["StructureDefinition", "Questionnaire"])
"""What a shelf holds."""


class Definitions(Protocol):
    """Finds definitions by their canonical address."""

    def structure(self, url: str) -> Json | None:
        """The StructureDefinition of an address (a `|version` may follow); None when it is not here."""
        ...

    def questionnaire(self, url: str) -> Json | None:
        """The Questionnaire of an address, as `structure`."""
        ...


class Shelf:
    """Definitions held in memory; what they lack is looked for `beyond`."""

    def __init__(self, resources: Iterable[Json] = (), beyond: Definitions | None = None) -> None:
        self._beyond = beyond
        self._by_url = {
            (one["resourceType"], one["url"]): one
            for one in resources
            if one.get("resourceType") in _TYPES and isinstance(one.get("url"), str)
        }

    def structure(self, url: str) -> Json | None:
        """See `Definitions`."""
        found = self._found("StructureDefinition", url)
        return found if found is not None or self._beyond is None else self._beyond.structure(url)

    def questionnaire(self, url: str) -> Json | None:
        """See `Definitions`."""
        found = self._found("Questionnaire", url)
        return found if found is not None or self._beyond is None else self._beyond.questionnaire(url)

    def _found(self, type: str, url: str) -> Json | None:
        bare, _, version = url.partition("|")
        found = self._by_url.get((type, bare))
        return found if found is not None and version in ("", found.get("version", "")) else None


def base_type(url: str) -> str:
    """The type of R4 whose base definition this address names (a bare type name too); empty when it names none."""
    name = url.partition("|")[0].removeprefix(CANONICAL)
    return name if is_type(name) else ""


def find(url: str, definitions: Definitions) -> Json | None:
    """What R4 itself defines under this address (or bare type name), else what the definitions have."""
    name = url.partition("|")[0].removeprefix(CANONICAL)
    return STRUCTURES[name] if name in STRUCTURES else definitions.structure(url)
