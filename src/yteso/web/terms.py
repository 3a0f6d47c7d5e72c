"""Codes in words, in the reader's language: kinds of care, diagnoses, doses. One place, so that all pages say the same.

A code and its system in, a name out; empty when the catalogues do not know it. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from yteso.terminology.concepts import lookup
from yteso.terminology.systems import ICD10_VN

_DOSE = re.compile(
    r"(?P<dose>[\d.,/]+ ?[^*/\[\]]{1,30}?) ?/ ?lần ?\* ?(?P<times>\d{1,2}) ?lần ?/ ?ngày ?\* ?(?P<days>\d{1,3}) ?ngày"
    r"(?: ?\[[^\]]*\])?"
)


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


def dose_text(text: str) -> str:
    """A dose in the form of LIEU_DUNG, in words; any other text stays as it is.

    QĐ 4750 writes `1 viên/lần * 2 lần/ngày * 5 ngày [2 viên/ngày]`; the sum in brackets says nothing new.
    """
    found = _DOSE.fullmatch(text.strip())
    if not found:
        return text
    said = found.groupdict()
    times = ngettext("%(times)s lần mỗi ngày", "%(times)s lần mỗi ngày", int(said["times"])) % said
    days = ngettext("trong %(days)s ngày", "trong %(days)s ngày", int(said["days"])) % said
    return gettext("%(dose)s mỗi lần, %(times)s, %(days)s") % {"dose": said["dose"], "times": times, "days": days}


def care_name(code: str) -> str:
    """The name of a MA_LOAI_KCB; the code itself when it is unknown."""
    return name_of("MA_LOAI_KCB", code.zfill(2)) or code


def diagnosis_name(code: str) -> str:
    """The ministry's name of an ICD-10 code; empty when it has none."""
    return name_of(ICD10_VN, code)
