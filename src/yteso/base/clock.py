"""Time as an argument: who needs "now" is given a `Clock`. Vietnam has one zone, UTC+7, without summer time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "+07:00")

Clock = Callable[[], datetime]


def day_in_vietnam(moment: datetime) -> date:
    """The day on which a moment falls in Vietnam: the day of law and of people, whatever zone the moment is told in."""
    return moment.astimezone(VIETNAM).date()


def log_time(seconds: float) -> str:
    """How every process writes a moment into its log: Vietnam's time with its offset."""
    return datetime.fromtimestamp(seconds, VIETNAM).isoformat(timespec="milliseconds")


def system_clock() -> datetime:
    """The present moment, with its zone (UTC)."""
    return datetime.now(UTC)
