"""Every extension of a resource whose definition is known: may it stand here, as what, and is it made as defined?

In: the check of a resource. It walks the whole resource with the base element tables, because an extension may stand
on any element. An extension nobody defined is left alone, a modifier extension nobody defined is told of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from yteso.standards.fhir_r4 import ELEMENTS, RESOURCE_TYPES, is_type
from yteso.validate.profiles import rules
from yteso.validate.profiles.check import Budget, Check
from yteso.validate.profiles.items import Item
from yteso.validate.profiles.model import Profile
from yteso.validate.profiles.whereabouts import Where

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
    where = Where(root.value, check.surroundings)
    for found in _walk(root.value, root.type, "", root.place, _names_of_root(root.type)):
        check.budget.steps -= 1
        if check.budget.spent:
            return
        _judge(check, found, where)


def _judge(check: Check, found: _Found, where: Where) -> None:
    key, item = found.key, Item(found.extension, None, "Extension", found.place)
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
    if not _allowed(profile, found, where, check.budget):
        contexts = ", ".join(expression for _, expression in profile.contexts)
        check.tell(rules.CONTEXT, item.place, profile=profile.name, contexts=contexts)
    for condition in profile.conditions:
        check.budget.invariants -= 1
        if not check.budget.spent and where.holds(condition, found.holder, found.extension, found.element) is False:
            check.tell(rules.CONDITION, item.place, profile=profile.name, condition=condition)
    check.against(url, item)


def _allowed(profile: Profile, found: _Found, where: Where, budget: Budget) -> bool:
    """True when a context names the element, or its FHIRPath yields it; contexts of profiles are not judged."""
    if not profile.contexts or not _ALSO.get(profile.url, frozenset()).isdisjoint(found.names):
        return True
    if any(
        "#" in expression or expression in found.names for kind, expression in profile.contexts if kind != "fhirpath"
    ):
        return True
    asked = [expression for kind, expression in profile.contexts if kind == "fhirpath"]
    budget.invariants -= len(asked)
    return any(where.yields(expression, found.holder) is not False for expression in asked)


class _Found(NamedTuple):
    """An extension (under `extension` or `modifierExtension`), its place, and the element it stands on.

    That is `holder`, of a primitive its `_` twin; `names` is what it may be called, `element` where it is described.
    """

    key: str
    extension: Any
    place: str
    names: Names
    holder: Any
    element: tuple[str, str]


def _walk(node: Any, owner: str, path: str, place: str, names: Names) -> Iterator[_Found]:
    """All extensions below a node."""
    if not isinstance(node, dict):
        return
    known = _parts_of(owner, path)
    for key, value in node.items():
        if key in ("extension", "modifierExtension"):
            for index, one in enumerate(value if isinstance(value, list) else ()):
                if isinstance(one, dict):
                    at = f"{place}.{key}[{index}]"
                    yield _Found(key, one, at, names, node, (owner, path))
                    yield from _walk(one, "Extension", "", at, ("Extension", "Element", str(one.get("url"))))
            continue
        part = known.get(key.removeprefix("_"))
        if part is None or not isinstance(value, dict | list):
            continue
        inner_owner, inner_path, inner_names = part
        if owner == "Extension":  # What stands on an extension's value stands on that extension too.
            inner_names = (*inner_names, names[-1])
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
