"""Code systems, value sets and maps held in memory (of a package, say), and behind them those that are built in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yteso.terminology.builtin import BUILTIN, leads
from yteso.terminology.code_system import CodeSystem
from yteso.terminology.protocol import Resource
from yteso.terminology.read_code_system import read_code_system


class Held:
    """`protocol.Content` over some resources. A list that is built in stays what it is: the package repeats it."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_key: dict[tuple[str, str], Resource] = {}
        for one in resources:
            self._by_key[str(one.get("resourceType")), str(one.get("url"))] = one
        self._systems: dict[str, CodeSystem] = {}

    def code_system(self, url: str, version: str = "") -> CodeSystem | None:
        """See `protocol.Content`."""
        found = BUILTIN.code_system(url, version)
        resource = None if found else self._held("CodeSystem", url, version)
        if resource is not None:
            found = self._systems.get(url) or self._systems.setdefault(url, read_code_system(resource))
        return found

    def value_set(self, url: str, version: str = "") -> Resource | None:
        """See `protocol.Content`."""
        return self._held("ValueSet", url, version) or BUILTIN.value_set(url, version)

    def all_codes_of(self, url: str) -> str:
        """See `protocol.Content`."""
        return BUILTIN.all_codes_of(url)

    def concept_map(self, url: str, version: str = "") -> Resource | None:
        """See `protocol.Content`."""
        return self._held("ConceptMap", url, version) or BUILTIN.concept_map(url, version)

    def concept_maps(self, source: str, target: str) -> Iterable[Resource]:
        """See `protocol.Content`."""
        ours = [one for (type_, _), one in self._by_key.items() if type_ == "ConceptMap" and leads(one, source, target)]
        return [*ours, *BUILTIN.concept_maps(source, target)]

    def _held(self, type_: str, url: str, version: str) -> Any:
        found = self._by_key.get((type_, url))
        return found if found is not None and version in ("", found.get("version", "")) else None
