"""Which slice does an item belong to? By discriminators (FHIR R4 §5.1.0.12): value, pattern, exists, type, profile.

In: an item, a slice of the profile and how slices are told apart. Out: True, False, or None when the definition gives
nothing to tell it by. What needs the whole check (a slice told by a profile) is asked of `Judge`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.validate.profiles.items import Item
from yteso.validate.profiles.model import NOTHING, Binding, Discriminator, Element, Profile
from yteso.validate.profiles.paths import reach, steps_of
from yteso.validate.profiles.values import holds, same

Answer = bool | Literal["silent"] | None
"""Whether an item belongs by one discriminator; silent where the slice demands nothing that it could tell."""


class Judge(Protocol):
    """What the check under way can say."""

    def resolve(self, item: Item) -> Item | None:
        """What a reference refers to, when it is at hand."""
        ...

    def known(self, url: str) -> Profile | None:
        """A compiled profile."""
        ...

    def meets(self, item: Item, element: Element) -> bool:
        """Whether the item meets all demands of the element."""
        ...

    def conforms(self, item: Item, url: str) -> bool | None:
        """Whether the item conforms to a profile; None when it is not here."""
        ...

    def has_code(self, item: Item, binding: Binding) -> bool | None:
        """Whether a coded value is in the value set."""
        ...


def belongs(item: Item, slice_: Element, discriminators: Iterable[Discriminator], judge: Judge) -> bool | None:
    """True when every discriminator says so that the slice has a demand for; False when one denies it."""
    told = [_told(item, slice_, one, judge) for one in discriminators]
    answers = [one for one in told if one != "silent"]
    if False in answers:
        return False
    return True if answers and None not in answers else None


def _told(item: Item, slice_: Element, discriminator: Discriminator, judge: Judge) -> Answer:
    if steps_of(discriminator.path) is None:
        return None
    wanted = _demand(slice_, discriminator.path, judge)
    found = reach(item, discriminator.path, judge.resolve)
    match discriminator.kind:
        case "value" | "pattern":
            return _by_value(found, wanted, judge)
        case "exists":
            return _by_presence(found, wanted)
        case "type":
            return _by_type(found, wanted, discriminator.path)
        case "profile":
            return _by_profile(found, wanted, discriminator.path, judge)
        case _:
            return None


def _by_value(found: list[Item], wanted: Element | None, judge: Judge) -> Answer:
    if wanted is None:
        return "silent"
    if wanted.most == 0:
        return not found
    if wanted.fixed is not NOTHING:
        return any(same(one.value, wanted.fixed) for one in found)
    if wanted.pattern is not NOTHING:
        return any(holds(one.value, wanted.pattern) for one in found)
    if wanted.binding is not None and wanted.binding.required:
        answers = [judge.has_code(one, wanted.binding) for one in found]
        return True if True in answers else None if None in answers else False
    if wanted.children or wanted.slicing:
        return any(judge.meets(one, wanted) for one in found)
    return "silent"


def _by_presence(found: list[Item], wanted: Element | None) -> Answer:
    if wanted is None or (wanted.most != 0 and not wanted.least):
        return "silent"
    return bool(found) == (wanted.most != 0)


def _by_type(found: list[Item], wanted: Element | None, path: str) -> Answer:
    if wanted is None:
        return "silent"
    names = {one.code for one in wanted.types}
    if path.endswith("resolve()"):
        names = {target for one in wanted.types for target in one.targets}
    elif not names and wanted.slice and wanted.slice.removeprefix(wanted.name)[:1].isupper():
        names = {wanted.slice.removeprefix(wanted.name)}
    elif not names and wanted.choice and wanted.slicing:
        names = {one.code for slice_ in wanted.slicing.slices for one in slice_.types}
    if not names:
        return "silent"
    return any(one.type in names or _capital(one.type) in names for one in found)


def _by_profile(found: list[Item], wanted: Element | None, path: str, judge: Judge) -> Answer:
    if wanted is None:
        return "silent"
    resolved = path.endswith("resolve()")
    urls = [url for one in wanted.types for url in (one.targets if resolved else one.profiles)]
    if not urls:
        return "silent"
    answers = [one.type == url if url in RESOURCE_TYPES else judge.conforms(one, url) for url in urls for one in found]
    if True in answers:
        return True
    return None if None in answers else False


def _capital(type_: str) -> str:
    return type_[:1].upper() + type_[1:]


def _demand(slice_: Element, path: str, judge: Judge) -> Element | None:
    """What the slice demands at the path; parts that the slice leaves to a profile of its type are looked up there."""
    element: Element | None = slice_
    for step in steps_of(path) or []:
        url, type_, resolves, name = step.groups()
        if element is None or type_ or resolves or step[0] == "$this":
            continue
        within = element if element is slice_ else _certain(element)
        element = _extension(within, url, judge) if url else _part(within, name, judge)
    return element


def _certain(element: Element) -> Element:
    """Where one kind of item must be there, that kind: a code is often told by a slice of its codings."""
    certain = [one for one in element.slicing.slices if one.least] if element.slicing else []
    return certain[0] if len(certain) == 1 else element


def _part(element: Element, name: str, judge: Judge) -> Element | None:
    own = element.child(name)
    if own is not None and own.choice and own.slicing is not None:
        chosen = own.slicing.slices if len(own.slicing.slices) == 1 else (_certain(own),)
        own = chosen[0]
    told = own is not None and (own.fixed is not NOTHING or own.pattern is not NOTHING)
    if own is not None and told and (own.single or own.slice):
        return own
    for type_ in element.types:
        for url in type_.profiles:
            profile = judge.known(url)
            if profile is not None and (found := profile.root.child(name)) is not None:
                return found
    return own


def _extension(element: Element, url: str, judge: Judge) -> Element | None:
    """The slice of extensions with this url, or the one slice of that slice, which demands more."""
    holder = element.child("extension")
    for one in holder.slicing.slices if holder is not None and holder.slicing else ():
        told = _part(one, "url", judge)
        if told is not None and told.fixed == url:
            return one.slicing.slices[0] if one.slicing is not None and len(one.slicing.slices) == 1 else one
    return None
