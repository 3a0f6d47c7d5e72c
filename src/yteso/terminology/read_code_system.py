"""A CodeSystem resource (FHIR R4 §4.8) -> `CodeSystem`. Pure; what is malformed in it is passed over, not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yteso.terminology.code_system import About, CodeSystem, Designation, Entry

_PARENT = "http://hl7.org/fhir/concept-properties#parent"
_KINDS = frozenset(f"value{kind}" for kind in ("Code", "Coding", "String", "Integer", "Boolean", "DateTime", "Decimal"))
"""The values of a property (R4 CodeSystem.concept.property.value[x])."""
_CHILD = "http://hl7.org/fhir/concept-properties#child"


def read_code_system(resource: Mapping[str, Any]) -> CodeSystem:
    """All concepts of the resource, nested ones in the order of reading."""
    about = about_of(resource)
    concepts = [*_walk(resource.get("concept", ()), ())]
    above = _parents(concepts, *_hierarchy_properties(about))
    return CodeSystem(about, (entry_of(concept, tuple(above[concept["code"]])) for concept, _ in concepts))


def about_of(resource: Mapping[str, Any]) -> About:
    """What the resource says about itself."""
    return About(
        url=resource.get("url", ""),
        version=resource.get("version", ""),
        name=resource.get("name", ""),
        title=resource.get("title", ""),
        language=resource.get("language", ""),
        content=resource.get("content", "complete"),
        case_sensitive=resource.get("caseSensitive", True),
        hierarchy=resource.get("hierarchyMeaning", ""),
        properties=tuple(resource.get("property", ())),
    )


def entry_of(concept: Mapping[str, Any], parents: tuple[str, ...]) -> Entry:
    """One concept without those inside it."""
    return Entry(
        code=concept["code"],
        display=concept.get("display", ""),
        definition=concept.get("definition", ""),
        parents=parents,
        designations=designations_of(concept),
        properties=tuple(_property(one) for one in concept.get("property", ()) if _KINDS.intersection(one)),
    )


def designations_of(concept: Mapping[str, Any]) -> tuple[Designation, ...]:
    """The other names of a concept of a CodeSystem or ValueSet."""
    return tuple(
        Designation(one.get("value", ""), one.get("language", ""), one.get("use"))
        for one in concept.get("designation", ())
    )


def _property(one: Mapping[str, Any]) -> tuple[str, str, Any]:
    kind = next(name for name in one if name in _KINDS)
    return one.get("code", ""), kind, one[kind]


def _walk(concepts: Any, above: tuple[str, ...]) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """Every concept that has a code, with the code it stands in; depth is bounded by the depth of a resource."""
    for concept in concepts:
        code = concept.get("code")
        if code:
            yield concept, above
        yield from _walk(concept.get("concept", ()), (code,) if code else above)


def _hierarchy_properties(about: About) -> tuple[str, str]:
    """The codes of the properties that name what is above and what is below; `parent` and `child` unless declared."""
    declared = {one.get("uri"): one.get("code", "") for one in about.properties}
    return declared.get(_PARENT, "parent"), declared.get(_CHILD, "child")


def _parents(
    concepts: list[tuple[Mapping[str, Any], tuple[str, ...]]], parent: str, child: str
) -> dict[str, dict[str, None]]:
    """code -> the codes right above it, by nesting and by both properties; a dict keeps the order."""
    found: dict[str, dict[str, None]] = {}
    for concept, above in concepts:
        found.setdefault(concept["code"], {}).update(dict.fromkeys(above))
        for one in concept.get("property", ()):
            value = one.get("valueCode", one.get("valueString"))
            if one.get("code") == parent and isinstance(value, str):
                found[concept["code"]][value] = None
            elif one.get("code") == child and isinstance(value, str):
                found.setdefault(value, {})[concept["code"]] = None
    return found
