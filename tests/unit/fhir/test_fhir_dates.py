"""Partial dates are intervals; a date without a zone is Vietnam's."""

from datetime import UTC, datetime, timedelta

import pytest

from yteso.fhir.dates import HIGHEST, LOWEST, instant, interval, microseconds, moment, period, timing

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
