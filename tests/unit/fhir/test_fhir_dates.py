"""Partial dates are intervals; a date without a zone is Vietnam's."""

from datetime import UTC, datetime, timedelta

import pytest

from yteso.base.clock import VIETNAM
from yteso.fhir.dates import (
    HIGHEST,
    LOWEST,
    instant,
    interval,
    local,
    local_day,
    microseconds,
    moment,
    period,
    timing,
)

HOUR = timedelta(hours=1)


def at(*parts, offset=7):
    return microseconds(datetime(*parts, tzinfo=UTC) - offset * HOUR)


@pytest.mark.parametrize(
    ("text", "low", "after"),
    [
        ("2024", at(2024, 1, 1), at(2025, 1, 1)),
        ("2024-02", at(2024, 2, 1), at(2024, 3, 1)),
        ("2024-12", at(2024, 12, 1), at(2025, 1, 1)),
        ("9999-12", at(9999, 12, 1), at(9999, 12, 31) + 86_400_000_000),
        ("2024-02-29", at(2024, 2, 29), at(2024, 3, 1)),
        ("2024-03-05T10:20", at(2024, 3, 5, 10, 20), at(2024, 3, 5, 10, 21)),
        ("2024-03-05T10:20:30", at(2024, 3, 5, 10, 20, 30), at(2024, 3, 5, 10, 20, 31)),
        ("2024-03-05T10:20:30Z", at(2024, 3, 5, 10, 20, 30, offset=0), at(2024, 3, 5, 10, 20, 31, offset=0)),
        ("2024-03-05T10:20:30-05:00", at(2024, 3, 5, 10, 20, 30, offset=-5), at(2024, 3, 5, 10, 20, 31, offset=-5)),
    ],
)
def test_a_partial_date_is_everything_it_may_mean(text, low, after):
    assert interval(text) == (low, after - 1)


def test_a_fraction_narrows_the_interval_to_its_digits():
    low, high = interval("2024-03-05T10:20:30.25+07:00")
    assert (low, high - low) == (at(2024, 3, 5, 10, 20, 30) + 250_000, 9_999)
    assert interval("2024-03-05T10:20:30.123456789Z")[0] == interval("2024-03-05T10:20:30.123456Z")[1]


@pytest.mark.parametrize(
    "text", ["", "24", "2024-13", "2024-02-30", "2023-02-29", "0000", "2024-1-1", "2024-03-05T25:00", "x", "２０２４"]
)
def test_what_is_no_date_is_none(text):
    assert interval(text) is None


def test_a_period_without_a_side_is_open_there():
    assert period({"start": "2024"}) == (interval("2024")[0], HIGHEST)
    assert period({"end": "2024"}) == (LOWEST, interval("2024")[1])
    assert period({}) is None


def test_a_timing_is_its_outer_limits():
    found = timing(
        {"event": ["2024-03-05", "2024-01-02"], "repeat": {"boundsPeriod": {"start": "2024-02-01", "end": "2024-04"}}}
    )
    assert found == (interval("2024-01-02")[0], interval("2024-04")[1])
    assert timing({"repeat": {"frequency": 1}}) is None


def test_moments_and_microseconds_are_inverse_and_instants_are_utc():
    when = datetime(2024, 3, 5, 1, 2, 3, 4567, tzinfo=UTC)
    assert moment(microseconds(when)) == when
    assert instant(when) == "2024-03-05T01:02:03.004Z"


def test_the_moments_of_the_first_and_the_last_year_end_where_a_datetime_ends():
    assert moment(interval("0001")[0]) == datetime.min.replace(tzinfo=UTC)
    assert moment(interval("9999-12-31T23:59:59-14:00")[1]) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "here", "day"),
    [
        ("2026-12-31T18:30:00Z", (2027, 1, 1, 1, 30), "2027-01-01"),
        ("2026-12-31T18:30:00+07:00", (2026, 12, 31, 18, 30), "2026-12-31"),
        ("2026-12-31T23:59:60+07:00", (2027, 1, 1), "2027-01-01"),
        ("2027-01-01T05:00:00+09:00", (2027, 1, 1, 3), "2027-01-01"),
        ("2027-01-01T01:00:00+09:00", (2026, 12, 31, 23), "2026-12-31"),
        ("2028-02-28T20:00:00Z", (2028, 2, 29, 3), "2028-02-29"),
        ("2026-12-31", (2026, 12, 31), "2026-12-31"),
        ("2026-12", (2026, 12, 1), "2026-12"),
        ("2026", (2026, 1, 1), "2026"),
    ],
)
def test_a_day_is_told_as_vietnam_has_it(text, here, day):
    assert local(text) == datetime(*here, tzinfo=VIETNAM)
    assert local(text).utcoffset() == timedelta(hours=7)
    assert local_day(text) == day


def test_no_end_ends_where_a_moment_can():
    assert local_day("9999-12-31T23:59:59Z") == "9999-12-31"
    assert local_day("0001-01-01T00:00:00+14:00") == "0001-01-01"


def test_what_is_no_date_tells_no_day():
    assert (local(""), local("2026-02-30"), local_day("2026-02-30T08:00:00Z")) == (None, None, "2026-02-30T08:00:00Z")
