"""What the platform brings with it: the definitions of R4 and the catalogues of Việt Nam."""

from __future__ import annotations

import pytest

from yteso.base.errors import Refused
from yteso.standards.fhir_r4 import ELEMENTS, value_set_codes
from yteso.standards.fhir_r4.codes import official_urls
from yteso.terminology import CODE_LISTS, ICD10_VN, ICD10_WHO, coded
from yteso.terminology.builtin import TERMINOLOGY
from yteso.terminology.code_system import About, CodeSystem, Designation, Entry
from yteso.terminology.look_up import all_names
from yteso.terminology.ours import OUR_URLS
from yteso.terminology.read_code_system import read_code_system
from yteso.terminology.systems import COMMUNES, PROVINCES
from yteso.terminology.validation import Coded, Judge
from yteso.terminology.vn_core import vn_core_package

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def test_every_official_value_set_expands_unless_its_content_is_elsewhere():
    reasons: dict[str, int] = {}
    for url in official_urls("ValueSet"):
        try:
            _ = TERMINOLOGY.value_set(url).members
        except Refused as refused:
            code = refused.issues[0].code
            reasons[code] = reasons.get(code, 0) + 1
    assert reasons == {"TERM-0103": 93, "TERM-0101": 1, "TERM-0106": 1}
    assert len(official_urls("ValueSet")) == 1316


def test_the_codes_that_structure_is_checked_with_are_the_same():
    bound = {e.value_set for elements in ELEMENTS.values() for e in elements.values() if e.value_set}
    assert len(bound) > 150
    for url in bound:
        told = {system: frozenset(codes) for system, codes in value_set_codes(url).items()}
        assert TERMINOLOGY.expand(url) == told, url


def test_v3_codes_stand_below_each_other():
    assert "IMP" in TERMINOLOGY.descendants(ACT_CODE, "_ActEncounterCode")
    assert "_ActEncounterCode" in TERMINOLOGY.ancestors(ACT_CODE, "ACUTE")
    assert TERMINOLOGY.contains("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", ACT_CODE, "IMP") is True
    assert TERMINOLOGY.contains("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", ACT_CODE, "OSTOMY") is False


def test_icd10_has_vietnamese_names_and_a_hierarchy():
    assert TERMINOLOGY.display(ICD10_VN, "A00", "en") == "Cholera"
    assert TERMINOLOGY.display(ICD10_VN, "A00") == "Bệnh tả"
    assert TERMINOLOGY.descendants(ICD10_VN, "A97") >= {"A97", "A97.0", "A97.9"}
    assert TERMINOLOGY.ancestors(ICD10_VN, "M01.00") == {"M01.00", "M01.0", "M01"}
    below = f"{ICD10_VN}?fhir_vs=isa/A97"
    assert TERMINOLOGY.contains(below, ICD10_VN, "A97.2") is True
    assert TERMINOLOGY.contains(below, ICD10_VN, "A90") is False
    assert TERMINOLOGY.contains(f"{ICD10_VN}?fhir_vs", ICD10_VN, "X99.99") is False


def test_the_international_icd10_may_have_codes_that_the_ministry_does_not_list():
    assert TERMINOLOGY.knows(ICD10_WHO, "A97.0") is True
    assert TERMINOLOGY.knows(ICD10_WHO, "X99.99") is None


def test_communes_name_their_province():
    communes = TERMINOLOGY.code_system(COMMUNES)
    assert len(communes) == 3321
    assert len(TERMINOLOGY.code_system(PROVINCES)) == 34
    assert all(TERMINOLOGY.knows(PROVINCES, entry.values("province")[0]) for entry in communes.entries)


def test_every_catalogue_of_ours_can_be_listed():
    assert set(CODE_LISTS.values()) < set(OUR_URLS)
    for url in OUR_URLS:
        assert len(TERMINOLOGY.code_system(url)) > 1, url


@pytest.mark.parametrize("system", ["http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"])
def test_of_a_system_whose_content_is_not_here_nothing_is_said(system):
    assert TERMINOLOGY.knows(system, "1234-5") is None
    assert TERMINOLOGY.descendants(system, "1234-5") is None
    assert TERMINOLOGY.contains(f"{system}?fhir_vs", system, "1234-5") is None


VISIT_TYPES = "http://fhir.hl7.org.vn/core/CodeSystem/vn-patient-visit-type-cs"


def test_a_list_that_decisions_amend_is_found_under_each_of_their_numbers():
    lists = TERMINOLOGY.code_system(VISIT_TYPES)
    assert TERMINOLOGY.code_system(f"{VISIT_TYPES}|824/QĐ-BYT") is lists
    assert TERMINOLOGY.code_system(f"{VISIT_TYPES}|1/QĐ-BYT") is None
    coding = Coded.of(coded("MA_DOITUONG_KCB", "1.8"))
    assert coding.version == "824/QĐ-BYT"
    assert Judge(TERMINOLOGY, "2025-01-01").in_system(lists, coding).result


def test_the_same_list_in_the_package_of_vn_core_knows_the_same_days():
    in_package = next(one for one in vn_core_package().resources if one.get("url") == VISIT_TYPES)
    copy, ours = read_code_system(in_package), TERMINOLOGY.code_system(VISIT_TYPES)
    for day in ("2023-02-15", "2025-10-16", "2025-10-17"):
        told = [{one.code for one in system.entries if one.in_force(day)} for system in (copy, ours)]
        assert told[0] == told[1]
    assert not copy.get("1.8").in_force("2025-10-17")


@pytest.mark.parametrize(
    ("name", "told", "first", "last"),
    [
        ("retirementDate", "2026-11-26", None, "2026-11-26"),
        ("retirementDate", "2026-11-26T18:30:00Z", None, "2026-11-27"),
        ("retirementDate", "2026", None, "2026-12-31"),
        ("effectiveDate", "2026-12-31T18:30:00Z", "2027-01-01", None),
        ("effectiveDate", "2027-01", "2027-01-01", None),
    ],
)
def test_a_code_is_in_force_on_whole_days_of_vietnam(name, told, first, last):
    entry = Entry("a", properties=((name, "valueDateTime", told),))
    days = [f"{year}-{month}-{day}" for year in (2026, 2027) for month in ("01", "11", "12") for day in (26, 27, 31)]
    days.append("2027-01-01")
    assert all(entry.in_force(day) == ((first or "") <= day <= (last or "9")) for day in days)


def test_names_are_told_with_the_vietnamese_one_first():
    entry = Entry("a", "A", designations=(Designation("Á", "de"), Designation("À", "vi-VN")))
    names = all_names(CodeSystem(About("urn:x", language="en"), [entry]), entry)
    assert [one.language for one in names] == ["vi-VN", "en", "de"]
