"""A resource against compiled profiles -> numbered issues (FHIR-24xx), each with its place. Pure.

Walks the demands of the profile, not the resource: what no profile speaks of costs nothing. Bounded whatever the
definitions say: steps are counted, a profile is never entered twice at the same value. Texts hold names of the
definition, never a value of the resource.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from yteso.base.issue import Issue, Origin, Rule
from yteso.fhir.fhirpath import Surroundings
from yteso.fhir.reference import parse
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.validate.profiles import rules
from yteso.validate.profiles.bindings import codes_in
from yteso.validate.profiles.definitions import base_type
from yteso.validate.profiles.invariants import holds_on
from yteso.validate.profiles.items import Item, items_of
from yteso.validate.profiles.library import Library
from yteso.validate.profiles.model import NOTHING, Binding, Constraint, Element, Profile, Slicing, Type
from yteso.validate.profiles.slices import belongs
from yteso.validate.profiles.values import holds, same, within

Json = dict[str, Any]

MOST_STEPS = 500_000
"""Elements looked at in one check, the tries of slices and of several profiles included."""
MOST_INVARIANTS = 20_000
"""Expressions evaluated in one check."""
_ANY_RESOURCE = frozenset({"Resource", "DomainResource"})
_REFERRING = frozenset({"Reference", "canonical"})


class Codes(Protocol):
    """What is asked about codes; `terminology` answers."""

    def contains(self, value_set: str, system: str, code: str) -> bool | None:
        """Whether the code is in the value set (an empty system: in any of its systems); None: it cannot be said."""
        ...


class NoCodes:
    """Nothing is known of any value set."""

    def contains(self, value_set: str, system: str, code: str) -> bool | None:  # noqa: ARG002 -- the contract's names
        """See `Codes`."""
        return None


@dataclass(slots=True)
class Budget:
    """What one check may still cost, shared by all resources of a bundle."""

    steps: int = MOST_STEPS
    invariants: int = MOST_INVARIANTS

    @property
    def spent(self) -> bool:
        """True when a bound was reached: nothing more is looked at."""
        return self.steps <= 0 or self.invariants <= 0


class Check:
    """One resource under way through its profiles; `issues` collects what was found.

    `around` holds the resources a reference may mean, by the text of the reference.
    """

    def __init__(
        self, resource: Json, library: Library, codes: Codes, *, around: Mapping[str, Json], budget: Budget
    ) -> None:
        self.resource = resource
        self.library = library
        self.codes = codes
        self.issues: list[Issue] = []
        self.budget = budget
        self._around = around
        self.surroundings = Surroundings(
            member_of=lambda value, url: self.has_code(Item(value, None, "", ""), Binding(url, required=True)),
            conforms_to=lambda value, url: (
                self.conforms(Item(value, None, str(value.get("resourceType", "")), ""), url)
                if isinstance(value, dict)
                else None
            ),
            resolve=around.get,
        )
        self._active: set[tuple[str, int]] = set()
        self._told: set[tuple[str, str]] = set()

    def against(self, url: str, item: Item, *, whole: bool = False) -> None:
        """Judge the item by the profile of this address."""
        profile = self.library.profile(url, whole=whole)
        if profile is None:
            self.tell(rules.UNKNOWN_PROFILE, item.place, once=url)
        elif isinstance(profile, Issue):
            self.tell_issue(profile, item.place, once=url)
        elif item.type and profile.type not in (item.type, *_ANY_RESOURCE) and item.type not in _ANY_RESOURCE:
            self.tell(rules.OTHER_TYPE, item.place, profile=profile.name, type=profile.type)
        elif (url, id(item.value)) not in self._active:
            self._active.add((url, id(item.value)))
            self.element(profile.root, item, profile)
            self._active.discard((url, id(item.value)))

    def element(self, element: Element, item: Item, profile: Profile) -> None:
        """Judge one occurrence of an element and, below it, its parts."""
        self.budget.steps -= 1
        if self.budget.spent:
            return
        names = {"element": element.label, "profile": profile.name}
        if element.types and not self._types(element, item, names):
            return
        if element.fixed is not NOTHING and not same(item.value, element.fixed):
            self.tell(rules.FIXED, item.place, **names)
        if element.pattern is not NOTHING and not holds(item.value, element.pattern):
            self.tell(rules.PATTERN, item.place, **names)
        if element.limits is not None:
            self._limits(element, item, names)
        if element.binding is not None:
            self._binding(element.binding, item, names)
        for constraint in element.constraints:
            self._constraint(constraint, item, profile)
        for part in self._parts(element, profile):
            self.listed(part, items_of(part, item), item, profile)

    def listed(self, element: Element, items: list[Item], parent: Item, profile: Profile) -> None:
        """Judge all occurrences of an element: how many, each by itself, and by slices."""
        self._count(element, items, parent, profile)
        for item in items:
            self.element(element, item, profile)
        if element.slicing is not None:
            self._slices(element, element.slicing, items, parent, profile)

    # -- what one occurrence is ---------------------------------------------------------------------------------------

    def _types(self, element: Element, item: Item, names: dict[str, str]) -> bool:
        """Type, profiles of the type, target of a reference. False when the type is wrong: the rest would be noise."""
        fitting = [one for one in element.types if _fits(one, item)]
        if not fitting:
            self.tell(rules.TYPE, item.place, types=_listed(one.code for one in element.types), **names)
            return False
        profiles = list(dict.fromkeys(url for one in fitting for url in one.profiles))
        if len(profiles) == 1:
            self.against(profiles[0], item)
        elif profiles and not any(self.conforms(item, url) is not False for url in profiles):
            self.tell(rules.NO_PROFILE_FITS, item.place, element=names["element"], profiles=_listed(profiles))
        targets = {target for one in fitting for target in one.targets}
        if targets and item.type in _REFERRING:
            self._target(targets, item, names)
        return True

    def _target(self, targets: set[str], item: Item, names: dict[str, str]) -> None:
        kind = self._target_type(item)
        allowed = {name for url in targets if (name := self._type_of(url))}
        if kind and len(allowed) and None not in map(self._type_of, targets) and kind not in allowed:
            self.tell(rules.TARGET, item.place, element=names["element"], types=_listed(sorted(allowed)))

    def _type_of(self, url: str) -> str | None:
        """The resource type that a target profile is for; None when the profile is not here."""
        if url in RESOURCE_TYPES:
            return url
        profile = self.library.profile(url)
        return profile.type if isinstance(profile, Profile) else None

    def _target_type(self, item: Item) -> str:
        """The type of what is referred to; empty when nothing tells it."""
        if not isinstance(item.value, dict):
            return ""
        resolved = self.resolve(item)
        if resolved is not None:
            return resolved.type
        text, stated = item.value.get("reference"), item.value.get("type")
        told = parse(text).type if isinstance(text, str) else ""
        return told or (base_type(stated) if isinstance(stated, str) else "")

    def _limits(self, element: Element, item: Item, names: dict[str, str]) -> None:
        limits = element.limits
        assert limits is not None
        if limits.length is not None and isinstance(item.value, str) and len(item.value) > limits.length:
            self.tell(rules.TOO_LONG, item.place, element=element.label, limit=limits.length)
        if item.value is not None and not within(item.value, limits):
            self.tell(rules.OUT_OF_LIMITS, item.place, **names)

    def _binding(self, binding: Binding, item: Item, names: dict[str, str]) -> None:
        answer = self.has_code(item, binding)
        if answer is None:
            self.tell(
                rules.VALUE_SET_UNKNOWN, item.place, once=binding.value_set, value_set=binding.value_set,
                element=names["element"],
            )  # fmt: skip
        elif not answer:
            rule = rules.NOT_IN_VALUE_SET if binding.required else rules.NOT_IN_EXTENSIBLE
            self.tell(rule, item.place, element=names["element"], value_set=binding.value_set)

    def _constraint(self, constraint: Constraint, item: Item, profile: Profile) -> None:
        self.budget.invariants -= 1
        if self.budget.spent:
            return
        own = constraint in profile.root.constraints
        answer = holds_on(
            constraint.expression, item, *self._resources(item if own else item.parent), self.surroundings
        )
        named = {"key": constraint.key, "profile": profile.name}
        if answer is None:
            self.tell(rules.NOT_EVALUATED, item.place, once=f"{profile.url}#{constraint.key}", **named)
        elif not answer:
            rule = rules.INVARIANT if constraint.error else rules.ADVICE
            self.tell(rule, item.place, human=constraint.human, **named)

    def _resources(self, item: Item | None) -> tuple[Item, Item]:
        """`%resource` and `%rootResource` at an item: the resource it is or stands in, and what contains that one."""
        while item is not None and not (isinstance(item.value, dict) and "resourceType" in item.value):
            item = item.parent
        if item is None:
            item = Item(self.resource, None, str(self.resource.get("resourceType", "")), "")
        holder = item.parent
        return (item, holder) if holder is not None and item.name == "contained" else (item, item)

    def _parts(self, element: Element, profile: Profile) -> tuple[Element, ...]:
        if not element.content:
            return element.children
        named = profile.parts.get(element.content)
        return named.children if named is not None else ()

    # -- how many, and which slice ------------------------------------------------------------------------------------

    def _count(self, element: Element, items: list[Item], parent: Item, profile: Profile) -> None:
        found, most = len(items), element.most
        if found >= element.least and (most is None or found <= most):
            return
        place = items[most].place if most is not None and found > most else f"{parent.place}.{element.name}"
        names = {"element": element.label, "profile": profile.name}
        if found < element.least:
            self.tell(rules.TOO_FEW, place, least=element.least, found=found, **names)
        elif most == 0:
            self.tell(rules.FORBIDDEN, place, **names)
        else:
            self.tell(rules.TOO_MANY, place, most=most, found=found, **names)

    def _slices(self, element: Element, slicing: Slicing, items: list[Item], parent: Item, profile: Profile) -> None:
        members: dict[str, list[Item]] = {one.slice: [] for one in slicing.slices}
        order: list[int] = []
        last = len(slicing.slices)
        for item in items:
            place = self._slice_of(item, slicing, profile)
            order.append(last if place is None else place)
            if place is not None:
                members[slicing.slices[place].slice].append(item)
            elif slicing.rules == "closed":
                self.tell(rules.NO_SLICE, item.place, **self._about(element, slicing, profile))
        misplaced = _first_misplaced(order, last, slicing)
        if misplaced is not None:
            self.tell(rules.SLICE_ORDER, items[misplaced].place, **self._about(element, slicing, profile))
        for one in slicing.slices:
            self._count(one, members[one.slice], parent, profile)
            for item in members[one.slice]:
                self.element(one, item, profile)
            if one.slicing is not None:
                self._slices(one, one.slicing, members[one.slice], parent, profile)

    def _slice_of(self, item: Item, slicing: Slicing, profile: Profile) -> int | None:
        for place, one in enumerate(slicing.slices):
            self.budget.steps -= 1
            if self.budget.spent:
                return None
            answer = belongs(item, one, slicing.discriminators, self)
            if answer:
                return place
            if answer is None:
                self.tell(
                    rules.SLICE_UNDECIDED, item.place, once=f"{profile.url}#{one.label}", element=one.label,
                    profile=profile.name,
                )  # fmt: skip
        return None

    def _about(self, element: Element, slicing: Slicing, profile: Profile) -> dict[str, str]:
        return {
            "element": element.label,
            "profile": profile.name,
            "slices": _listed(one.slice for one in slicing.slices),
        }

    # -- what slices ask (`slices.Judge`) -----------------------------------------------------------------------------

    def resolve(self, item: Item) -> Item | None:
        """A contained resource, or an entry of the bundle that is being judged."""
        text = item.value.get("reference") if isinstance(item.value, dict) else item.value
        if not isinstance(text, str):
            return None
        found = self._contained(text[1:]) if text.startswith("#") else self._around.get(text)
        return Item(found, None, str(found.get("resourceType", "")), item.place) if found is not None else None

    def _contained(self, id: str) -> Json | None:
        contained = self.resource.get("contained")
        inside = contained if isinstance(contained, list) else []
        return next((one for one in inside if isinstance(one, dict) and one.get("id") == id), None)

    def known(self, url: str) -> Profile | None:
        """See `slices.Judge`."""
        found = self.library.profile(url)
        return found if isinstance(found, Profile) else None

    def meets(self, item: Item, element: Element) -> bool:
        """See `slices.Judge`."""
        with self._aside() as found:
            self.element(element, item, _NO_PROFILE)
        return not any(issue.blocks for issue in found)

    def conforms(self, item: Item, url: str) -> bool | None:
        """See `slices.Judge`."""
        if self.known(url) is None:
            return None
        with self._aside() as found:
            self.against(url, item)
        return not any(issue.blocks for issue in found)

    def has_code(self, item: Item, binding: Binding) -> bool | None:
        """See `slices.Judge`."""
        return codes_in(item, binding, self.codes.contains)

    @contextmanager
    def _aside(self) -> Iterator[list[Issue]]:
        """What is found inside the block goes into a list of its own."""
        kept, told = self.issues, self._told
        self.issues, self._told = [], set()
        try:
            yield self.issues
        finally:
            self.issues, self._told = kept, told

    # -- telling ------------------------------------------------------------------------------------------------------

    def tell(self, rule: Rule, place: str, /, *, once: str = "", **names: object) -> None:
        """One issue of this rule; with `once` no second one of the same key."""
        if once and (rule.code, once) in self._told:
            return
        self._told.add((rule.code, once))
        self.issues.append(rule.at(Origin(field=place), **names))

    def tell_issue(self, issue: Issue, place: str, *, once: str) -> None:
        """An issue made elsewhere, at this place."""
        if (issue.code, once) not in self._told:
            self._told.add((issue.code, once))
            self.issues.append(replace(issue, origin=Origin(field=place)))


_NO_PROFILE = Profile("", "slice", "", Element("", ""))


def _fits(type_: Type, item: Item) -> bool:
    return not item.type or item.type == type_.code or type_.code in _ANY_RESOURCE or not _comparable(type_.code, item)


def _comparable(code: str, item: Item) -> bool:
    """Backbone elements and names like `Element` say nothing about a value's type."""
    return code not in ("Element", "BackboneElement", "") and (code[:1].isupper() or item.value is not None)


def _first_misplaced(order: list[int], last: int, slicing: Slicing) -> int | None:
    """The first item that stands before one it should follow."""
    highest = -1
    for index, place in enumerate(order):
        known = place if slicing.ordered else (0 if place < last else last)
        if slicing.rules != "openAtEnd" and place == last:
            continue
        if (slicing.ordered or slicing.rules == "openAtEnd") and known < highest:
            return index
        highest = max(highest, known)
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
