"""Which search parameters a type has: those of FHIR R4, and those defined at run time by SearchParameter resources.

One place to ask, for index and query alike. What was defined is installed for the whole process by the store, which
keeps it in the database: first only for the index, then, when every resource has been indexed, for queries too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yteso.standards.fhir_r4 import RESOURCE_TYPES, SEARCH_PARAMETERS, Path, SearchParameter, definition_of


@dataclass(frozen=True, slots=True)
class Defined:
    """A parameter defined at run time, per type. `ready`: queries may use it."""

    url: str
    parameters: Mapping[str, SearchParameter]
    ready: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is defined now. `generation` changes with it, so that what was made of it is made anew."""

    generation: int = 0
    indexed: Mapping[str, Mapping[str, SearchParameter]] = field(default_factory=dict)
    searched: Mapping[str, Mapping[str, SearchParameter]] = field(default_factory=dict)
    urls: Mapping[tuple[str, str], str] = field(default_factory=dict)


_known = _Known()


_PARENTS = ("partof", "part-of", "parent")


def is_prefixed(path: Path) -> bool:
    """True when a uri is also indexed by how it begins (for `:below`): not where every resource came from."""
    return path.steps[:1] != ("meta",)


def is_shared(path: Path) -> bool:
    """True for profiles, which many resources share: how they begin is kept among the marks, once for all of them."""
    return path.steps == ("meta", "profile")


def parameters_of(type: str) -> Mapping[str, SearchParameter]:
    """Name -> parameter, for queries. Raises KeyError for a type R4 does not have."""
    return _known.searched.get(type) or SEARCH_PARAMETERS[type]


def indexed_of(type: str) -> Mapping[str, SearchParameter]:
    """Name -> parameter, for the index: also those that queries may not use yet."""
    return _known.indexed.get(type) or SEARCH_PARAMETERS[type]


def targets_of(parameter: SearchParameter) -> list[str]:
    """The types a reference parameter may lead to; none when it may be any."""
    narrowed = {target for path in parameter.paths for target in path.targets}
    return sorted(narrowed or parameter.targets)


def parents_of(parameter: SearchParameter) -> dict[str, str]:
    """Type a reference may lead to -> the parameter by which resources of that type are part of each other.

    Empty for a reference to nothing that has such a hierarchy (FHIR R4 §3.1.1.4.14).
    """
    found = {}
    for target in targets_of(parameter):
        known = SEARCH_PARAMETERS.get(target, {})
        parent = next((name for name in _PARENTS if name in known and target in targets_of(known[name])), "")
        if parent:
            found[target] = parent
    return found


def generation() -> int:
    """The number of the present definitions."""
    return _known.generation


def url_of(type: str, name: str) -> str:
    """The canonical url of the SearchParameter that defines a parameter; empty for those that only have a name."""
    return _known.urls.get((type, name)) or definition_of(type, name)


def install(defined: Iterable[Defined]) -> None:
    """Let these, and no others, be the parameters beside the standard's. A standard's own name stays its own."""
    global _known
    kept = list(defined)
    _known = _Known(
        _known.generation + 1,
        _merged(kept),
        _merged([one for one in kept if one.ready]),
        {(type_, parameter.name): one.url for one in kept for type_, parameter in one.parameters.items()},
    )


def _merged(defined: Iterable[Defined]) -> dict[str, dict[str, SearchParameter]]:
    found: dict[str, dict[str, SearchParameter]] = {}
    for one in defined:
        for type_, parameter in one.parameters.items():
            if type_ in RESOURCE_TYPES and parameter.name not in SEARCH_PARAMETERS[type_]:
                found.setdefault(type_, dict(SEARCH_PARAMETERS[type_]))[parameter.name] = parameter
    return found
