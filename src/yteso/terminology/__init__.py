"""Codes of Việt Nam and of FHIR R4, value sets and maps, with versions, dates in force and two languages."""

from yteso.terminology.code_bundle import code_bundle, coding_of
from yteso.terminology.concepts import UNKNOWN_CODE, Concept, coded, concepts, lookup
from yteso.terminology.protocol import Terminology
from yteso.terminology.systems import CODE_LISTS, ICD10_VN, ICD10_WHO, system_of

__all__ = [
    "CODE_LISTS",
    "ICD10_VN",
    "ICD10_WHO",
    "UNKNOWN_CODE",
    "Concept",
    "Terminology",
    "code_bundle",
    "coded",
    "coding_of",
    "concepts",
    "lookup",
    "system_of",
]
