"""A ValueSet resource -> `ValueSet`: its parts with the code systems and value sets they name. Pure.

In: the resource and how to find what it names. What is not found becomes a part that answers None; a code or url that
has only extensions is passed over. Refused (422) for a value set that includes itself or is nested too deep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yteso.base.errors import Refused
from yteso.terminology.code_system import CodeSystem, Entry
from yteso.terminology.filters import Filter
from yteso.terminology.read_code_system import designations_of
from yteso.terminology.rules import CIRCLE, NO_COMPOSE, TOO_INTRICATE
from yteso.terminology.value_set import MOST_PARTS, MOST_WORK, Part, ValueSet

DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Finder:
    """How a value set's parts are found: `codes(system, version)`, `sets(canonical, above)`."""

    codes: Callable[[str, str], CodeSystem | None]
    sets: Callable[[str, tuple[str, ...]], ValueSet | None]


def compile_value_set(resource: Mapping[str, Any], find: Finder, above: tuple[str, ...] = ()) -> ValueSet:
    """The value set, ready. `above` are the canonical urls it is being imported by."""
    url = resource.get("url", "")
    if len(above) >= DEEPEST or (url and url in above):
        raise Refused(CIRCLE.at(url=url, limit=DEEPEST), status=422)
    compose = resource.get("compose")
    if not compose or not compose.get("include"):
        if not resource.get("expansion"):
            raise Refused(NO_COMPOSE.at(), status=422)
        compose = {"include": _includes_of(resource["expansion"])}
    if len(compose["include"]) + len(compose.get("exclude", ())) > MOST_PARTS:
        raise Refused(TOO_INTRICATE.at(), status=422)
    inside = (*above, url)
    made = ValueSet(
        url=url,
        version=resource.get("version", ""),
        include=tuple(_part(one, find, inside) for one in compose["include"]),
        exclude=tuple(_part(one, find, inside) for one in compose.get("exclude", ())),
        active=compose.get("inactive") is False,
    )
    if made.weight > MOST_PARTS or made.labour > MOST_WORK:
        raise Refused(TOO_INTRICATE.at(), status=422)
    return made


def _part(one: Mapping[str, Any], find: Finder, above: tuple[str, ...]) -> Part:
    system, version = one.get("system", ""), one.get("version", "")
    codes = find.codes(system, version) if system else None
    listed: dict[str, Entry] | None = None
    if "concept" in one:
        listed = {}
        for concept in (each for each in one["concept"] if "code" in each):
            entry = _listed(concept, codes)
            listed.setdefault(entry.code, entry)
    return Part(
        system=system,
        version=version or (codes.about.version if codes else ""),
        codes=codes,
        listed=listed,
        filters=tuple(
            Filter(f.get("property", ""), f.get("op", ""), f.get("value", "")) for f in one.get("filter", ())
        ),
        imported=tuple((url, find.sets(url, above)) for url in one.get("valueSet", ()) if url),
    )


def _listed(concept: Mapping[str, Any], codes: CodeSystem | None) -> Entry:
    """A code as the value set lists it: its own names first, everything else from the system."""
    known = (codes.get(concept["code"]) if codes else None) or Entry(concept["code"])
    if "display" not in concept and "designation" not in concept:
        return known
    return replace(
        known,
        display=concept.get("display") or known.display,
        designations=designations_of(concept) + known.designations,
    )


def _includes_of(expansion: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A value set that only has an expansion is the list of its codes."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    waiting = list(reversed(expansion.get("contains", ())))
    while waiting:
        one = waiting.pop()
        waiting += reversed(one.get("contains", ()))
        if "code" in one and not one.get("abstract"):
            found.setdefault((one.get("system", ""), one.get("version", "")), []).append(one)
    return [{"system": system, "version": version, "concept": codes} for (system, version), codes in found.items()]
