"""Every extension of a resource whose definition is known: may it stand here, as what, and is it made as defined?

In: the check of a resource. It walks the whole resource with the base element tables, because an extension may stand
on any element. An extension nobody defined is left alone, a modifier extension nobody defined is told of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from yteso.standards.fhir_r4 import ELEMENTS, RESOURCE_TYPES, is_type
from yteso.validate.profiles import rules
from yteso.validate.profiles.check import Check
from yteso.validate.profiles.items import Item
from yteso.validate.profiles.model import Profile

_INLINE = frozenset({"BackboneElement", "Element"})
Names = tuple[str, ...]
"""What an element may be called in an extension's context: its path, its type and what that is a kind of."""


_ALSO: Mapping[str, frozenset[str]] = {
    "http://hl7.org/fhir/StructureDefinition/regex": frozenset(["ElementDefinition.type"]),
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type": frozenset(["ElementDefinition.type"]),
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version": frozenset(
        ["CodeSystem", "ElementDefinition", "OperationDefinition", "ValueSet"]
    ),
}
"""Where FHIR R4's own definitions, and so every published profile, carry these, whatever their contexts say."""


def check_extensions(check: Check, root: Item) -> None:
    """Judge all extensions below the root; contained resources are judged by themselves."""
    for key, extension, place, names in _walk(root.value, root.type, "", root.place, _names_of_root(root.type)):
        check.budget.steps -= 1
        if check.budget.spent:
            return
        _judge(check, key, Item(extension, None, "Extension", place), names)


def _judge(check: Check, key: str, item: Item, names: Names) -> None:
    url = item.value.get("url")
    absolute = isinstance(url, str) and ":" in url  # parts of a complex extension have short names
    profile = check.known(url) if absolute else None
    if profile is None or profile.type != "Extension":
        if key == "modifierExtension" and absolute:
            check.tell(rules.UNKNOWN_MODIFIER, item.place)
        return
    wanted = "modifierExtension" if profile.modifier else "extension"
    if key != wanted:
        check.tell(rules.MODIFIER_PLACE, item.place, profile=profile.name, place=wanted)
    if not _allowed(profile, names):
        contexts = ", ".join(expression for _, expression in profile.contexts)
        check.tell(rules.CONTEXT, item.place, profile=profile.name, contexts=contexts)
    check.against(url, item)


def _allowed(profile: Profile, names: Names) -> bool:
    """True when a context names the element; contexts in FHIRPath or of profiles are not judged."""
    if not profile.contexts or not _ALSO.get(profile.url, frozenset()).isdisjoint(names):
        return True
    return any(kind == "fhirpath" or "#" in expression or expression in names for kind, expression in profile.contexts)


def _walk(node: Any, owner: str, path: str, place: str, names: Names) -> Iterator[tuple[str, Any, str, Names]]:
    """(`extension` or `modifierExtension`, the extension, its place, names of the element it stands on)."""
    if not isinstance(node, dict):
        return
    known = _parts_of(owner, path)
    for key, value in node.items():
        if key in ("extension", "modifierExtension"):
            for index, one in enumerate(value if isinstance(value, list) else ()):
                if isinstance(one, dict):
                    at = f"{place}.{key}[{index}]"
                    yield key, one, at, names
                    yield from _walk(one, "Extension", "", at, ("Extension", "Element", str(one.get("url"))))
            continue
        part = known.get(key.removeprefix("_"))
        if part is None or not isinstance(value, dict | list):
            continue
        inner_owner, inner_path, inner_names = part
        several = isinstance(value, list)
        for index, one in enumerate(value if several else [value]):
            at = f"{place}.{key.removeprefix('_')}" + (f"[{index}]" if several else "")
            yield from _walk(one, inner_owner, inner_path, at, inner_names)


@lru_cache(maxsize=4096)
def _parts_of(owner: str, path: str) -> Mapping[str, tuple[str, str, Names]]:
    """JSON name -> where that part's own parts are described, and what the part may be called."""
    found: dict[str, tuple[str, str, Names]] = {}
    for element in ELEMENTS.get(owner, {}).values():
        if element.parent != path or element.types == ("Resource",):
            continue
        label = f"{owner}.{element.path}"
        general = () if path else _inherited(owner, element.path)
        for name, type_ in element.json_names.items():
            if element.content:
                found[name] = (
                    owner,
                    element.content,
                    (label, f"{owner}.{element.content}", *_kinds("BackboneElement")),
                )
            elif type_ in _INLINE:
                found[name] = (owner, element.path, (label, *_kinds(type_)))
            else:
                found[name] = (type_, "", (label, *general, *_kinds(type_)))
    return found


def _inherited(owner: str, path: str) -> Names:
    """What an element is called that a resource type has of Resource or DomainResource (`DomainResource.text`)."""
    above = _names_of_root(owner)[1:-1] if owner in RESOURCE_TYPES else ()
    return tuple(f"{name}.{path}" for name in above if path in _OF_ALL.get(name, ()))


_OF_ALL = {"Resource": ("id", "meta", "implicitRules", "language"), "DomainResource": ("text", "contained")}


def _kinds(type_: str) -> Names:
    backbone = ("BackboneElement",) if type_ == "BackboneElement" else ()
    return (type_, *backbone, "Element") if is_type(type_) else ("Element",)


def _names_of_root(type_: str) -> Names:
    domain = ("DomainResource",) if type_ in RESOURCE_TYPES - {"Bundle", "Parameters", "Binary"} else ()
    return (type_, *domain, "Resource", "Element")
