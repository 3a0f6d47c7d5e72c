"""A ValueSet made ready (FHIR R4 §4.9.5): is a code in it, and which codes are. Pure, in memory, three-valued.

A part is one include or exclude: codes of a system (all, listed, or filtered) that also lie in every value set it
imports. None as an answer means that the content needed to decide is not here. `compile.py` makes these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from yteso.base.errors import Refused
from yteso.terminology.code_system import CodeSystem, Entry
from yteso.terminology.filters import Filter, choose
from yteso.terminology.names import folded_names, matches
from yteso.terminology.rules import NO_CONTENT, NO_VALUE_SET, TOO_COSTLY, TOO_INTRICATE

Truth = bool | None

MOST_CODES = 250_000
"""A value set is never listed beyond so many codes."""

MOST_PARTS = 1_000
"""Includes and excludes, those of imported sets counted wherever they are imported: what one question may ask."""

MOST_WORK = 3_000_000
"""Codes that filters look at, or that a listing takes up and compares with exclusions."""


class Member(NamedTuple):
    """One code of an expansion; `codes` is its system where that is here."""

    system: str
    version: str
    entry: Entry
    codes: CodeSystem | None


def any_of(truths: Iterable[Truth]) -> Truth:
    """True when one is; None when none is and one is not known."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


@dataclass(frozen=True)
class Part:
    """One include or exclude. `codes` is None when its content is not here; `listed` None means all codes of it."""

    system: str
    version: str
    codes: CodeSystem | None
    listed: Mapping[str, Entry] | None
    filters: tuple[Filter, ...]
    imported: tuple[tuple[str, ValueSet | None], ...]

    def contains(self, system: str, code: str) -> Truth:
        """Whether the part chooses this code."""
        own = self._own(system, code) if self.system else True
        if own is False:
            return False
        inside = [found.contains(system, code) if found else None for _, found in self.imported]
        if False in inside:
            return False
        return None if own is None or None in inside else True

    def _own(self, system: str, code: str) -> Truth:
        if system != self.system:
            return False
        if self.listed is not None:
            return code in self.listed if self.codes is None else self._same(code) in self.listed
        if self.codes is None:
            return None
        entry = self.codes.get(code)
        if entry is None:
            return False if self.codes.closed else None
        return entry.code in self._chosen if self.filters else True

    def _same(self, code: str) -> str:
        assert self.codes is not None
        entry = self.codes.get(code)
        return entry.code if entry else code

    @cached_property
    def _filtered(self) -> tuple[Entry, ...]:
        assert self.codes is not None
        return choose(self.codes, self.filters)

    @cached_property
    def _chosen(self) -> frozenset[str]:
        return frozenset(entry.code for entry in self._filtered)

    @property
    def weight(self) -> int:
        """Itself and all parts of what it imports."""
        return 1 + sum(found.weight for _, found in self.imported if found)

    @property
    def size(self) -> int:
        """How many codes a listing takes up before it compares them with what is imported."""
        if self.system:
            return len(self.listed) if self.listed is not None else len(self.codes or ())
        return next((len(found.members) for _, found in self.imported if found), 0)

    @property
    def labour(self) -> int:
        """Codes its filters look at, with those of what it imports."""
        own = len(self.codes) * len(self.filters) if self.codes is not None else 0
        return own + sum(found.labour for _, found in self.imported if found)

    @property
    def open(self) -> bool:
        """True when the system has further codes that are not here and would belong to the part."""
        own = self.codes is not None and self.listed is None and not self.codes.closed
        return own or any(found is not None and found.open for _, found in self.imported)

    def systems(self) -> Iterator[str]:
        """The systems of its codes."""
        if self.system:
            yield self.system
            return
        for _, found in self.imported:
            yield from found.systems if found else ()

    def code_systems(self) -> Iterator[CodeSystem]:
        """The code systems it draws from, as far as they are here."""
        if self.codes is not None:
            yield self.codes
        for _, found in self.imported:
            yield from found.code_systems if found else ()

    def entry(self, system: str, code: str) -> Entry | None:
        """What is known of a code that the part contains."""
        if system == self.system:
            known = self.codes.get(code) if self.codes else None
            return known if self.listed is None else self.listed.get(known.code if known else code)
        entries = (found.entry(system, code) for _, found in self.imported if found and not self.system)
        return next((entry for entry in entries if entry), None)

    def members(self) -> Iterable[Member]:
        """Its codes in order. Refused (404, 422) when that cannot be known."""
        for url, found in self.imported:
            if found is None:
                raise Refused(NO_VALUE_SET.at(url=url), status=404)
        others = [found for _, found in self.imported if found]
        if self.system:
            return self._within(self._own_members(), others)
        return self._within(others[0].members, others[1:]) if others else ()

    def _own_members(self) -> Iterable[Member]:
        if self.listed is not None:
            entries: Iterable[Entry] = self.listed.values()
        elif self.codes is None or self.codes.about.content == "not-present":
            raise Refused(NO_CONTENT.at(url=self.system), status=422)
        else:
            entries = self._filtered if self.filters else self.codes.entries
        return [Member(self.system, self.version, entry, self.codes) for entry in entries]

    def _within(self, members: Iterable[Member], others: list[ValueSet]) -> Iterator[Member]:
        for member in members:
            inside = [other.contains(member.system, member.entry.code) for other in others]
            if None in inside and False not in inside:
                raise Refused(NO_CONTENT.at(url=member.system), status=422)
            if all(inside):
                yield member


