"""A StructureDefinition -> a compiled `Profile`. Pure; done once per definition, its keeper keeps the result.

What the base definition demands already (cardinality, types, required codes, its own invariants) is left out: the
structure check and the base invariants have judged it. With `whole` reference targets and extensible codes of the base
are kept: that is how a base definition itself is compiled for `$validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from yteso.base.errors import Refused
from yteso.standards.fhir_r4 import CANONICAL, ELEMENTS, RESOURCE_TYPES, STRUCTURES, is_type
from yteso.standards.fhir_r4 import Element as Base
from yteso.validate.profiles.definitions import Definitions, base_type
from yteso.validate.profiles.model import (
    NOTHING,
    Binding,
    Constraint,
    Discriminator,
    Element,
    Limits,
    Profile,
    Rules,
    Slicing,
    Type,
)
from yteso.validate.profiles.rules import UNUSABLE
from yteso.validate.profiles.snapshot import MOST_ELEMENTS, elements_of
from yteso.validate.profiles.tree import Node, tree_of

Json = dict[str, Any]

_INLINE = frozenset({"BackboneElement", "Element"})
_PLAIN = Element("", "")


def compile_profile(definition: Json, definitions: Definitions, *, whole: bool = False) -> Profile:
    """The profile. Refused (FHIR-2421) when its elements cannot be made, are too many or are not those of its type."""
    name, type_ = str(definition.get("name") or definition.get("id") or "?"), str(definition.get("type", ""))
    elements = elements_of(definition, definitions)
    root = tree_of(elements)
    if root is None or len(elements) > MOST_ELEMENTS or not is_type(type_):
        raise Refused(UNUSABLE.at(profile=name, element="snapshot"))
    compiler = _Compiler(_base_keys(type_), whole=whole)
    top = compiler.element(root, root.name, _Place(type_, ""), top=True)
    return Profile(
        url=str(definition.get("url", "")),
        name=name,
        type=type_,
        root=top,
        contexts=_contexts(definition),
        conditions=tuple(one for one in definition.get("contextInvariant") or [] if isinstance(one, str)),
        modifier=type_ == "Extension" and bool(root.data.get("isModifier")),
        parts=compiler.parts,
    )


@lru_cache(maxsize=256)
def _base_keys(type_: str) -> frozenset[tuple[str, str]]:
    """The base's own constraints, told by key and expression: a profile repeats them in its snapshot."""
    return frozenset(
        (constraint["key"], constraint.get("expression", ""))
        for name in _made_of(type_)
        for element in STRUCTURES[name]["snapshot"]["element"]
        for constraint in element.get("constraint", ())
    )


def _made_of(type_: str) -> set[str]:
    """A type, the datatypes it is made of, and theirs."""
    found, waiting = {type_}, [type_]
    while waiting:
        for element in ELEMENTS.get(waiting.pop(), {}).values():
            fresh = {name for name in element.types if is_type(name) and name not in found}
            found |= fresh
            waiting += fresh
    return found


@lru_cache(maxsize=256)
def _base_bindings(owner: str) -> Mapping[str, str]:
    """Path inside a type -> its value set, as the base definition binds it."""
    return {
        element["path"].partition(".")[2]: element["binding"].get("valueSet", "").partition("|")[0]
        for element in STRUCTURES[owner]["snapshot"]["element"]
        if "binding" in element
    }


