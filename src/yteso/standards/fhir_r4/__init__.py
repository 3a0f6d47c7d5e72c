"""FHIR R4 (4.0.1) as tables: types, elements, codes, invariants, search parameters with their paths, compartments.

Every table is read from a generated file beside this one when it is first asked for.
"""

from yteso.standards.fhir_r4.elements import ELEMENTS, PRIMITIVES, SUMMARIES, Element, value_set_codes
from yteso.standards.fhir_r4.invariants import INVARIANTS, Invariant
from yteso.standards.fhir_r4.search import (
    COMPARTMENTS,
    SEARCH_PARAMETERS,
    Component,
    Path,
    SearchParameter,
    definition_of,
)
from yteso.standards.fhir_r4.structures import CANONICAL, STRUCTURES, is_type
from yteso.standards.fhir_r4.types import RESOURCE_TYPES, TYPE_NAME, TYPE_NUMBER

__all__ = [
    "CANONICAL",
    "COMPARTMENTS",
    "ELEMENTS",
    "INVARIANTS",
    "PRIMITIVES",
    "RESOURCE_TYPES",
    "SEARCH_PARAMETERS",
    "STRUCTURES",
    "SUMMARIES",
    "TYPE_NAME",
    "TYPE_NUMBER",
    "Component",
    "Element",
    "Invariant",
    "Path",
    "SearchParameter",
    "definition_of",
    "is_type",
    "value_set_codes",
]
