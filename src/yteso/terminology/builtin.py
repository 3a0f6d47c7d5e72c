"""What the platform brings with it: the definitions of FHIR R4 and the catalogues of Việt Nam, read when first asked.

`BUILTIN` is the content, `TERMINOLOGY` an engine over it: for callers that have no record at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import orjson

from yteso.standards.fhir_r4.codes import official, official_urls
from yteso.terminology.code_system import About, CodeSystem
from yteso.terminology.engine import Engine
from yteso.terminology.ours import OUR_URLS, our_code_system
from yteso.terminology.protocol import Resource
from yteso.terminology.read_code_system import about_of, read_code_system


class Builtin:
    """`protocol.Content` over the files of the package."""

    def code_system(self, url: str, version: str = "") -> CodeSystem | None:
        """See `protocol.Content`."""
        found = _code_system(url)
        return found if found is None or found.about.is_version(version) else None

    def value_set(self, url: str, version: str = "") -> Resource | None:
        """See `protocol.Content`."""
        return _fitting(official("ValueSet", url), version)

    def all_codes_of(self, url: str) -> str:
        """See `protocol.Content`."""
        return _named_by_value_set().get(url, "")

    def concept_map(self, url: str, version: str = "") -> Resource | None:
        """See `protocol.Content`."""
        return _fitting(official("ConceptMap", url), version)

    def concept_maps(self, source: str, target: str) -> Iterable[Resource]:
        """See `protocol.Content`."""
        return [found for found in _concept_maps() if leads(found, source, target)]


def systems() -> Iterator[About]:
    """What every code system of the package is, by url; those of which only the name is here included."""
    for url in sorted({*official_urls("CodeSystem"), *OUR_URLS}):
        ours = our_code_system(url)
        yield ours.about if ours else about_of(official("CodeSystem", url) or {})


def leads(concept_map: Resource, source: str, target: str) -> bool:
    """Whether a ConceptMap leads from this value set or system to that one; an empty side is open."""
    groups = concept_map.get("group", ())
    sources = {bare(concept_map.get(name, "")) for name in ("sourceUri", "sourceCanonical")}
    targets = {bare(concept_map.get(name, "")) for name in ("targetUri", "targetCanonical")}
    sources |= {one.get("source", "") for one in groups}
    targets |= {one.get("target", "") for one in groups}
    return (not source or source in sources) and (not target or target in targets)


def bare(canonical: str) -> str:
    """A canonical url without its version."""
    return canonical.partition("|")[0]


def _fitting(found: Resource | None, version: str) -> Resource | None:
    return found if found is None or version in ("", found.get("version", "")) else None


@cache
def _code_system(url: str) -> CodeSystem | None:
    ours = our_code_system(url)
    if ours is not None:
        return ours
    found = official("CodeSystem", url)
    return read_code_system(found) if found else None


@cache
def _named_by_value_set() -> Mapping[str, str]:
    """CodeSystem.valueSet -> CodeSystem.url."""
    named = ((orjson.loads(text).get("valueSet", ""), url) for url, text in official_urls("CodeSystem").items())
    return {bare(value_set): url for value_set, url in named if value_set}


@cache
def _concept_maps() -> tuple[Resource, ...]:
    return tuple(found for url in official_urls("ConceptMap") if (found := official("ConceptMap", url)))


BUILTIN = Builtin()
TERMINOLOGY = Engine(BUILTIN)
