"""A visit's rows -> FHIR R4. Pure. Foreign field names stop here."""

from yteso.exchange.adapters.bhyt.map.visit import (
    DIRECTORY,
    Mapped,
    link,
    map_visit,
    own_resources,
    own_texts,
    provenance,
    provisional_patient_id,
)

__all__ = [
    "DIRECTORY",
    "Mapped",
    "link",
    "map_visit",
    "own_resources",
    "own_texts",
    "provenance",
    "provisional_patient_id",
]
