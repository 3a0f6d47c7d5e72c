"""`protocol.Terminology` over some content: finds, compiles once, answers. No I/O of its own; threads may share it."""

from __future__ import annotations

from collections.abc import Mapping

from yteso.base.errors import Refused
from yteso.terminology.code_system import CodeSystem
from yteso.terminology.compile import Finder, compile_value_set
from yteso.terminology.protocol import Content, Resource
from yteso.terminology.value_set import ValueSet

ALL_OF = "?fhir_vs"
"""`[system]?fhir_vs` means all codes of a system, `[system]?fhir_vs=isa/[code]` a code and all below it.

The form is that of FHIR R4 §4.5.1.5.7 for SNOMED CT; it works for every system whose content is here."""

MOST_SETS = 5_000
"""So many value sets are kept ready; names come from clients."""


class Engine:
    """Questions about codes, answered from one content. A content that changes needs a new engine."""

    def __init__(self, content: Content, compiled: dict[str, ValueSet | None] | None = None) -> None:
        """`compiled` keeps value sets that are ready, for several engines over what is the same content."""
        self.content = content
        self._compiled = {} if compiled is None else compiled
        self._finder = Finder(self.content.code_system, self._imported)

    def contains(self, value_set: str, system: str, code: str) -> bool | None:
        """See `protocol.Terminology`."""
        try:
            found = self.value_set(value_set)
            return found.contains(system, code) if found else None
        except Refused:
            return None

    def expand(self, value_set: str) -> Mapping[str, frozenset[str]] | None:
        """See `protocol.Terminology`."""
        found: dict[str, set[str]] = {}
        try:
            compiled = self.value_set(value_set)
            if compiled is None or compiled.open:
                return None
            for member in compiled.members:
                found.setdefault(member.system, set()).add(member.entry.code)
        except Refused:
            return None
        return {system: frozenset(codes) for system, codes in found.items()}

    def knows(self, system: str, code: str) -> bool | None:
        """See `protocol.Terminology`."""
        found = self.code_system(system)
        if found is None:
            return None
        return True if found.get(code) else False if found.closed else None

    def display(self, system: str, code: str, language: str = "") -> str:
        """See `protocol.Terminology`."""
        found = self.code_system(system)
        entry = found.get(code) if found else None
        return entry.name(language) if entry else ""

    def descendants(self, system: str, code: str) -> frozenset[str] | None:
        """See `protocol.Terminology`."""
        found = self.code_system(system)
        entry = found.get(code) if found else None
        if found is None or entry is None:
            return None
        return found.descendants(code) if found.subsumes else frozenset([entry.code])

    def ancestors(self, system: str, code: str) -> frozenset[str] | None:
        """See `protocol.Terminology`."""
        found = self.code_system(system)
        entry = found.get(code) if found else None
        if found is None or entry is None:
            return None
        return found.ancestors(code) if found.subsumes else frozenset([entry.code])

    def code_system(self, canonical: str) -> CodeSystem | None:
        """The code system of a canonical url, with or without `|version`."""
        url, _, version = canonical.partition("|")
        return self.content.code_system(url, version)

    def value_set(self, canonical: str) -> ValueSet | None:
        """The value set of a canonical url, compiled; None when it is not here. Refused (422) when it is broken."""
        return self._find(canonical, ())

    def compiled(self, resource: Resource) -> ValueSet:
        """A value set that came with the request. Refused (422) when it is broken."""
        return compile_value_set(resource, self._finder)

    def _imported(self, canonical: str, above: tuple[str, ...]) -> ValueSet | None:
        return self._find(canonical, above)

    def _find(self, canonical: str, above: tuple[str, ...]) -> ValueSet | None:
        if canonical in self._compiled:
            return self._compiled[canonical]
        if len(self._compiled) > MOST_SETS:
            self._compiled.clear()
        url, _, version = canonical.partition("|")
        resource = self.content.value_set(url, version) or self._implicit(url, version)
        found = compile_value_set(resource, self._finder, above) if resource else None
        return self._compiled.setdefault(canonical, found)

    def _implicit(self, url: str, version: str) -> Resource | None:
        """A value set that nobody wrote down: all codes of a system, or those below one."""
        named, mark, rest = url.partition(ALL_OF)
        system = named if mark else self.content.all_codes_of(url)
        if not system or self.content.code_system(system, version) is None:
            return None
        include: Resource = {"system": system, **({"version": version} if version else {})}
        if rest.startswith("=isa/"):
            include["filter"] = [{"property": "concept", "op": "is-a", "value": rest.removeprefix("=isa/")}]
        elif rest:
            return None
        return {"resourceType": "ValueSet", "url": url, "version": version, "compose": {"include": [include]}}
