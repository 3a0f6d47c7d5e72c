"""A FHIR date, dateTime, instant, Period or Timing -> the closed interval of time it means, in microseconds.

In: text as FHIR R4 §2.24.0.1 writes it, of any precision. Out: (lowest, highest) microsecond since 1970-01-01 UTC,
both included; None when the text is no date. `2024-03` is the whole of March. A date without a zone is taken in
Vietnam's (+07:00), where every sender of ours lives. It compares nothing; `search` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from yteso.base.clock import VIETNAM, day_in_vietnam

Interval = tuple[int, int]

LOWEST = -(2**62)
"""The start of a Period that has none."""
HIGHEST = 2**62
"""The end of a Period that has none."""

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_VIETNAM = 7 * 3600 * _SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_START = datetime(1970, 1, 1, tzinfo=UTC)
_START_HERE = datetime(1970, 1, 1, tzinfo=VIETNAM)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _START) // timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _START) // timedelta(microseconds=1)

_DATE = re.compile(
    r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])"
    r"(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?)?)?",
    re.ASCII,
)


@lru_cache(maxsize=16384)
def interval(text: str) -> Interval | None:
    """`"2024-03-05"` -> the first and last microsecond of that day in +07:00; None when it is no FHIR date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        if hour is not None:
            return _moment(date(int(year), int(month), int(day)), hour, minute, second, fraction, zone)
        return _days(int(year), month, day)
    except ValueError:
        return None


def _days(year: int, month: str | None, day: str | None) -> Interval:
    first = date(year, int(month or 1), int(day or 1)).toordinal()
    if day:
        after = first + 1
    elif month:
        after = date(year, 12, 31).toordinal() + 1 if month == "12" else date(year, int(month) + 1, 1).toordinal()
    else:
        after = date(year, 12, 31).toordinal() + 1
    return (first - _EPOCH) * _DAY - _VIETNAM, (after - _EPOCH) * _DAY - _VIETNAM - 1


def _moment(day: date, hour: str, minute: str, second: str | None, fraction: str | None, zone: str | None) -> Interval:
    lowest = (day.toordinal() - _EPOCH) * _DAY + (int(hour) * 3600 + int(minute) * 60 + int(second or 0)) * _SECOND
    if fraction:
        lowest += int(fraction[:6].ljust(6, "0"))
        width = 10 ** max(0, 6 - len(fraction))
    else:
        width = _SECOND if second else 60 * _SECOND
    lowest -= _offset(zone)
    return lowest, lowest + width - 1


def _offset(zone: str | None) -> int:
    if zone is None:
        return _VIETNAM
    if zone == "Z":
        return 0
    size = (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60) * _SECOND
    return -size if zone[0] == "-" else size


def local(text: str) -> datetime | None:
    """Where a date or dateTime begins by Vietnam's clock, whatever zone it is written in; None when it is none.

    `2026-11-26T18:30:00Z` begins on 27 November. `9999-12-31T23:59:59Z`, which senders write for "no end", ends where a
    datetime ends.
    """
    found = interval(text)
    if found is None:
        return None
    return _START_HERE + timedelta(microseconds=min(max(found[0] + _VIETNAM, _FIRST), _LAST))


def local_day(text: str) -> str:
    """The day a text tells, in Vietnam and as precise as it is: `2026-11-27`, `2026`; what is no date stays."""
    moment = local(text) if len(text) > len("2026-11-27") else None
    return day_in_vietnam(moment).isoformat() if moment else text


def period(value: Mapping[str, Any]) -> Interval | None:
    """A Period's interval; a missing side is open. None when neither side can be read."""
    start, end = interval(str(value.get("start", ""))), interval(str(value.get("end", "")))
    if start is None and end is None:
        return None
    return (start[0] if start else LOWEST), (end[1] if end else HIGHEST)


def timing(value: Mapping[str, Any]) -> Interval | None:
    """A Timing's outer limits: its events and its bounding Period (FHIR R4 §3.1.1.4.7)."""
    found = [one for event in value.get("event") or () if (one := interval(str(event)))]
    bounds = (value.get("repeat") or {}).get("boundsPeriod")
    if isinstance(bounds, Mapping) and (outer := period(bounds)):
        found.append(outer)
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def microseconds(moment: datetime) -> int:
    """The microsecond number of a moment with a zone."""
    return (moment - _START) // timedelta(microseconds=1)


def moment(number: int) -> datetime:
    """The moment (UTC) of a microsecond number; the inverse of `microseconds`.

    Years 0001 and 9999 reach by their zone beyond what a datetime holds; they end where it ends.
    """
    return _START + timedelta(microseconds=min(max(number, _FIRST), _LAST))


@lru_cache(maxsize=1024)
def instant(moment: datetime) -> str:
    """The FHIR instant of a moment with a zone, in UTC and with milliseconds: `2024-03-05T01:02:03.004Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
