"""The functions of FHIRPath N1 §5 and of FHIR R4 (§2.9), by name. One file per chapter; none does I/O."""

from yteso.fhir.fhirpath.functions import (
    collections,
    conversion,
    existence,
    fhir,
    math,
    strings,
    utility,
)
from yteso.fhir.fhirpath.functions.declare import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "collections",
    "conversion",
    "existence",
    "fhir",
    "math",
    "strings",
    "utility",
]
