"""The resource types of R4 and their numbers. A number is stored in every row: never changed, only appended."""

from __future__ import annotations

from collections.abc import Mapping

from yteso.standards.fhir_r4.packed import lines

TYPE_NAME: Mapping[int, str] = {int(number): name for number, name in lines("types.tsv").items()}
"""number -> resource type."""

TYPE_NUMBER: Mapping[str, int] = {name: number for number, name in TYPE_NAME.items()}
"""resource type -> number (1–32767)."""

RESOURCE_TYPES: frozenset[str] = frozenset(TYPE_NUMBER)
"""The names of all concrete resource types."""