@dataclass(frozen=True)
class ValueSet:
    """What is included without what is excluded; `active` leaves out codes that are no longer to be used."""

    url: str
    version: str
    include: tuple[Part, ...]
    exclude: tuple[Part, ...] = ()
    active: bool = False

    def contains(self, system: str, code: str) -> Truth:
        """Whether the code is in the set; with an empty system: in any of its systems."""
        if not system:
            return any_of(self.contains(one, code) for one in self.systems)
        inside = any_of(part.contains(system, code) for part in self.include)
        if inside is False:
            return False
        if self.active and self._is_inactive(system, code):
            return False
        outside = any_of(part.contains(system, code) for part in self.exclude)
        if outside:
            return False
        return None if inside is None or outside is None else True

    @cached_property
    def weight(self) -> int:
        """How many parts one question may ask."""
        return sum(part.weight for part in (*self.include, *self.exclude))

    @cached_property
    def labour(self) -> int:
        """How many codes its filters look at."""
        return sum(part.labour for part in (*self.include, *self.exclude))

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """The systems its codes come from."""
        return tuple(dict.fromkeys(system for part in self.include for system in part.systems()))

    @cached_property
    def code_systems(self) -> tuple[CodeSystem, ...]:
        """The code systems its codes come from, as far as they are here."""
        return tuple(dict.fromkeys(codes for part in self.include for codes in part.code_systems()))

    def entry(self, system: str, code: str) -> Entry | None:
        """What is known of a code in the set; with an empty system: of the first one so called."""
        if not system:
            found = (self.entry(one, code) for one in self.systems if self.contains(one, code))
        else:
            found = (part.entry(system, code) for part in self.include if part.contains(system, code))
        return next((entry for entry in found if entry), None)

    def matching(self, text: str) -> list[Member]:
        """The members whose code or names have words that begin with each word of the text."""
        return [self.members[n] for n in matches(self._folded, text)]

    @cached_property
    def _folded(self) -> list[str]:
        """The folded names of each member; those of whole systems are folded once for all value sets."""
        return [
            codes.folded[entry.code]
            if codes is not None and codes.get(entry.code) is entry
            else folded_names(entry.names)
            for _, _, entry, codes in self.members
        ]

    @property
    def open(self) -> bool:
        """True when codes that are not here would belong to it."""
        return any(part.open for part in self.include)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Every code once, in order. Refused (404, 422) when they cannot be known or are more than `MOST_CODES`."""
        work = sum(part.size * part.weight for part in self.include)
        if work > MOST_WORK:
            raise Refused(TOO_INTRICATE.at(), status=422)
        found: dict[tuple[str, str], Member] = {}
        for part in self.include:
            for member in part.members():
                found.setdefault((member.system, member.entry.code), member)
                if len(found) > MOST_CODES:
                    raise Refused(TOO_COSTLY.at(limit=MOST_CODES), status=422)
        if work + len(found) * sum(part.weight for part in self.exclude) > MOST_WORK:
            raise Refused(TOO_INTRICATE.at(), status=422)
        return tuple(member for member in found.values() if not self._leaves_out(member))

    def _leaves_out(self, member: Member) -> bool:
        if self.active and member.entry.inactive:
            return True
        outside = any_of(part.contains(member.system, member.entry.code) for part in self.exclude)
        if outside is None:
            raise Refused(NO_CONTENT.at(url=member.system), status=422)
        return outside

    def _is_inactive(self, system: str, code: str) -> bool:
        entry = self.entry(system, code)
        return entry is not None and entry.inactive
