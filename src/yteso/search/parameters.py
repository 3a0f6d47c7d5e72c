"""Which search parameters a type has: those of FHIR R4. One place to ask, for index and query alike."""

from __future__ import annotations

from collections.abc import Mapping

from yteso.standards.fhir_r4 import SEARCH_PARAMETERS, SearchParameter


def parameters_of(type: str) -> Mapping[str, SearchParameter]:
    """Name -> parameter. Raises KeyError for a type R4 does not have."""
    return SEARCH_PARAMETERS[type]
