"""Figures, money, dates and ages in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from yteso.web import formats

NBSP = "\u00a0"


@pytest.fixture(params=["vi"], autouse=True)
def vietnamese(request):
    with translation.override(request.param):
        yield


def test_thousands_are_set_apart_by_dots():
    assert formats.number(1234567) == "1.234.567"
    assert formats.number(Decimal("3.5"), 1) == "3,5"
    assert formats.number(None) == "–"


def test_money_is_whole_dong():
    assert formats.money(1234567) == f"1.234.567{NBSP}₫"
    assert formats.money_short(1_234_567_890) == f"1,23{NBSP}tỷ ₫"
    assert formats.money_short(999) == f"999{NBSP}₫"


def test_the_share_of_nothing_is_no_share():
    assert formats.percent(1, 0) == "–"
    assert formats.percent(3, 4) == "75%"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026", "2026"),
        ("2026-11", "11/2026"),
        ("2026-11-21", "21/11/2026"),
        (date(2026, 11, 21), "21/11/2026"),
        ("2026-02-30", "2026-02-30"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_a_partial_date_stays_partial(given, shown):
    assert formats.date(given) == shown


def test_a_moment_is_told_in_vietnams_zone():
    assert formats.moment(datetime(2026, 11, 21, 17, 30, tzinfo=UTC)) == "22/11/2026 00:30"
    assert formats.date(datetime(2026, 11, 21, 17, 30, tzinfo=UTC)) == "22/11/2026"
    assert formats.moment("2026-11-21T08:05:00+07:00") == "21/11/2026 08:05"
    assert formats.clock(datetime(2026, 11, 21, 2, 5, tzinfo=UTC), date(2026, 11, 21)) == "09:05"
    assert formats.clock(datetime(2026, 11, 20, 2, 5, tzinfo=UTC), date(2026, 11, 21)) == "20/11/2026 09:05"


@pytest.mark.parametrize(
    ("given", "day", "moment"),
    [
        ("2026-12-31T17:30:00Z", "01/01/2027", "01/01/2027 00:30"),
        ("2026-12-31T16:30:00.123456789Z", "31/12/2026", "31/12/2026 23:30"),
        ("2026-11-21T23:59:60+07:00", "22/11/2026", "22/11/2026 00:00"),
        ("9999-12-31T23:59:59Z", "31/12/9999", "31/12/9999 23:59"),
        ("2026-02-30T08:00:00Z", "2026-02-30T08:00:00Z", "2026-02-30T08:00:00Z"),
    ],
)
def test_what_was_written_in_another_zone_has_the_day_and_the_hour_of_vietnam(given, day, moment):
    assert (formats.date(given), formats.moment(given)) == (day, moment)


@pytest.mark.parametrize(
    ("birth", "shown"),
    [
        ("2026-11-20", "0 tháng tuổi"),
        ("2020-11-22", "71 tháng tuổi"),
        ("2020-11-21", "6 tuổi"),
        ("1984-11-22", "41 tuổi"),
        ("1947", "79 tuổi"),
        ("2030-01-01", "–"),
        ("", "–"),
    ],
)
def test_a_child_under_72_months_is_told_in_months(birth, shown):
    assert formats.age(birth, date(2026, 11, 21)) == shown


def test_english_has_its_own_signs():
    with translation.override("en"):
        assert formats.number(1234567) == "1,234,567"
        assert formats.date("2026-11-21") == "21 Nov 2026"
        assert formats.age("1984-11-22", date(2026, 11, 21)) == "41 years old"
        assert formats.span(1.5) == "1 hour"


def test_sizes_and_spans_are_rounded_for_people():
    assert formats.size(2048) == f"2{NBSP}KB"
    assert formats.size(3 * 1024**3) == f"3{NBSP}GB"
    assert formats.span(47.9) == "47 giờ"
    assert formats.span(49) == "2 ngày"


def test_initials_are_first_and_last():
    assert formats.initials("Nguyễn Thị Thử") == "NT"
    assert formats.initials("") == "?"


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("2026-11-21T11:20:00+07:00", "11:20"),
        ("2026-11-22T11:20:00+07:00", "22/11/2026 11:20"),
        ("2026-11-21", "21/11/2026"),
    ],
)
def test_an_end_says_its_day_only_when_it_is_another_one(end, shown):
    assert formats.until(end, "2026-11-21T08:00:00+07:00") == shown


def test_a_sentence_begins_with_a_capital_and_ends_with_a_stop():
    assert formats.sentence("the field GIOI_TINH is empty") == "The field GIOI_TINH is empty."
    assert formats.sentence("Ký tệp!") == "Ký tệp!"
    assert formats.sentence("") == ""
