"""A compiled profile: only what the base does not already say, as small frozen values that `check` walks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Rules = Literal["open", "closed", "openAtEnd"]
NOTHING: Any = object()
"""No fixed value, no pattern: null could be one."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type an element may have; `profiles` its value must meet one of, `targets` a reference may point to."""

    code: str
    profiles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binding:
    """A value set, and whether a code outside of it is an error (required) or a warning (extensible)."""

    value_set: str
    required: bool


@dataclass(frozen=True, slots=True)
class Constraint:
    """An invariant of the profile; `human` is the definition's own text."""

    key: str
    error: bool
    human: str
    expression: str


@dataclass(frozen=True, slots=True)
class Discriminator:
    """How the slices of a list are told apart: by value, pattern, exists, type or profile at a path."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Slicing:
    """The slices of an element in their order."""

    discriminators: tuple[Discriminator, ...]
    rules: Rules
    ordered: bool
    slices: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """maxLength, minValue[x] and maxValue[x]."""

    length: int | None = None
    least: Any = NOTHING
    most: Any = NOTHING


@dataclass(frozen=True, slots=True)
class Element:
    """One element's own demands. `name` is its JSON name; of a choice the part before the type.

    `types` is empty when any type of the base will do; `single` is the type of an element that is no choice. `least`
    and `most` tell the cardinality (None: as the base has it). `content` names the element whose parts this one has,
    in a base definition: what a profile demands of those is not demanded at every depth.
    """

    label: str
    name: str
    choice: bool = False
    single: str = ""
    least: int = 0
    most: int | None = None
    types: tuple[Type, ...] = ()
    fixed: Any = NOTHING
    pattern: Any = NOTHING
    binding: Binding | None = None
    constraints: tuple[Constraint, ...] = ()
    limits: Limits | None = None
    children: tuple[Element, ...] = ()
    slicing: Slicing | None = None
    slice: str = ""
    content: str = ""

    def child(self, name: str) -> Element | None:
        """The part with this JSON name (a choice by its full or its short name)."""
        for one in self.children:
            if one.name == name or (one.choice and name == f"{one.name}[x]"):
                return one
        return None


@dataclass(frozen=True, slots=True)
class Profile:
    """A compiled StructureDefinition. `contexts`, `conditions` (contextInvariant) and `modifier` belong to extensions:
    where they may stand."""

    url: str
    name: str
    type: str
    root: Element
    contexts: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()
    modifier: bool = False
    parts: Mapping[str, Element] = field(default_factory=dict)
    """The elements that `Element.content` names, by their path."""
