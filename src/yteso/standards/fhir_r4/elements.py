"""The elements of every resource type and datatype: types, cardinality, required codes, reference targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from yteso.standards.fhir_r4.packed import Packed


@dataclass(frozen=True, slots=True)
class Element:
    """One element. `path` is relative to its type (`contact.name`, `value[x]`); `max` None is unbounded.

    `value_set`: canonical url of a required binding whose codes are known, else "". `targets`: types a Reference may
    point to, empty for any. `content`: path of the element whose children this one has too (`item` in `item.item`).
    """

    path: str
    types: tuple[str, ...]
    min: int
    max: int | None
    value_set: str
    targets: tuple[str, ...]
    content: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """The path without its last part; empty at the top."""
        return self.path.rpartition(".")[0]

    @property
    def json_names(self) -> Mapping[str, str]:
        """JSON property name -> datatype; one entry, or one per type of a choice."""
        if self.name.endswith("[x]"):
            return {self.name[:-3] + type_[0].upper() + type_[1:]: type_ for type_ in self.types}
        return {self.name: self.types[0] if self.types else ""}


def _elements(_: str, rows: list[list[Any]]) -> Mapping[str, Element]:
    return {
        path: Element(path, tuple(types), least, most or None, value_set, tuple(targets), content)
        for path, types, least, most, value_set, targets, content in rows
    }


ELEMENTS: Mapping[str, Mapping[str, Element]] = Packed("elements.tsv", _elements)
"""resource type or datatype -> path -> element, in the order of the standard."""

SUMMARIES: Mapping[str, frozenset[str]] = Packed("summaries.tsv", lambda _, paths: frozenset(cast("list[str]", paths)))
"""resource type -> the paths of its elements that `_summary=true` keeps."""

PRIMITIVES: Mapping[str, str] = Packed("primitives.tsv", lambda _, regex: cast("str", regex))
"""primitive type -> the regular expression its JSON text must match as a whole (empty: none)."""

_VALUE_SETS: Mapping[str, Mapping[str, frozenset[str]]] = Packed(
    "value_sets.tsv",
    lambda _, systems: {system: frozenset(codes) for system, codes in cast("dict[str, list[str]]", systems).items()},
)


def value_set_codes(url: str) -> Mapping[str, frozenset[str]]:
    """system -> codes of a required value set. KeyError for a value set that no element requires."""
    return _VALUE_SETS[url]
