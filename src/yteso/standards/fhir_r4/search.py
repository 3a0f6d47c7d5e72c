"""The search parameters of every resource type, their expressions already resolved to JSON paths.

Left out (listed with the reason in `search_left_out.tsv`) is what has no expression; `_text` and `_content` have no
element to read and are answered apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from yteso.standards.fhir_r4.packed import Packed

Kind = Literal["token", "string", "date", "reference", "number", "quantity", "uri", "composite", "special"]


@dataclass(frozen=True, slots=True)
class Path:
    """JSON property names from the resource to a value of datatype `type`; choices are resolved (`valueQuantity`).

    `many[i]` tells whether step i is an array. `where`: (i, name, value) keeps only those elements reached by the first
    i steps whose child `name` equals `value` (`telecom.where(system='phone')` is `(1, "system", "phone")`); the name
    `[0]` keeps the first element only, `extension()` those with an extension of this url.
    `targets`: only references to these types (`.where(resolve() is Patient)`); empty: any.
    """

    steps: tuple[str, ...]
    many: tuple[bool, ...]
    type: str
    where: tuple[tuple[int, str, str], ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a composite parameter. `paths[c]` are its full paths from the resource within context c."""

    name: str
    kind: Kind
    paths: tuple[tuple[Path, ...], ...]


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """One parameter of one type.

    `targets`: the types a reference may point to. `absent`: the token to index when none of the paths has a value
    (`Patient.deceased`: "false"; a present `deceasedDateTime` means "true"). A composite has `components`, and its
    `paths` are the contexts (type ""; no steps: the resource itself) within which the components must hold together.
    """

    name: str
    kind: Kind
    paths: tuple[Path, ...]
    targets: tuple[str, ...] = ()
    expression: str = ""
    absent: str = ""
    components: tuple[Component, ...] = ()


def _path(packed: list[Any]) -> Path:
    steps, many, type_, where, targets = packed
    return Path(
        tuple(steps), tuple(bool(m) for m in many), type_, tuple((i, n, v) for i, n, v in where), tuple(targets)
    )


def _parameters(type_: str, packed: Mapping[str, list[Any]]) -> Mapping[str, SearchParameter]:
    common = {} if type_ == "Resource" else SEARCH_PARAMETERS["Resource"]
    return {**common, **{name: _parameter(name, document) for name, document in packed.items()}}


def _parameter(name: str, packed: list[Any]) -> SearchParameter:
    kind, targets, expression, paths, absent, components = packed
    return SearchParameter(
        name=name,
        kind=cast("Kind", kind),
        paths=tuple(_path(path) for path in paths),
        targets=tuple(targets),
        expression=expression,
        absent=absent,
        components=tuple(
            Component(part, cast("Kind", part_kind), tuple(tuple(_path(p) for p in context) for context in contexts))
            for part, part_kind, contexts in components
        ),
    )


SEARCH_PARAMETERS: Mapping[str, Mapping[str, SearchParameter]] = Packed("search.tsv", _parameters)
"""type -> name -> parameter; "Resource" holds those that every type has (`_id`, `_lastUpdated`, `_profile`, …)."""

DEFINED_AT = "http://hl7.org/fhir/SearchParameter/"


def definition_of(type: str, name: str) -> str:
    """The canonical url of the SearchParameter of the standard that defines a parameter; empty when none does."""
    for base in (type, "Resource"):
        if own := _DEFINITIONS[base].get(name):
            return DEFINED_AT + own
    return ""


_DEFINITIONS: Mapping[str, Mapping[str, str]] = Packed("search_definitions.tsv", lambda _, names: names)

COMPARTMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = Packed(
    "compartments.tsv", lambda _, types: {type_: tuple(names) for type_, names in types.items()}
)
"""compartment -> type -> the reference parameters by which a resource belongs to it. `{def}` is the resource itself."""
