"""Content with versions of code systems chosen for one expansion (`system-version` and the like, R4 §4.9.18.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.terminology.code_system import CodeSystem
from yteso.terminology.protocol import Content, Resource
from yteso.terminology.rules import NO_CODE_SYSTEM, OTHER_VERSION

Versions = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pinned:
    """`Content` in which a system has the version asked for: where none is named, always, or else not at all."""

    content: Content
    default: Versions = field(default_factory=dict)
    forced: Versions = field(default_factory=dict)
    checked: Versions = field(default_factory=dict)

    def code_system(self, url: str, version: str = "") -> CodeSystem | None:
        """The system in its chosen version. Refused (422) when that is not here or not the one demanded."""
        chosen = self.forced.get(url) or version or self.default.get(url, "")
        found = self.content.code_system(url, chosen)
        if url in self.checked and (found is None or found.about.version != self.checked[url]):
            raise Refused(OTHER_VERSION.at(Origin(field="check-system-version"), url=url), status=422)
        if found is None and chosen != version:
            raise Refused(NO_CODE_SYSTEM.at(Origin(field="system-version"), url=f"{url}|{chosen}"), status=422)
        return found

    def value_set(self, url: str, version: str = "") -> Resource | None:
        """As in the content."""
        return self.content.value_set(url, version)

    def all_codes_of(self, url: str) -> str:
        """As in the content."""
        return self.content.all_codes_of(url)

    def concept_map(self, url: str, version: str = "") -> Resource | None:
        """As in the content."""
        return self.content.concept_map(url, version)

    def concept_maps(self, source: str, target: str) -> Iterable[Resource]:
        """As in the content."""
        return self.content.concept_maps(source, target)
