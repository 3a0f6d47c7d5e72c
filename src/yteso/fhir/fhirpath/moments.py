"""Dates, dateTimes and times of FHIRPath: as precise as they were written, compared and moved by N1 §6.1–6.2 and §6.6.

A comparison of values that differ only in precision has no answer (None). Seconds and their fraction are one precision.
What has a time but no zone is in Vietnam's (+07:00), as everywhere in this house.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Self

from yteso.fhir.fhirpath.quantities import MONTHS, SECONDS, Quantity
from yteso.fhir.fhirpath.refusals import Unanswerable

_DATE = r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?)?"
_CLOCK = r"(?P<hour>[01]\d|2[0-3])(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d|60)(?P<fraction>\.\d+)?)?)?"
_ZONE = r"(?P<zone>Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_DATETIME = re.compile(rf"{_DATE}(?P<t>T(?:{_CLOCK}{_ZONE})?)?", re.ASCII)
_TIME = re.compile(rf"(?P<t>T?){_CLOCK}{_ZONE}", re.ASCII)
_VIETNAM = 7 * 60
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE, _SECOND = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Moment:
    """`kind` is Date, DateTime or Time; `parts` from the year (a Time: from the hour) as far as it is known."""

    kind: str
    parts: tuple[int | Decimal, ...]
    zone: int | None = None
    text: str = ""

    @classmethod
    def literal(cls, text: str) -> Self | None:
        """`2015-02`, `2015T`, `T12:30` as written after `@`; None when there is no such day or hour."""
        return cls.time(text) if text.startswith("T") else cls.of(text)

    @classmethod
    def of(cls, text: str, kind: str = "") -> Self | None:
        """A Date or DateTime from its text; None when it is none. `kind` overrides what the text's form says."""
        match = _DATETIME.fullmatch(text)
        if match is None:
            return None
        if match["day"] and int(match["day"]) > monthrange(int(match["year"]) or 4, int(match["month"]))[1]:
            return None
        if match["hour"] and not match["day"]:
            return None
        parts = [int(match[name]) for name in ("year", "month", "day", "hour", "minute") if match[name]]
        seconds = [Decimal(match["second"] + (match["fraction"] or ""))] if match["second"] else []
        found = "DateTime" if match["t"] else "Date"
        return cls(kind or found, (*parts, *seconds), _minutes(match["zone"]), text)

    @classmethod
    def time(cls, text: str) -> Self | None:
        """A Time from its text, with or without `T`."""
        match = _TIME.fullmatch(text)
        if match is None:
            return None
        parts = [int(match[name]) for name in ("hour", "minute") if match[name]]
        seconds = [Decimal(match["second"] + (match["fraction"] or ""))] if match["second"] else []
        return cls("Time", (*parts, *seconds), _minutes(match["zone"]), text.removeprefix("T"))

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """The DateTime of a point in time, to the millisecond."""
        text = moment.isoformat(timespec="milliseconds")
        made = cls.of(text, "DateTime")
        assert made is not None
        return made

    @property
    def precision(self) -> int:
        """1 year … 6 second; of a Time 4 hour … 6 second."""
        return len(self.parts) + (3 if self.kind == "Time" else 0)

    def __str__(self) -> str:
        return self.text.removesuffix("T") or self._written()

    def _written(self) -> str:
        widths = (4, 2, 2, 2, 2)[3 if self.kind == "Time" else 0 :]
        numbers = [str(part).zfill(width) for part, width in zip(self.parts, widths, strict=False)]
        if self.precision == _SECOND:
            whole, point, fraction = f"{self.parts[-1]:f}".partition(".")
            numbers.append(whole.zfill(2) + point + fraction)
        days = 0 if self.kind == "Time" else 3
        text = "-".join(numbers[:days])
        clock = ":".join(numbers[days:])
        joined = f"{text}T{clock}" if text and clock else text or clock
        return joined + (_zone_text(self.zone) if clock else "")

    def compared(self, other: Moment) -> int | None:
        """-1, 0 or 1; None when the answer lies in a precision that one of them has not."""
        if (self.kind == "Time") != (other.kind == "Time"):
            raise Unanswerable
        mine, theirs = self.parts, other.parts
        if self.zone != other.zone and self.precision >= _HOUR and other.precision >= _HOUR:
            mine, theirs = self._in_utc(), other._in_utc()
        for left, right in zip(mine, theirs, strict=False):
            if left != right:
                return -1 if left < right else 1
        return 0 if len(mine) == len(theirs) else None

    def key(self) -> tuple[object, ...]:
        """Equal for two moments exactly when `compared` gives 0."""
        parts = self._in_utc() if self.precision >= _HOUR else self.parts
        return (self.kind == "Time", *parts)

    def _in_utc(self) -> tuple[int | Decimal, ...]:
        offset = self.zone if self.zone is not None else _VIETNAM
        clock = self.parts[0 if self.kind == "Time" else 3 :]
        minutes = int(clock[0]) * 60 + (int(clock[1]) if len(clock) > 1 else 0) - offset
        day, minutes = divmod(minutes, 24 * 60)
        moved: tuple[int | Decimal, ...] = (minutes // 60, minutes % 60, *clock[2:])[: max(len(clock), 1)]
        if self.kind == "Time":
            return moved
        try:
            shifted = date(*(int(part) for part in self.parts[:3])) + timedelta(days=day)
        except (ValueError, OverflowError):
            return self.parts
        return (shifted.year, shifted.month, shifted.day, *moved)

    def plus(self, quantity: Quantity, sign: int) -> Moment:
        """Moved by a time-valued quantity; parts of it below this precision count only as whole units (§6.6.8)."""
        amount = quantity.value * sign
        unit = quantity.unit_name
        if quantity.calendar and unit in MONTHS:
            return self._by_months(int(amount) * MONTHS[unit])
        if unit in SECONDS and (quantity.calendar or unit not in MONTHS):
            below_second = unit in ("second", "millisecond")
            exact = amount if below_second else amount.to_integral_value(ROUND_DOWN)
            return self._by_seconds(exact * SECONDS[unit])
        raise Unanswerable

    def _by_months(self, months: int) -> Moment:
        if self.kind == "Time":
            raise Unanswerable
        if self.precision == _YEAR:
            years = int(Decimal(months) / 12)
            return self._made((int(self.parts[0]) + years,))
        total = int(self.parts[0]) * 12 + int(self.parts[1]) - 1 + months
        year, month = divmod(total, 12)
        if not 1 <= year <= 9999:
            raise Unanswerable
        day = [min(int(self.parts[2]), monthrange(year, month + 1)[1])] if self.precision >= _DAY else []
        return self._made((year, month + 1, *day, *self.parts[3:]))

    def _by_seconds(self, seconds: Decimal) -> Moment:
        if self.precision == _YEAR:
            return self._by_months(int(seconds / (365 * 86_400)) * 12)
        if self.precision == _MONTH:
            return self._by_months(int(seconds / (30 * 86_400)))
        if self.kind == "Time":
            if abs(seconds) >= 86_400:
                raise Unanswerable
            total = self._seconds_of_day() + self._whole(seconds)
            return self._made(_clock(total % 86_400, self.precision))
        whole = self._seconds_of_day() + self._whole(seconds)
        days, rest = divmod(whole, 86_400)
        try:
            moved = date(*(int(part) for part in self.parts[:3])) + timedelta(days=int(days))
        except (ValueError, OverflowError):
            raise Unanswerable from None
        clock = _clock(rest, self.precision) if self.precision >= _HOUR else ()
        return self._made((moved.year, moved.month, moved.day, *clock))

    def _whole(self, seconds: Decimal) -> Decimal:
        """What of it this precision can express, rounded to zero."""
        unit = {_DAY: 86_400, _HOUR: 3_600, _MINUTE: 60}.get(self.precision)
        return seconds if unit is None else (seconds / unit).to_integral_value(ROUND_DOWN) * unit

    def _seconds_of_day(self) -> Decimal:
        clock = self.parts[0 if self.kind == "Time" else 3 :]
        factors = (3_600, 60, 1)
        return sum((Decimal(part) * factor for part, factor in zip(clock, factors, strict=False)), Decimal(0))

    def _made(self, parts: tuple[int | Decimal, ...]) -> Moment:
        if self.kind != "Time" and not 1 <= int(parts[0]) <= 9999:
            raise Unanswerable
        return replace(self, parts=parts, text="")

    def boundary(self, *, high: bool, digits: int | None) -> Moment | None:
        """The first or last moment it can mean, to so many digits (4 year, 6 month, 8 day, 10 … 17 millisecond)."""
        time = self.kind == "Time"
        digits = digits if digits is not None else (9 if time else 8 if self.kind == "Date" else 17)
        wanted = {2: 4, 4: 5, 6: 6, 9: 7}.get(digits) if time else _WANTED.get(digits)
        if wanted is None:
            return None
        parts: list[int | Decimal] = [0, 0, 0, *self.parts] if time else list(self.parts)
        for place in range(len(parts), min(wanted, _SECOND)):
            parts.append(self._edge(parts, place, high=high))
        if wanted >= _SECOND:
            second = Decimal(parts[5])
            known = -int(second.as_tuple().exponent)
            filled = second + (Decimal("0.999") % Decimal(1).scaleb(-known) if high and self.precision < 7 else 0)
            parts[5] = filled.quantize(Decimal("0.001")) if wanted == 7 else filled.to_integral_value(ROUND_DOWN)
        parts = parts[3:wanted] if time else parts[: min(wanted, _SECOND)]
        zone = self.zone
        if not time and wanted >= _HOUR and zone is None:
            zone = -12 * 60 if high else 14 * 60
        return Moment(self.kind, tuple(parts), zone)

    @staticmethod
    def _edge(parts: list[int | Decimal], place: int, *, high: bool) -> int | Decimal:
        if place == 1:
            return 12 if high else 1
        if place == 2:
            return monthrange(int(parts[0]), int(parts[1]))[1] if high else 1
        return (23 if place == 3 else 59) if high else 0


_WANTED = {4: 1, 6: 2, 8: 3, 10: 4, 12: 5, 14: 6, 17: 7}


def _clock(seconds: Decimal, precision: int) -> tuple[int | Decimal, ...]:
    hours, rest = divmod(seconds, 3_600)
    minutes, rest = divmod(rest, 60)
    return (int(hours), int(minutes), rest)[: precision - 3]


def _minutes(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone == "Z":
        return 0
    size = int(zone[1:3]) * 60 + int(zone[4:6])
    return -size if zone[0] == "-" else size


def _zone_text(zone: int | None) -> str:
    if zone is None:
        return ""
    if zone == 0:
        return "Z"
    hours, minutes = divmod(abs(zone), 60)
    return f"{'-' if zone < 0 else '+'}{hours:02}:{minutes:02}"