def _contexts(definition: Json) -> tuple[tuple[str, str], ...]:
    if definition.get("type") != "Extension":
        return ()
    given = [one for one in definition.get("context") or [] if isinstance(one, dict)]
    return tuple((str(one.get("type", "")), str(one.get("expression", ""))) for one in given)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands in the base tables: a type and the path inside it."""

    owner: str
    path: str

    @property
    def base(self) -> Base | None:
        return ELEMENTS.get(self.owner, {}).get(self.path) if self.path else None

    def below(self, name: str, type_: str) -> _Place:
        """The place of a part, given the single type of the element it is a part of."""
        inside = self.path and type_ not in _INLINE and is_type(type_)
        base = self.base
        if base is not None and base.content:
            return _Place(self.owner, f"{base.content}.{name}")
        return _Place(type_, name) if inside else _Place(self.owner, f"{self.path}.{name}" if self.path else name)


class _Compiler:
    def __init__(self, known: frozenset[tuple[str, str]], *, whole: bool) -> None:
        self.known = known
        self.whole = whole
        self.parts: dict[str, Element] = {}

    def element(self, node: Node, label: str, place: _Place, *, top: bool = False) -> Element:
        """The element with all its parts; those that demand nothing are left out."""
        data, base = node.data, place.base
        codes = [str(type_.get("code", "")) for type_ in node.types]
        single = codes[0] if len(set(codes)) == 1 else ""
        choice = node.name.endswith("[x]")
        made = Element(
            label=label,
            name=node.name.removesuffix("[x]") if choice else node.name,
            choice=choice,
            single="" if choice else single,
            least=0 if top else self.least(data, base, node.slice),
            most=None if top else self.most(data, base, node.slice),
            types=() if top else self.types(node, base),
            fixed=_value(data, "fixed"),
            pattern=_value(data, "pattern"),
            binding=self.binding(data, place),
            constraints=self.constraints(data),
            limits=_limits(data),
            children=self.children(node, label, place, single),
            slicing=self.slicing(node, label, place),
            slice=node.slice,
            content=_content(data) if self.whole else "",
        )
        if made.children and not node.slice:
            self.parts[label] = made
        return made

    def children(self, node: Node, label: str, place: _Place, single: str) -> tuple[Element, ...]:
        found = (
            self.element(child, f"{label}.{child.name}", place.below(child.name, single))
            for child in (node.children or {}).values()
        )
        return tuple(element for element in found if self.demands(element))

    def slicing(self, node: Node, label: str, place: _Place) -> Slicing | None:
        given = node.data.get("slicing")
        if not isinstance(given, dict) or not node.slices:
            return None
        whole = label.removesuffix(f":{node.slice}") if node.slice else label
        slices = tuple(self.element(one, f"{whole}:{one.slice}", place) for one in _outermost(node, given))
        rules = cast("Rules", given.get("rules", "open"))
        if rules == "open" and not any(self.demands(one) for one in slices):
            return None
        told = tuple(
            Discriminator(str(one.get("type", "")), str(one.get("path", "")))
            for one in given.get("discriminator") or []
            if isinstance(one, dict)
        )
        return Slicing(told, rules, given.get("ordered") is True, slices)

    def demands(self, element: Element) -> bool:
        """False for an element that says no more than the base."""
        plain = replace(
            _PLAIN, label=element.label, name=element.name, choice=element.choice, single=element.single,
            slice=element.slice, content=element.content,
        )  # fmt: skip
        return element != plain or bool(element.content)

    def least(self, data: Json, base: Base | None, slice_: str) -> int:
        least = data.get("min", 0)
        if not isinstance(least, int) or (base is not None and not slice_ and least <= base.min):
            return 0
        return least

    def most(self, data: Json, base: Base | None, slice_: str) -> int | None:
        text = str(data.get("max", "*"))
        most = int(text) if text.isdigit() and len(text) < 10 else None
        if base is not None and not slice_ and most == base.max:
            return None
        return most

    def types(self, node: Node, base: Base | None) -> tuple[Type, ...]:
        """The types, when they say more than the base: fewer of a choice, a resource's type, profiles, targets."""
        found = tuple(
            Type(
                str(one.get("code", "")),
                _urls(one, "profile"),
                tuple(base_type(url) or url for url in _urls(one, "targetProfile") if base_type(url) != "Resource"),
            )
            for one in node.types
        )
        targets = {target for one in found for target in one.targets}
        if any(one.profiles for one in found) or (targets and (self.whole or not base or targets != set(base.targets))):
            return found
        codes = {one.code for one in found}
        narrowed = node.name.endswith("[x]") or bool(codes & RESOURCE_TYPES)
        return found if narrowed and base is not None and codes != set(base.types) else ()

    def binding(self, data: Json, place: _Place) -> Binding | None:
        given = data.get("binding")
        if not isinstance(given, dict) or given.get("strength") not in ("required", "extensible"):
            return None
        url = str(given.get("valueSet", "")).partition("|")[0]
        base = place.base
        judged = base is not None and base.value_set == url
        if not url or judged or (not self.whole and _base_bindings(place.owner).get(place.path) == url):
            return None
        return Binding(url, given["strength"] == "required")

    def constraints(self, data: Json) -> tuple[Constraint, ...]:
        found = []
        for one in data.get("constraint") or []:
            key, expression = str(one.get("key", "")), str(one.get("expression", ""))
            if expression and (key, expression) not in self.known:
                found.append(Constraint(key, one.get("severity") == "error", str(one.get("human", "")), expression))
        return tuple(found)


def _outermost(node: Node, given: Json) -> Iterator[Node]:
    """The slices of a node that are no slices of a slice: those (`a/b`) stand in theirs (FHIR R4 §5.1.0.12, reslicing).

    They are told apart as their slice says, else as it is told itself.
    """
    for name, one in node.slices.items():
        if any(name.startswith(f"{other}/") for other in node.slices):
            continue
        inner = {other: slice_ for other, slice_ in node.slices.items() if other.startswith(f"{name}/")}
        told = one.data.get("slicing") or {**given, "rules": "open", "ordered": False}
        yield replace(one, slices=inner, data={**one.data, "slicing": told}) if inner else one


def _urls(type_: Json, name: str) -> tuple[str, ...]:
    given = type_.get(name) or []
    urls = tuple(url.partition("|")[0] for url in given if isinstance(url, str))
    return tuple(url for url in urls if not (name == "profile" and url == CANONICAL + str(type_.get("code", ""))))


def _value(data: Mapping[str, Any], prefix: str) -> Any:
    for name, value in data.items():
        if name.startswith(prefix) and name != prefix:
            return value
    return NOTHING


def _limits(data: Json) -> Limits | None:
    made = Limits(data.get("maxLength"), _value(data, "minValue"), _value(data, "maxValue"))
    return made if made != Limits() else None


def _content(data: Json) -> str:
    given = data.get("contentReference")
    return given.rpartition("#")[2] if isinstance(given, str) else ""
