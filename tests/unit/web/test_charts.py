"""Geometry of the charts: nothing lost, nothing outside the frame."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yteso.web import charts

FIGURES = st.integers(0, 10**7)


@given(st.lists(st.tuples(st.text(max_size=5), st.lists(FIGURES, min_size=3, max_size=3)), max_size=40))
def test_every_bar_stands_on_the_one_below_it_inside_the_frame(rows):
    chart = charts.columns(rows)
    assert all(0 <= bar.x <= chart.width and bar.y >= 0 for bar in chart.bars)
    assert all(bar.y + bar.height <= chart.base + 0.2 for bar in chart.bars)
    assert {bar.series for bar in chart.bars} <= {1, 2, 3}
    assert len(chart.names) <= 12


@given(st.floats(0.001, 1e12))
def test_the_scale_ends_at_a_round_figure_that_holds_the_value(value):
    top = charts.nice_top(value)
    assert value <= top
    assert top <= max(4, value * 2.5)
    assert top < 4 or top >= 100 or top % 4 == 0


@given(st.lists(st.tuples(st.text(max_size=5), FIGURES), max_size=6))
def test_the_arcs_of_a_ring_are_its_whole(parts):
    ring = charts.ring(parts)
    if ring.total:
        assert math.isclose(sum(arc.share for arc in ring.arcs), 1)
    else:
        assert all(arc.share == 0 for arc in ring.arcs)


def test_a_line_of_one_figure_is_a_point_and_a_spark_of_one_is_empty():
    assert charts.line([("a", (3,))]).ends
    assert charts.line([]).paths == ()
    assert charts.spark([3]) == ""
    assert charts.spark([1, 2, 1]).startswith("M2")


@pytest.mark.parametrize(("value", "whole", "length"), [(5, 10, 500), (20, 10, 1000), (1, 0, 0), (-3, 10, 0)])
def test_a_share_never_leaves_its_track(value, whole, length):
    assert charts.share_of(value, whole) == length
