"""The invariants that the base definitions state in FHIRPath: key, severity, the standard's words, expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yteso.standards.fhir_r4.packed import Packed


@dataclass(frozen=True, slots=True)
class Invariant:
    """One constraint on an element. `path` is relative to its type, empty for the type itself."""

    type: str
    path: str
    key: str
    error: bool
    human: str
    expression: str


def _invariants(type_: str, rows: list[list[Any]]) -> tuple[Invariant, ...]:
    return tuple(
        Invariant(type_, path, key, bool(error), human, expression) for path, key, error, human, expression in rows
    )


INVARIANTS: Mapping[str, tuple[Invariant, ...]] = Packed("invariants.tsv", _invariants)
"""type -> its invariants; those of every element, extension and resource under `Element`, `Extension`,
`DomainResource`."""
