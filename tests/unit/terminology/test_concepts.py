from datetime import date

import pytest

from yteso.terminology import CODE_LISTS, ICD10_VN, ICD10_WHO, UNKNOWN_CODE, coded, concepts, lookup


@pytest.mark.parametrize("spelling", ["A97.0", "A970", "a97.0", " A97.0 "])
def test_an_icd_code_is_found_with_and_without_its_dot(spelling):
    concept = lookup(ICD10_WHO, spelling)
    assert concept is not None
    assert (concept.code, concept.system, concept.version) == ("A97.0", ICD10_VN, "4469/QĐ-BYT")
    assert concept.en.startswith("Dengue")


def test_dagger_and_asterisk_are_flags_not_parts_of_the_code():
    dagger, asterisk = lookup(ICD10_VN, "A17.0†"), lookup(ICD10_VN, "M01.00")
    assert dagger is not None
    assert asterisk is not None
    assert dagger.code == "A17.0"
    assert "dagger" in dagger.flags
    assert "asterisk" in asterisk.flags


def test_codes_that_the_list_lacks_are_not_invented():
    assert lookup(ICD10_VN, "A91") is None
    assert lookup(ICD10_VN, "") is None
    assert lookup("urn:nowhere", "1") is None


def test_a_code_is_known_only_while_in_force():
    assert lookup("MA_LOAI_KCB", "14", date(2026, 7, 31)) is None
    assert lookup("MA_LOAI_KCB", "14", date(2026, 8, 1)) is not None
    assert lookup("MA_DOITUONG_KCB", "1.10", date(2025, 10, 17)) is None


def test_a_list_is_found_by_field_name_and_by_system():
    assert lookup("KET_QUA_DTRI", "5") == lookup(CODE_LISTS["KET_QUA_DTRI"], "5")


@pytest.mark.parametrize(
    ("field", "count"),
    [("MA_LOAI_KCB", 16), ("KET_QUA_DTRI", 8), ("MA_LOAI_RV", 5), ("MA_NHOM", 19), ("GIOI_TINH", 3), ("PHAM_VI", 3)],
)
def test_a_small_list_is_complete(field, count):
    assert len(concepts(field)) == count


def test_the_decision_of_2025_lists_27_visitor_categories():
    assert sum(concept.in_force(date(2026, 1, 1)) for concept in concepts("MA_DOITUONG_KCB").values()) == 27


def test_every_list_has_codes_with_names_in_both_languages():
    for field in CODE_LISTS:
        assert concepts(field), field
        assert all(concept.vi and concept.en for concept in concepts(field).values())


def test_a_coding_carries_version_and_display():
    assert coded("MA_LOAI_KCB", "03") == {
        "system": "http://fhir.hl7.org.vn/core/CodeSystem/vn-encounter-type-cs",
        "version": "824/QĐ-BYT",
        "code": "03",
        "display": "Điều trị nội trú",
    }


def test_an_unknown_code_is_kept_and_flagged():
    coding = coded("MA_LOAI_KCB", "77")
    assert coding["code"] == "77"
    assert coding["extension"] == [{"url": UNKNOWN_CODE, "valueBoolean": True}]


def test_the_international_name_of_icd10_carries_no_national_version():
    assert coded(ICD10_WHO, "A970") == {
        "system": ICD10_WHO,
        "code": "A97.0",
        "display": "Sốt xuất huyết không có dấu hiệu cảnh báo",
    }
