"""Clocks of the law: weekends, Tết and substituted days do not count, a Saturday that is worked does."""

from datetime import UTC, datetime

import pytest

from yteso.base.clock import VIETNAM
from yteso.base.working_days import days_after, end_after


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("asked", "days", "end"),
    [
        ("2026-11-25T09:00", 2, "2026-11-27T23:59:59"),
        ("2026-11-27T09:00", 2, "2026-12-01T23:59:59"),
        ("2026-11-28T09:00", 1, "2026-11-30T23:59:59"),
        ("2026-02-13T16:00", 2, "2026-02-24T23:59:59"),
        ("2026-08-28T09:00", 2, "2026-09-04T23:59:59"),
        ("2026-08-21T09:00", 1, "2026-08-22T23:59:59"),
        ("2026-12-31T09:00", 1, "2027-01-04T23:59:59"),
    ],
)
def test_working_days_are_those_of_vietnam(asked, days, end):
    assert end_after(at(asked), days) == at(end)


def test_the_day_is_that_of_vietnam():
    assert end_after(datetime(2026, 11, 25, 18, 0, tzinfo=UTC), 1) == at("2026-11-27T23:59:59")


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        ("2026-11-27T09:00", "2026-12-12T23:59:59"),
        ("2026-11-27T00:00", "2026-12-12T23:59:59"),
        ("2026-12-31T23:59", "2027-01-15T23:59:59"),
        ("2028-02-14T12:00", "2028-02-29T23:59:59"),
        ("2027-02-14T12:00", "2027-03-01T23:59:59"),
    ],
)
def test_a_term_in_days_ends_with_its_last_day(asked, end):
    assert days_after(at(asked), 15) == at(end)
    assert days_after(at(asked).astimezone(UTC), 15) == at(end)
