"""Results of one test over time: what is drawn, what the table says, and that a drawing stays in its frame."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from yteso.client.origin import Source
from yteso.client.people import PersonBanner
from yteso.client.record import Fact
from yteso.web import charts
from yteso.web.trend import trend_of

WOMAN = PersonBanner("p", "Nguyễn Thị Thử", "female", "1984-03-02", 42, ())
SIDES = st.none() | st.floats(-1e6, 1e6)


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def result(day, value, unit="mmol/L", name="Glucose", **more):
    return {
        "resourceType": "Observation",
        "id": f"{name}-{day}",
        "code": {"text": name},
        "effectiveDateTime": day,
        "valueQuantity": {"value": Decimal(value), "unit": unit},
        **more,
    }


def trend(*resources, more=False):
    facts = [Fact(one, Source(facility="79001")) for one in resources]
    return trend_of(resources[0], facts, {"79001": "Bệnh viện Mẫu"}, WOMAN, more=more)


def test_figures_are_drawn_oldest_first_and_told_newest_first():
    shown = trend(result("2026-11-20", "6.3"), result("2026-10-01", "5.1"))
    assert [one[1] for one in shown.readings] == [5.1, 6.3]
    assert [row.value for row in shown.rows] == ["6,3 mmol/L", "5,1 mmol/L"]
    assert shown.told == "Glucose: 2 kết quả từ 01/10/2026 đến 20/11/2026, mới nhất 6,3 mmol/L"


def test_each_figure_is_compared_with_the_range_it_came_with_and_a_common_one_is_named():
    bounds = [{"low": {"value": Decimal(4)}, "high": {"value": Decimal(7), "unit": "mmol/L"}}]
    shown = trend(result("2026-11-20", "6.3", referenceRange=bounds), result("2026-10-01", "6.3"))
    assert [(row.side, row.usual) for row in shown.rows] == [
        ("N", "4 – 7 mmol/L"),
        ("H", "từ 3,9 đến dưới 5,6 mmol/L"),
    ]
    assert [one[2:5] for one in shown.readings] == [(3.9, 5.6, "H"), (4.0, 7.0, "N")]
    assert shown.source == "ADA 2024, QĐ 5481/QĐ-BYT"


def test_what_cannot_be_drawn_stands_in_the_table_alone():
    less = result("2026-10-03", "0.5", valueQuantity={"value": Decimal("0.5"), "comparator": "<", "unit": "mmol/L"})
    words = result("2026-10-02", "1", valueString="Âm tính")
    del words["valueQuantity"]
    undated = result("2026", "5.0")
    shown = trend(result("2026-11-20", "6.3"), less, words, result("2026-10-01", "99", "mg/dL"), undated)
    assert len(shown.readings) == 1
    assert [row.value for row in shown.rows] == ["6,3 mmol/L", "< 0,5 mmol/L", "Âm tính", "99 mg/dL", "5 mmol/L"]


@pytest.mark.parametrize(
    ("value", "shown"), [("0.000123456", "0,00012"), ("5.30", "5,3"), ("0", "0"), ("12345.6789", "12.345,679")]
)
def test_a_small_figure_never_looks_like_nought(value, shown):
    assert trend(result("2026-11-20", value)).rows[0].value == f"{shown} mmol/L"


def test_another_test_whose_name_holds_these_words_is_left_out():
    shown = trend(result("2026-11-20", "6.3"), result("2026-11-19", "1.0", name="Glucose niệu"))
    assert [row.id for row in shown.rows] == ["Glucose-2026-11-20"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 2e9), st.floats(-1e6, 1e6), SIDES, SIDES), min_size=1, max_size=30))
def test_every_dot_and_day_lies_inside_the_frame(readings):
    chart = charts.trend([(*one, "", "", "01/01/2026") for one in sorted(readings, key=lambda one: one[0])])
    assert all(chart.left <= dot.x <= chart.width and 0 <= dot.y <= chart.base for dot in chart.dots)
    assert len(chart.dots) == len(readings)
    starts = [x for x, _, _ in chart.names]
    assert starts == sorted(starts)
    assert 2 <= len(chart.ticks) <= 9


def test_neighbours_with_one_range_have_one_band_and_an_open_side_reaches_the_edge():
    chart = charts.trend([(1, 5, 4, 6, "N", "", ""), (2, 7, 4, 6, "H", "", ""), (3, 5, None, 6, "N", "", "")])
    first, last = chart.bands
    assert first.x == chart.left
    assert last.x + last.width == chart.width
    assert last.y + last.height == chart.base


def test_a_result_of_another_zone_is_drawn_on_its_day_and_an_odd_time_breaks_nothing():
    shown = trend(
        result("2026-11-20T23:59:60+07:00", "6.3"),
        result("2026-11-19T18:30:00Z", "5.1"),
        result("2026-11-19T23:00:00+07:00", "5.0"),
    )
    assert [one[1] for one in shown.readings] == [5.0, 5.1, 6.3]
    assert [one[-1] for one in shown.readings] == ["19/11/2026", "20/11/2026", "21/11/2026"]


def test_who_came_of_age_with_the_day_is_measured_as_an_adult():
    """In Vietnam it was the 18th birthday already."""
    person = PersonBanner("p", "Nguyễn Thị Thử", "female", "2008-11-20", 18, ())
    for when, ranged in (("2026-11-19T17:30:00Z", True), ("2026-11-19T16:30:00Z", False), ("2026-11", False)):
        one = result(when, "5.1")
        shown = trend_of(one, [Fact(one, Source())], {}, person, more=False)
        assert bool(shown.rows[0].usual) == ranged, when
