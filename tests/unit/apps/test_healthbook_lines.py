"""Facts of the own record in plain words: ranges of the sender, common limits named as such, who made a fact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from yteso.apps.healthbook.lines import line
from yteso.client.origin import Source
from yteso.client.people import PersonBanner
from yteso.client.record import Fact
from yteso.web import common_tests as common

WOMAN = PersonBanner("p", "Nguyễn Thị Thử", "female", "1984-03-02", 42, ())
CHILD = PersonBanner("c", "Nguyễn Văn Thử", "male", "2018-03-02", 8, ())


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def observation(name="Glucose", value="5.3", unit="mmol/L", **more):
    quantity = {"value": Decimal(value), "unit": unit}
    return {
        "resourceType": "Observation",
        "code": {"text": name},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": quantity,
        **more,
    }


def told(resource, person=WOMAN):
    return line(Fact(resource, Source(facility="79001")), {"79001": "Bệnh viện Mẫu"}, person)


def test_the_range_of_the_laboratory_counts_before_a_common_limit():
    bounds = [{"low": {"value": Decimal(4)}, "high": {"value": Decimal(5), "unit": "mmol/L"}}]
    shown = told(observation(referenceRange=bounds))
    assert shown.detail == "Mức bình thường: 4 – 5 mmol/L"
    assert shown.meaning.startswith("Cao hơn mức bình thường.")
    assert shown.warn


def test_the_upper_end_of_a_laboratorys_range_belongs_to_it():
    bounds = [{"high": {"value": Decimal("5.3"), "unit": "mmol/L"}}]
    assert told(observation(referenceRange=bounds)).meaning == "Trong mức bình thường."


def test_a_flag_of_the_laboratory_counts_before_every_comparison():
    flag = [{"coding": [{"code": "LL"}]}]
    assert told(observation(interpretation=flag)).meaning.startswith("Thấp hơn")


@pytest.mark.parametrize(
    ("value", "meaning"), [("3.8", "Thấp hơn mức chung."), ("5.5", "Trong mức chung."), ("5.6", "Cao hơn mức chung.")]
)
def test_without_a_range_a_common_limit_is_shown_as_what_it_is_with_its_source(value, meaning):
    shown = told(observation(value=value))
    assert shown.meaning.startswith(meaning)
    assert shown.detail == (
        "Phòng xét nghiệm không gửi mức của họ. Mức chung cho người lớn: từ 3,9 đến dưới 5,6 mmol/L"
        " (ADA 2024, QĐ 5481/QĐ-BYT)"
    )


def test_a_limit_with_one_side_reads_as_a_sentence():
    assert "từ 120 g/L trở lên (WHO 2024)" in told(observation("HGB", "125", "g/L")).detail
    assert "dưới 5,2 mmol/L (NCEP ATP III)" in told(observation("Cholesterol", "5.0")).detail


def test_common_limits_differ_by_gender():
    assert told(observation("HGB", "125", "g/L")).meaning == "Trong mức chung."
    man = PersonBanner("p", "Nguyễn Văn Thử", "male", "1984-03-02", 42, ())
    assert told(observation("HGB", "125", "g/L"), man).meaning.startswith("Thấp hơn")


@pytest.mark.parametrize(
    ("resource", "person"),
    [
        (observation(), CHILD),
        (observation(), None),
        (observation(), PersonBanner("p", "Người Thử", "unknown", "1984", 42, ())),
        (observation(effectiveDateTime="2001-01-01"), WOMAN),
        (observation(unit="mg/dL"), WOMAN),
        (observation("Ferritin"), WOMAN),
        (observation("Creatinin", "300", "µmol/L"), WOMAN),
    ],
)
def test_nothing_is_judged_without_a_limit_that_holds(resource, person):
    """A child, an unknown gender, then a child, another unit, an unknown test, a test without a guideline's limit."""
    shown = told(resource, person)
    assert (shown.meaning, shown.warn) == ("", False)
    assert shown.detail.startswith("Cơ sở không gửi mức bình thường")


def test_what_was_measured_on_the_person_says_nothing_of_a_range():
    weight = observation("Cân nặng", "53", "kg", category=[{"coding": [{"code": "vital-signs"}]}])
    assert told(weight, WOMAN).detail == ""


def test_a_value_known_only_as_less_than_a_number_is_shown_so_and_not_judged():
    shown = told(observation(valueQuantity={"value": Decimal("0.5"), "comparator": "<", "unit": "mmol/L"}))
    assert shown.value == "< 0,5 mmol/L"
    assert shown.meaning == ""


def test_what_the_test_is_stands_beside_it_in_the_readers_language():
    assert told(observation("hba1c", "5.0", "%")).about.startswith("Đường trong máu trung bình")
    with translation.override("en"):
        assert told(observation("HbA1c", "5.0", "%")).about.startswith("Average blood sugar")


def test_yes_and_no_are_explained_without_saying_good_or_bad():
    resource = observation("Dengue virus NS1Ag test nhanh", valueString="Dương tính")
    del resource["valueQuantity"]
    shown = told(resource)
    assert shown.meaning.startswith("Dương tính: tìm thấy")
    assert not shown.warn


def test_who_made_a_fact_is_told_with_name_or_licence_and_the_facility():
    named = told(observation(performer=[{"reference": "Practitioner/1", "display": "BS. Trần Văn Mẫu"}]))
    assert (named.maker, named.place) == ("BS. Trần Văn Mẫu", "Bệnh viện Mẫu")
    coded = told(observation(performer=[{"reference": "Practitioner/1", "display": "0012345/BYT-CCHN"}]))
    assert coded.maker == "số hành nghề 0012345/BYT-CCHN"
    theirs = observation(performer=[{"reference": "Organization/1", "display": "Bệnh viện Khác Mẫu"}])
    assert line(Fact(theirs, Source()), {}).place == "Bệnh viện Khác Mẫu"


def test_every_line_of_the_table_is_whole_and_every_limit_has_a_unit_and_a_source():
    tests = common._tests()
    assert len(tests) > 40
    for name, one in tests.items():
        assert one.vi, name
        assert one.en, name
        for limits in one.limits.values():
            assert one.unit, name
            assert limits.source in common.SOURCES.values()
            assert limits.low is not None or limits.below is not None


def test_a_paper_has_the_day_it_was_made():
    paper = {"resourceType": "DocumentReference", "content": [{"attachment": {"creation": "2026-11-20"}}]}
    assert told(paper).when == "2026-11-20"
