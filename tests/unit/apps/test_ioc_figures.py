"""The board's figures over small marts: coverage per window, and what the small numbers hide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from yteso.apps.ioc import figures, views
from yteso.base.clock import VIETNAM
from yteso.warehouse.read import State

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=VIETNAM)
COVERAGE = [
    {"span": "today", "known": 12, "with_data": 4, "with_files": 3},
    {"span": "7d", "known": 12, "with_data": 12, "with_files": 11},
    {"span": "14d", "known": 12, "with_data": 12, "with_files": 11},
]
DIAGNOSES = [
    {"span": "7d", "facility": "", "code": "*", "name": "", "visits": 17},
    {"span": "7d", "facility": "", "code": "I10", "name": "", "visits": 9},
]


class MadeUpMarts:
    """Rows by mart, filtered as the real reader does."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def state(self) -> State:
        return State(empty=False, as_of=NOW, checked=NOW)

    def table(self, name: str, *, limit: int | None = None, order: Any = (), **equal: Any) -> list[Mapping[str, Any]]:
        rows = [row for row in self._rows.get(name, []) if equal.items() <= row.items()]
        return rows[:limit]

    def totals(self, name: str, *_: Any, **__: Any) -> list[Mapping[str, Any]]:
        return self._rows.get(name, [])


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A tile as the board shows it, from these marts."""
    from django.template.loader import render_to_string
    from django.utils import translation

    def show(name: str, language: str = "vi", **rows: list[dict[str, Any]]) -> str:
        monkeypatch.setattr(views, "_marts", lambda: MadeUpMarts(**rows))
        monkeypatch.setattr(views, "system_clock", lambda: NOW + timedelta(minutes=1))
        with translation.override(language):
            return render_to_string(f"ioc/tiles/{name}.html", views._board((name,)))

    return show


def test_each_window_has_its_own_coverage():
    frame = figures.frame(MadeUpMarts(coverage=COVERAGE), NOW)
    assert frame.data["today"] == (4, 12)
    assert frame.data["7d"] == (12, 12)
    assert frame.files["today"] == (3, 12)
    assert frame.known == 12


def test_a_tile_tells_how_many_facilities_are_missing(shown):
    silent = [
        {"facility": "79901", "facility_name": "Thử", "silent": True, "expected": True, "silent_hours": 30.0},
        {"facility": "79902", "facility_name": "Mẫu", "silent": False, "expected": True, "silent_hours": 1.0},
    ]
    tile = shown("silent", coverage=COVERAGE, facilities=silent)
    assert "3/12 cơ sở gửi tệp" in tile
    assert "trên 12 cơ sở" in tile


def test_the_tile_of_diagnoses_says_how_many_visits_it_does_not_show(shown):
    assert "17 lượt thuộc các mã hiếm hoặc nhạy cảm" in shown("diagnoses", coverage=COVERAGE, diagnoses=DIAGNOSES)
    assert "17 visits have rare or sensitive codes" in shown("diagnoses", "en", coverage=COVERAGE, diagnoses=DIAGNOSES)
    assert "nhạy cảm" not in shown("diagnoses", coverage=COVERAGE, diagnoses=DIAGNOSES[1:])


def test_the_folded_code_is_a_number_and_no_diagnosis():
    found = figures.diagnoses(MadeUpMarts(diagnoses=DIAGNOSES))
    assert [code for code, _, _ in found.shown] == ["I10"]
    assert found.hidden == 17


def test_what_is_not_told_is_no_zero(shown):
    few = {
        "insured": True,
        "visits": 3,
        "fund": None,
        "copay": None,
        "own_pocket": None,
        "other_sources": None,
        "untold": 3,
    }
    many = {"insured": True, "visits": 9, "fund": 70, "copay": 20, "own_pocket": 0, "other_sources": 0, "untold": 0}
    tile = shown("money", coverage=COVERAGE, money_daily=[few])
    assert 'class="tile__value">–<' in tile
    assert "Chưa kể tiền của 3 lượt" in tile
    tile = shown("money", coverage=COVERAGE, money_daily=[few, many])
    assert 'class="tile__value">90' in tile
    assert "Chưa kể tiền của 3 lượt" in tile
    assert "Chưa kể" not in shown("money", coverage=COVERAGE, money_daily=[many])
    assert 'class="tile__value">0' in shown("money", coverage=COVERAGE, money_daily=[])
    assert figures.told_sum([few], "fund") is None
    assert figures.told_sum([few, many], "fund") == 70
    assert figures.told_sum([], "fund") == 0
