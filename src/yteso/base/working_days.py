"""Legal clocks in days, by Vietnam's clock: the first day does not count, and the last one counts until its midnight.

So terms in days are counted by Bộ luật Dân sự 91/2015/QH13, điều 147 and 148. Of working days public holidays, Tết,
substituted days and weekends do not count. That a term whose last day is no working day ends on the next one (148.5) is
not used: what is promised to people comes no later than the day.

The calendar is the package `holidays`, which follows the government's yearly decisions; a year nobody decided on yet
has the days of the Labour Code.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from holidays import HolidayBase, country_holidays

from yteso.base.clock import VIETNAM, day_in_vietnam


def end_after(moment: datetime, days: int) -> datetime:
    """The end of the so many-th working day after the day of `moment`, by Vietnam's clock."""
    return _end_of(_calendar().get_nth_working_day(day_in_vietnam(moment), days))


def days_after(moment: datetime, days: int) -> datetime:
    """The end of the so many-th day after the day of `moment`, working or not, by Vietnam's clock."""
    return _end_of(day_in_vietnam(moment) + timedelta(days=days))


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=VIETNAM)


@cache
def _calendar() -> HolidayBase:
    return country_holidays("VN")
