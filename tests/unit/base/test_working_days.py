"""Clocks of the law: weekends, Tết and substituted days do not count, a Saturday that is worked does."""

from datetime import UTC, datetime

import pytest

from yteso.base.clock import VIETNAM
from yteso.base.working_days import end_after


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
