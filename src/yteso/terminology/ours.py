"""The catalogues of Việt Nam that come with the platform, as code systems: ICD-10, BHYT lists, administrative units.

Names are Vietnamese, with the English one as a designation. What is above what is read from the codes (ICD-10: the
longest beginning that is itself a code); a commune names its province as a property.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from yteso.standards.admin_units import Commune, communes, provinces
from yteso.terminology.code_system import About, CodeSystem, Designation, Entry
from yteso.terminology.concepts import Concept, concepts, icd10
from yteso.terminology.systems import CODE_LISTS, COMMUNES, ICD10_VN, ICD10_WHO, PROVINCES

_UNITS_VERSION = "19/2025/QĐ-TTg"
_PROVINCE = {"code": "province", "type": "code"}
_MARKS = ("dagger", "asterisk", "not-main", "female-only", "male-only", "newborn-only")


@cache
def our_code_system(url: str) -> CodeSystem | None:
    """The code system of that url; None when it is not one of ours."""
    if url in (ICD10_VN, ICD10_WHO):
        return _icd10(url)
    if url == PROVINCES:
        about = About(url, _UNITS_VERSION, "VNProvinces", "Tỉnh, thành phố", "vi")
        return CodeSystem(about, (Entry(one.code, one.name) for one in provinces().values()))
    if url == COMMUNES:
        about = About(url, _UNITS_VERSION, "VNCommunes", "Xã, phường, đặc khu", "vi", properties=(_PROVINCE,))
        return CodeSystem(about, (_commune(one) for one in communes().values()))
    if url in _FIELDS:
        found = concepts(url)
        return CodeSystem(_about_list(url, found), (_entry(concept) for concept in found.values()))
    return None


_FIELDS: Mapping[str, str] = {system: field for field, system in CODE_LISTS.items()}

OUR_URLS = (ICD10_VN, ICD10_WHO, PROVINCES, COMMUNES, *_FIELDS)
"""Every system that `our_code_system` knows."""


def _about_list(url: str, found: Mapping[str, Concept]) -> About:
    """The version of a list is that of its newest decision."""
    newest = max(found.values(), key=lambda concept: concept.since)
    properties = tuple({"code": code, "type": "dateTime"} for code in ("effectiveDate", "retirementDate"))
    versions = frozenset(concept.version for concept in found.values())
    return About(url, newest.version, _FIELDS[url], _FIELDS[url], "vi", properties=properties, amended=versions)


def _icd10(url: str) -> CodeSystem:
    """The international name knows more codes than the ministry's list: what is not here is not thereby wrong."""
    found = list(icd10())
    codes = {concept.code for concept in found}
    own = url == ICD10_VN
    about = About(
        url=url,
        version=found[0].version if own else "",
        name="ICD10VN" if own else "ICD10",
        title="ICD-10",
        language="vi",
        content="complete" if own else "fragment",
        hierarchy="is-a",
        properties=tuple({"code": mark, "type": "boolean"} for mark in _MARKS),
    )
    return CodeSystem(about, (_entry(concept, _above(concept.code, codes)) for concept in found))


def _above(code: str, codes: set[str]) -> tuple[str, ...]:
    shorter = (code[:end].rstrip(".") for end in range(len(code) - 1, 2, -1))
    return next(((one,) for one in shorter if one in codes), ())


def _entry(concept: Concept, parents: tuple[str, ...] = ()) -> Entry:
    properties: list[tuple[str, str, object]] = [(flag, "valueBoolean", True) for flag in sorted(concept.flags)]
    if concept.until:
        properties.append(("effectiveDate", "valueDateTime", concept.since.isoformat()))
        properties.append(("retirementDate", "valueDateTime", concept.until.isoformat()))
    english = (Designation(concept.en, "en"),) if concept.en else ()
    return Entry(concept.code, concept.vi, "", parents, english, tuple(properties))


def _commune(one: Commune) -> Entry:
    return Entry(one.code, one.name, properties=(("province", "valueCode", one.province.code),))
