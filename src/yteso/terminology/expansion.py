"""A value set made ready -> the ValueSet with its expansion, as $expand gives it (FHIR R4 §4.9.18.1). Pure.

The expansion is flat: paging and nesting exclude each other. Whoever asks for no page gets everything or, when that is
more than `MOST_LISTED` codes, a refusal that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.terminology.code_system import Designation
from yteso.terminology.look_up import all_names
from yteso.terminology.rules import LONG_FILTER, TOO_COSTLY
from yteso.terminology.value_set import Member, ValueSet

MOST_LISTED = 5_000
"""So many codes are in one answer at most."""

LONGEST_FILTER = 200

_KEPT = ("id", "url", "version", "name", "title", "status")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parameters of $expand. `designations` are languages or `system|code` of uses; empty: all of them."""

    filter: str = ""
    offset: int = 0
    count: int | None = None
    include_designations: bool = False
    designations: frozenset[str] = frozenset()
    active_only: bool = False
    for_ui: bool = False
    language: str = ""
    exclude_systems: tuple[str, ...] = ()
    day: str = ""
    include_definition: bool = False
    told: tuple[tuple[str, str, Any], ...] = ()
    """(name, `value[x]`, value) of every parameter that shaped the answer, for expansion.parameter."""


def expand(resource: Mapping[str, Any], value_set: ValueSet, wanted: Wanted, moment: str) -> dict[str, Any]:
    """The ValueSet with `expansion`. Refused (422, too-costly) when the answer would be too long."""
    members = chosen(value_set, wanted)
    page = members[wanted.offset :] if wanted.count is None else members[wanted.offset : wanted.offset + wanted.count]
    if len(page) > MOST_LISTED:
        raise Refused(TOO_COSTLY.at(Origin(field="count"), limit=MOST_LISTED), status=422)
    kept = _KEPT + (("compose",) if wanted.include_definition else ())
    found = {name: resource[name] for name in kept if name in resource}
    named = repr((found.get("url"), found.get("version"), moment, wanted))
    expansion: dict[str, Any] = {
        "identifier": f"urn:uuid:{uuid5(NAMESPACE_URL, named)}",
        "timestamp": moment,
        "total": len(members),
    }
    if wanted.count is not None or wanted.offset:
        expansion["offset"] = wanted.offset
    expansion |= _filled("parameter", [*_parameters(value_set, wanted)])
    expansion |= _filled("contains", [_contained(member, wanted) for member in page])
    return {"resourceType": "ValueSet", "status": "active", **found, "expansion": expansion}


def chosen(value_set: ValueSet, wanted: Wanted) -> Sequence[Member]:
    """The codes that the parameters leave, in the order of the set."""
    members: Sequence[Member] = value_set.members
    if len(wanted.filter) > LONGEST_FILTER:
        raise Refused(LONG_FILTER.at(Origin(field="filter"), limit=LONGEST_FILTER), status=400)
    if wanted.filter:
        members = value_set.matching(wanted.filter)
    if wanted.exclude_systems:
        out = set(wanted.exclude_systems)
        members = [one for one in members if not {one.system, f"{one.system}|{one.version}"} & out]
    if wanted.active_only:
        members = [one for one in members if not one.entry.inactive]
    if wanted.for_ui:
        members = [one for one in members if not one.entry.abstract]
    if wanted.day:
        members = [one for one in members if one.entry.in_force(wanted.day)]
    return members


def _parameters(value_set: ValueSet, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """What shaped the answer, and which versions of which systems were used; what is only a part is said to be one."""
    for name, kind, value in wanted.told:
        yield {"name": name, kind: value}
    for codes in value_set.code_systems:
        canonical = f"{codes.about.url}|{codes.about.version}" if codes.about.version else codes.about.url
        yield {"name": "version", "valueUri": canonical}
        if not codes.closed:
            yield {"name": "fragment", "valueUri": canonical}


def _contained(member: Member, wanted: Wanted) -> dict[str, Any]:
    system, version, entry, codes = member
    told: dict[str, Any] = {"system": system}
    if entry.properties:
        told |= {"abstract": True} if entry.abstract else {}
        told |= {"inactive": True} if entry.inactive else {}
    if version:
        told["version"] = version
    told["code"] = entry.code
    display = entry.name(wanted.language)
    if display:
        told["display"] = display
    if wanted.include_designations:
        names = [_designation(one) for one in all_names(codes, entry) if _asked_for(one, wanted.designations)]
        told |= _filled("designation", names)
    return told


def _designation(one: Designation) -> dict[str, Any]:
    told: dict[str, Any] = {"language": one.language} if one.language else {}
    if one.use:
        told["use"] = dict(one.use)
    return {**told, "value": one.value}


def _asked_for(one: Designation, tokens: frozenset[str]) -> bool:
    use = one.use or {}
    mine = {one.language, f"urn:ietf:bcp:47|{one.language}", f"{use.get('system', '')}|{use.get('code', '')}"}
    return not tokens or not mine.isdisjoint(tokens)


def _filled(name: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    """FHIR has no empty lists."""
    return {name: values} if values else {}
