"""Legal clocks in working days of Vietnam: public holidays, Tết, substituted days and weekends do not count.

The calendar is the package `holidays`, which follows the government's yearly decisions; a year nobody decided on yet
has the days of the Labour Code.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from holidays import HolidayBase, country_holidays

from yteso.base.clock import VIETNAM


def end_after(moment: datetime, days: int) -> datetime:
    """The end of the so many-th working day after the day of `moment`, by Vietnam's clock."""
    day = moment.astimezone(VIETNAM)
    last = _calendar().get_nth_working_day(day.date(), days)
    return datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=VIETNAM)


@cache
def _calendar() -> HolidayBase:
    return country_holidays("VN")
