"""A cell that a spreadsheet would run is a text; figures, and what is empty, stay as they are."""

from __future__ import annotations

import csv

import pytest

from yteso.client.table_file import csv_of


def cells(*line) -> list[str]:
    return list(csv.reader(csv_of(["a"], [line]).splitlines()))[1]


@pytest.mark.parametrize("start", "=+-@\t＝＋－＠")
def test_what_begins_like_a_formula_is_a_text(start):
    assert cells(f"{start}1+1", "BV Mẫu") == [f"'{start}1+1", "BV Mẫu"]


def test_a_cell_that_is_empty_and_a_figure_below_nothing_stay():
    assert cells("", -3, "a=b", "–") == ["", "-3", "a=b", "–"]
