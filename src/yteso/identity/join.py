"""Two Patients of one person -> both as they say so of each other, and back. Pure; whether it is one person others say.

The survivor stays in use and gets the other's identifiers, so that both numbers find it; the other is no longer active
and leads to it (FHIR R4 Patient.link). Nothing else changes, so that parting gives back what was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yteso.base.issue import Issue
from yteso.identity import join_rules as rules

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Joined:
    """Both Patients after it; `added`: identifiers the survivor got; `active`: what the other said of itself."""

    survivor: Resource
    other: Resource
    added: tuple[Resource, ...]
    active: bool | None


def unfit(survivor: Resource, other: Resource) -> Issue | None:
    """Why these two cannot be joined; None when they can."""
    if survivor["id"] == other["id"]:
        return rules.ONE_PERSON.at()
    if any(_replaced(one) for one in (survivor, other)):
        return rules.REPLACED.at()
    return None


def join(survivor: Resource, other: Resource) -> Joined:
    """Both as one person's from now on."""
    known = {_key(one) for one in survivor.get("identifier", ())}
    added = tuple({**one, "use": "old"} for one in other.get("identifier", ()) if _key(one) not in known)
    kept = dict(survivor)
    if added:
        kept["identifier"] = [*survivor.get("identifier", ()), *added]
    kept["link"] = [*survivor.get("link", ()), _link(other, "replaces")]
    replaced = {**other, "active": False, "link": [*other.get("link", ()), _link(survivor, "replaced-by")]}
    return Joined(kept, replaced, added, other.get("active"))


def part(
    survivor: Resource, other: Resource, added: tuple[Resource, ...], active: bool | None
) -> tuple[Resource, Resource]:
    """Both as two persons' again: without what joining added, with everything that came since."""
    kept = _without(_without(survivor, "identifier", added), "link", (_link(other, "replaces"),))
    freed = _without(other, "link", (_link(survivor, "replaced-by"),))
    if active is None:
        freed.pop("active", None)
    else:
        freed["active"] = active
    return kept, freed


def _without(resource: Resource, name: str, gone: tuple[Resource, ...]) -> Resource:
    left = [one for one in resource.get(name, ()) if one not in gone]
    rest = {key: value for key, value in resource.items() if key != name or left}
    return {key: left if key == name else value for key, value in rest.items()}


def _link(other: Resource, kind: str) -> Resource:
    return {"other": {"reference": f"Patient/{other['id']}"}, "type": kind}


def _replaced(patient: Resource) -> bool:
    return any(link.get("type") == "replaced-by" for link in patient.get("link", ()))


def _key(identifier: Resource) -> tuple[Any, Any]:
    return identifier.get("system"), identifier.get("value")
