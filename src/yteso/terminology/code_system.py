"""One version of a code system, ready to be asked: codes, names, hierarchy, properties. Pure, in memory.

In: what the system is (`About`) and its entries in their order. Out: look-ups that cost the same for ten codes and for
a hundred thousand. Nothing here knows where the codes came from or what a value set is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from yteso.fhir.dates import local_day
from yteso.terminology.names import folded_names

Properties = tuple[tuple[str, str, Any], ...]
"""(code of the property, `value[x]` it came in, value)."""

SUBSUMING = frozenset(["", "is-a", "classified-with"])
"""Meanings of a hierarchy in which what stands below is also what stands above; not `part-of`, not `grouped-by`."""


@dataclass(frozen=True, slots=True)
class Designation:
    """Another name of a code. `use` is a Coding or None."""

    value: str
    language: str = ""
    use: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept. `parents` are the codes right above it."""

    code: str
    display: str = ""
    definition: str = ""
    parents: tuple[str, ...] = ()
    designations: tuple[Designation, ...] = ()
    properties: Properties = ()

    def values(self, name: str) -> list[Any]:
        """The values of one property."""
        return [value for code, _, value in self.properties if code == name]

    @property
    def inactive(self) -> bool:
        """No longer to be used (R4 concept-properties `inactive`; `status` retired)."""
        return bool(self.properties) and (True in self.values("inactive") or "retired" in self.values("status"))

    @property
    def abstract(self) -> bool:
        """A heading, not to be chosen (R4 concept-properties `notSelectable`)."""
        return bool(self.properties) and (True in self.values("notSelectable") or True in self.values("abstract"))

    def in_force(self, day: str) -> bool:
        """Whether it may be used on that day (ISO): properties effectiveDate and retirementDate of dated lists.

        It may on the day (month, year) of its retirement.
        """
        if not self.properties:
            return True
        since, until = (map(local_day, map(str, self.values(name))) for name in ("effectiveDate", "retirementDate"))
        return all(one <= day for one in since) and all(day[: len(one)] <= one for one in until)

    @property
    def names(self) -> tuple[str, ...]:
        """The code and everything it is called."""
        return self.code, self.display, *(one.value for one in self.designations)

    def name(self, language: str) -> str:
        """The designation in that language (`vi` also finds `vi-VN`), otherwise the display."""
        for designation in self.designations if language else ():
            if designation.language == language or designation.language.startswith(language + "-"):
                return designation.value
        return self.display


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a code system besides its codes. `content` as in R4 codesystem-content-mode."""

    url: str
    version: str = ""
    name: str = ""
    title: str = ""
    language: str = ""
    content: str = "complete"
    case_sensitive: bool = True
    hierarchy: str = ""
    properties: tuple[Mapping[str, Any], ...] = field(default=())
    amended: frozenset[str] = frozenset()
    """Earlier versions that this one takes in: a list that decision after decision adds to."""

    @property
    def subsumes(self) -> bool:
        """True when its hierarchy says what is a kind of what."""
        return self.hierarchy in SUBSUMING

    def is_version(self, version: str) -> bool:
        """Whether this is, or takes in, that version; an empty one is any."""
        return version in ("", self.version) or version in self.amended


class CodeSystem:
    """Look-ups over one version. Made once; never changes."""

    def __init__(self, about: About, entries: Iterable[Entry]) -> None:
        """Of two entries with one code the first counts."""
        self.about = about
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self._entries.setdefault(self._key(entry.code), entry)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, code: str) -> Entry | None:
        """The entry of a code; case does not matter where the system says so."""
        return self._entries.get(self._key(code))

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """All entries in their order."""
        return tuple(self._entries.values())

    @property
    def closed(self) -> bool:
        """True when a code that is not here does not exist."""
        return self.about.content == "complete"

    @property
    def subsumes(self) -> bool:
        """True when its hierarchy says what is a kind of what."""
        return self.about.subsumes

    def children(self, code: str) -> Sequence[str]:
        """The codes right below."""
        return self._children.get(self._key(code), ())

    def descendants(self, code: str) -> frozenset[str]:
        """The code and all below it."""
        return self._reach(code, lambda one: self.children(one.code))

    def ancestors(self, code: str) -> frozenset[str]:
        """The code and all above it."""
        return self._reach(code, lambda one: one.parents)

    @cached_property
    def folded(self) -> Mapping[str, str]:
        """code -> its names, ready for `names.matches`."""
        return {entry.code: folded_names(entry.names) for entry in self.entries}

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            for parent in entry.parents:
                found.setdefault(self._key(parent), []).append(entry.code)
        return found

    def _key(self, code: str) -> str:
        return code if self.about.case_sensitive else code.casefold()

    def _reach(self, code: str, following: Any) -> frozenset[str]:
        start = self.get(code)
        found: dict[str, Entry] = {}
        waiting = [start] if start else []
        while waiting:
            entry = waiting.pop()
            if entry.code not in found:
                found[entry.code] = entry
                waiting += [near for other in following(entry) if (near := self.get(other))]
        return frozenset(found)
