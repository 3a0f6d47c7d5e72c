"""Codes in words, in the reader's language: kinds of care, diagnoses. One place, so that all pages say the same.

A code and its system in, a name out; empty when the catalogues do not know it. No I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from yteso.terminology.concepts import lookup
from yteso.terminology.systems import ICD10_VN


def name_of(system: str, code: str) -> str:
    """The catalogue's name of a code."""
    concept = lookup(system, code)
    if concept is None:
        return ""
    return concept.en if get_language() == "en" and concept.en else concept.vi


def text_of(concept: Any) -> str:
    """A CodeableConcept (or the first of several) in words: its text, a display, the catalogue's name, its code."""
    if isinstance(concept, list):
        concept = concept[0] if concept else None
    if not isinstance(concept, Mapping):
        return ""
    codings = concept.get("coding", [])
    known = concept.get("text") or next((one["display"] for one in codings if one.get("display")), "")
    named = (name_of(one.get("system", ""), one.get("code", "")) for one in codings)
    return str(known or next(filter(None, named), "") or next((one.get("code", "") for one in codings), ""))


def care_name(code: str) -> str:
    """The name of a MA_LOAI_KCB; the code itself when it is unknown."""
    return name_of("MA_LOAI_KCB", code.zfill(2)) or code


def diagnosis_name(code: str) -> str:
    """The ministry's name of an ICD-10 code; empty when it has none."""
    return name_of(ICD10_VN, code)
