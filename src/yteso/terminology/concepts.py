"""Look-up of codes. In: a system (URI or BHYT field name) and a code. Out: the concept, or a FHIR Coding of it.

The catalogues are files beside this one, read when first asked for. Nothing here judges whether a code fits a field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import zstandard

from yteso.terminology.systems import CODE_LISTS, ICD10_VN, ICD10_WHO, system_of

UNKNOWN_CODE = "urn:yteso:extension:unknown-code"
"""Extension on a Coding whose system we know and whose code it does not have."""

_HERE = Path(__file__).parent
_ICD10_VERSION = "4469/QĐ-BYT"
_ICD10_SINCE = date(2020, 10, 28)
_MARKS = {
    "d": "dagger",
    "s": "asterisk",
    "m": "not-main",
    "f": "female-only",
    "h": "male-only",
    "n": "newborn-only",
}


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of one version. `flags` (ICD-10): dagger, asterisk, not-main, female-only, male-only, newborn-only."""

    system: str
    code: str
    version: str
    vi: str
    en: str
    since: date
    until: date | None = None
    flags: frozenset[str] = frozenset()

    def in_force(self, on: date) -> bool:
        """True when the code may be used on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


def lookup(system: str, code: str, on: date | None = None) -> Concept | None:
    """The concept, or None when the system is unknown, has no such code, or (with `on`) had none on that day.

    ICD-10 codes are found with or without their dot and their dagger or asterisk (`A970`, `M01.0*`).
    """
    system = system_of(system)
    found = _icd10(code) if system in (ICD10_VN, ICD10_WHO) else _lists().get(system, {}).get(code)
    return found if found is None or on is None or found.in_force(on) else None


def concepts(system: str) -> Mapping[str, Concept]:
    """All concepts of a small list, by code; empty for ICD-10 and for systems we do not have."""
    return _lists().get(system_of(system), {})


def icd10() -> Iterator[Concept]:
    """Every code of the ministry's ICD-10, in the order of the list."""
    return (_icd10_concept(line) for line in _icd10_lines().values())


def coded(system: str, code: str) -> dict[str, Any]:
    """A FHIR Coding: system, version, code and Vietnamese display; an unknown code is kept and flagged.

    Under the international name of ICD-10 no version is given: the one we know is the ministry's.
    """
    system = system_of(system)
    concept = lookup(system, code)
    if concept is None:
        return {"extension": [{"url": UNKNOWN_CODE, "valueBoolean": True}], "system": system, "code": code}
    version = {"version": concept.version} if system == concept.system else {}
    return {"system": system, **version, "code": concept.code, "display": concept.vi}


@lru_cache(maxsize=65536)
def _icd10(code: str) -> Concept | None:
    key = code.strip().rstrip("†*+").replace(".", "").upper()
    line = _icd10_lines().get(key)
    return None if line is None else _icd10_concept(line)


def _icd10_concept(line: str) -> Concept:
    plain, marks, vi, en = line.split("\t")
    flags = frozenset(_MARKS[mark] for mark in marks)
    return Concept(ICD10_VN, plain, _ICD10_VERSION, vi, en, _ICD10_SINCE, None, flags)


@cache
def _icd10_lines() -> Mapping[str, str]:
    text = zstandard.ZstdDecompressor().decompress((_HERE / "icd10_vn.tsv.zst").read_bytes()).decode()
    return {line.partition("\t")[0].replace(".", ""): line for line in text.splitlines() if line[0] != "#"}


@cache
def _lists() -> Mapping[str, Mapping[str, Concept]]:
    found: dict[str, dict[str, Concept]] = {}
    for line in (_HERE / "code_lists.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, code, version, since, until, vi, en = line.split("\t")
        end = date.fromisoformat(until) if until else None
        concept = Concept(CODE_LISTS[name], code, version, vi, en, date.fromisoformat(since), end)
        found.setdefault(CODE_LISTS[name], {})[code] = concept
    return found
