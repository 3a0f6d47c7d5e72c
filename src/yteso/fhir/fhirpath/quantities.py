"""Quantities: a decimal and a unit, UCUM's or of the calendar; compared and calculated after conversion (N1 §2.1.8).

A year and a month of the calendar are no fixed time: equal only to each other, equivalent to UCUM's `a` and `mo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from yteso.fhir.fhirpath.refusals import Unanswerable
from yteso.fhir.fhirpath.ucum import Measure, measure

_NAMES = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
CALENDAR = {name + ending: name for name in _NAMES for ending in ("", "s")}
"""The words of the calendar -> their singular."""
MONTHS = {"year": 12, "month": 1}
SECONDS = {
    "week": Decimal(604_800),
    "day": Decimal(86_400),
    "hour": Decimal(3_600),
    "minute": Decimal(60),
    "second": Decimal(1),
    "millisecond": Decimal("0.001"),
}
_UCUM_OF = {
    "year": "a",
    "month": "mo",
    "week": "wk",
    "day": "d",
    "hour": "h",
    "minute": "min",
    "second": "s",
    "millisecond": "ms",
}
_CALENDAR_OF = {code: name for name, code in _UCUM_OF.items()}


@dataclass(frozen=True)
class Quantity:
    """`unit` is a UCUM code, or with `calendar` a word such as `days`."""

    value: Decimal
    unit: str
    calendar: bool = False

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}" if self.calendar else f"{self.value:f} '{self.unit}'"

    @cached_property
    def unit_name(self) -> str:
        """The calendar's singular word for the unit where there is one, else the unit."""
        return CALENDAR[self.unit] if self.calendar else _CALENDAR_OF.get(self.unit, self.unit)

    @cached_property
    def _measure(self) -> Measure | None:
        """Size and dimension of one unit; the calendar's year and month are counted in months."""
        if self.calendar and self.unit_name in MONTHS:
            return Measure(Decimal(MONTHS[self.unit_name]), (("month of the calendar", 1),))
        return measure(_UCUM_OF[self.unit_name] if self.calendar else self.unit)

    def canonical(self) -> tuple[Decimal, object]:
        """The value in base units, and what it measures; a unit nobody knows measures only itself."""
        found = self._measure
        if found is None:
            return self.value.normalize(), self.unit
        return (self.value * found.size).normalize(), found.dimension

    def compared(self, other: Quantity) -> int | None:
        """-1, 0, 1, or None when they do not measure the same."""
        mine, theirs = self.canonical(), other.canonical()
        if mine[1] != theirs[1]:
            return None
        return (mine[0] > theirs[0]) - (mine[0] < theirs[0])

    def definite(self) -> Quantity:
        """The same with UCUM's unit, for equivalence: there a calendar year is UCUM's."""
        return Quantity(self.value, _UCUM_OF[self.unit_name]) if self.calendar else self

    def to(self, unit: str) -> Quantity | None:
        """Converted; None when the unit measures something else."""
        target = Quantity(Decimal(1), unit, calendar=unit in CALENDAR)
        mine, theirs = self._measure, target._measure
        if mine is None or theirs is None or mine.dimension != theirs.dimension:
            return self if unit == self.unit else None
        return Quantity(_tidy(self.value * mine.size / theirs.size), unit, target.calendar)

    def plus(self, other: Quantity, sign: int) -> Quantity:
        """Sum or difference in this one's unit. Raises Unanswerable when they do not measure the same."""
        added = other if other.unit == self.unit else other.to(self.unit)
        if added is None:
            raise Unanswerable
        return Quantity(self.value + sign * added.value, self.unit, self.calendar)

    def times(self, other: Quantity, *, divided: bool = False) -> Quantity | None:
        """Product or quotient; its unit is written from both. None for a division by zero."""
        if divided and not other.value:
            return None
        value = self.value / other.value if divided else self.value * other.value
        units = [one.definite().unit for one in (self, other)]
        if units[1] == "1":
            return Quantity(value, units[0])
        if divided and units[0] == units[1]:
            return Quantity(value, "1")
        second = f"({units[1]})" if set(units[1]) & set("./") else units[1]
        first = "" if units[0] == "1" and divided else units[0]
        return Quantity(value, f"{first}{'/' if divided else '.'}{second}")


def from_fhir(value: object) -> Quantity | None:
    """A FHIR Quantity in UCUM or without a system's code -> Quantity. Raises Unanswerable when it has a comparator."""
    if not isinstance(value, dict) or isinstance(value.get("value"), bool):
        return None
    number, code = value.get("value"), value.get("code") or value.get("unit") or "1"
    system = value.get("system")
    if not isinstance(number, int | Decimal) or not isinstance(code, str):
        return None
    if system is not None and system != "http://unitsofmeasure.org":
        return None
    if value.get("comparator"):
        raise Unanswerable
    if code in ("a", "mo") and system:
        return Quantity(Decimal(number), _CALENDAR_OF[code], calendar=True)
    return Quantity(Decimal(number), code)


@lru_cache(maxsize=512)
def from_text(text: str) -> Quantity | None:
    """`4 days`, `1.5 'mg'`, `7` -> Quantity; None when it is none."""
    number, _, unit = text.strip().partition(" ")
    unit = unit.strip()
    if not _is_number(number):
        return None
    if not unit:
        return Quantity(Decimal(number), "1")
    if unit in CALENDAR:
        return Quantity(Decimal(number), unit, calendar=True)
    if len(unit) > 2 and unit[0] == unit[-1] == "'":
        return Quantity(Decimal(number), unit[1:-1])
    return None


def _is_number(text: str) -> bool:
    whole, point, fraction = text.lstrip("+-").partition(".")
    plain = whole.isascii() and whole.isdigit() and (not point or (fraction.isascii() and fraction.isdigit()))
    return plain and len(text) <= 64 and len(text) - len(text.lstrip("+-")) <= 1


def _tidy(value: Decimal) -> Decimal:
    normal = value.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() and abs(normal) < 10**20 else normal
