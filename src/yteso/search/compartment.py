"""Which facts put a resource of a type into a compartment (FHIR R4 §2.11): references by these parameters."""

from __future__ import annotations

from yteso.search.facts import references_to
from yteso.search.parameters import parameters_of
from yteso.search.query import Compartment
from yteso.standards.fhir_r4 import COMPARTMENTS


def facts_within(compartment: Compartment, type: str) -> list[str]:
    """Any of these facts; none when resources of the type never belong to such a compartment."""
    parameters = parameters_of(type)
    return [
        fact
        for name in COMPARTMENTS[compartment.type].get(type, ())
        if name in parameters
        for fact in references_to(type, parameters[name], compartment.type, (compartment.id,))
    ]
