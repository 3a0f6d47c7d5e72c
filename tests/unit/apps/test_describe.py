"""FHIR resources in words: lenient, in the reader's language, with the sender's digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yteso.apps.record import present
from yteso.apps.record.describe import describe, spaced
from yteso.client.origin import Source
from yteso.client.people import PersonBanner
from yteso.client.record import Fact, is_measure

RESULT = {
    "resourceType": "Observation",
    "id": "o1",
    "code": {"text": "Creatinin"},
    "valueQuantity": {"value": Decimal("78.10"), "unit": "µmol/L"},
    "interpretation": [{"coding": [{"code": "H"}]}],
    "encounter": {"reference": "Encounter/e1"},
    "effectiveDateTime": "2026-11-19T09:08:00+07:00",
}


def test_facts_stand_as_they_happened_whatever_zone_they_are_written_in():
    times = ["2026-11-19T09:08:00+07:00", "2026-11-19T02:09:00Z", "2026-11-18T18:00:00Z", "2026-11-19", ""]
    facts = [Fact({**RESULT, "id": f"o{n}", "effectiveDateTime": when}, Source()) for n, when in enumerate(times)]
    with translation.override("vi"):
        shown = present.in_order(present.line(one, {}) for one in facts)
    assert [one.id for one in shown] == ["o3", "o2", "o0", "o1", "o4"]


@pytest.mark.parametrize(("language", "value", "flag"), [("vi", "78,10 µmol/L", "Cao"), ("en", "78.10 µmol/L", "High")])
def test_a_result_keeps_its_digits_in_the_readers_language(language, value, flag):
    with translation.override(language):
        title, _, _, shown, marked = describe(RESULT)
    assert (title, shown, marked) == ("Creatinin", value, flag)


@pytest.mark.parametrize(
    ("sent", "shown", "exact"),
    [
        ("192.02863580242638", "192,03", "192,02863580242638"),
        ("0.000123456", "0,00012", "0,000123456"),
        ("1.2345", "1,2345", ""),
        ("1.00", "1,00", ""),
        ("7", "7", ""),
    ],
)
def test_a_calculated_number_is_rounded_to_read_and_kept_beside(sent, shown, exact):
    with translation.override("vi"):
        line = present.line(Fact({**RESULT, "valueQuantity": {"value": Decimal(sent)}}, Source()), {})
    assert (line.value, line.exact) == (shown, exact)


@pytest.mark.parametrize(("language", "title"), [("vi", "Khám bệnh"), ("en", "Examination")])
def test_a_visits_kind_of_care_is_said_in_the_words_of_the_board(language, title):
    coding = {"system": "http://fhir.hl7.org.vn/core/CodeSystem/vn-encounter-type-cs", "code": "01", "display": "Khác"}
    with translation.override(language):
        assert describe({"resourceType": "Encounter", "id": "e", "type": [{"coding": [coding]}]})[0] == title


def test_the_lines_of_a_visit_stand_as_they_happened():
    def one(when, row):
        return present.line(Fact({**RESULT, "effectiveDateTime": when}, Source("bhyt", "79001", "L", "XML4", row)), {})

    lines = [one("2026-11-19T09:00:00+07:00", "10"), one("2026-11-19T08:00:00+07:00", "7")]
    lines.append(one("2026-11-19T09:00:00+07:00", "9"))
    assert [line.source.row for line in present.in_order(lines)] == ["7", "9", "10"]


def test_a_card_sent_with_every_visit_is_one_line_with_its_widest_validity():
    def card(number, start, end):
        resource = {"resourceType": "Coverage", "id": start, "subscriberId": number}
        return present.line(Fact({**resource, "period": {"start": start, "end": end}}, Source()), {})

    sent = [card("GD4790000000001", "2026-02-01", "2026-12-31"), card("GD4790000000001", "2026-01-01", "2026-11-30")]
    sent.append(card("DN4790000000002", "2025-01-01", "2025-12-31"))
    with translation.override("vi"):
        lines = present.one_per_card(sent)
    assert [(line.when, line.until) for line in lines] == [("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")]


def test_a_papers_day_is_that_of_its_content():
    paper = {"resourceType": "DocumentReference", "id": "p", "content": [{"attachment": {"creation": "2026-11-19"}}]}
    assert present.line(Fact(paper, Source()), {}).when == "2026-11-19"


def test_weight_and_blood_group_are_no_tests():
    vital = {**RESULT, "category": [{"coding": [{"code": "vital-signs"}]}]}
    assert is_measure(vital)
    assert not is_measure(RESULT)


def test_a_disease_without_a_text_gets_the_ministrys_name():
    coding = {"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}
    with translation.override("vi"):
        title, code, *_ = describe({"resourceType": "Condition", "id": "c", "code": {"coding": [coding]}})
    assert code == "I10"
    assert "huyết áp" in title.lower()


def test_a_narrative_is_shown_as_text_without_markup():
    div = '<div xmlns="http://www.w3.org/1999/xhtml">Sốt &lt;38<br/>Ho</div>'
    note = {"resourceType": "Composition", "id": "n", "title": "Diễn biến", "section": [{"text": {"div": div}}]}
    assert describe(note)[2] == "Sốt <38\nHo"


def test_a_line_knows_its_visit_its_place_and_its_table():
    fact = Fact(RESULT, Source("bhyt", "79001", "LK1", "XML4", "3"))
    line = present.line(fact, {"79001": "Bệnh viện Mẫu"})
    assert (line.visit, line.place, line.source.table, line.source.row) == ("e1", "Bệnh viện Mẫu", "XML4", "3")
    assert line.when == "2026-11-19T09:08:00+07:00"


def test_raw_json_keeps_the_digits_of_decimals():
    assert '"value": 78.10' in present.indented(RESULT)


def test_long_numbers_are_grouped_as_on_the_card():
    assert spaced("GD4797912345678") == "GD 4 79 7912345678"
    assert spaced("079184000123") == "079 184 000 123"
    assert spaced("BN001") == "BN001"


@given(st.sampled_from(["Appointment", "Flag", "Device", "Goal"]), st.text(max_size=10))
def test_a_type_without_words_of_its_own_still_has_a_title(kind, text):
    title, *_ = describe({"resourceType": kind, "id": "x", "code": {"text": text}})
    assert title


def test_the_banner_names_the_countrys_numbers_before_those_of_facilities():
    sid = "http://fhir.hl7.org.vn/core/sid"
    numbers = (("urn:yteso:mrn:79901", "1"), ("urn:yteso:mrn:79902", "2"), (f"{sid}/cccd", "079184000123"))
    numbers += ((f"{sid}/bhyt", "GD4797912345678"),)
    shown = present.person(PersonBanner("p", "Nguyễn Văn Thử", "male", "1990-05-15", 36, numbers)).numbers
    assert [label for label, _ in shown[:3]] == ["CCCD", "BHYT", "Mã tại cơ sở"]
    assert shown[2][1] == "1"
