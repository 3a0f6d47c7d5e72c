"""One result of a test -> the range it is compared with, and on which side of it the result is. Pure; no I/O.

The sender's own judgement comes first, then the sender's range, then a common limit for adults (`common_tests`), which
pages name as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from yteso.base.clock import day_in_vietnam
from yteso.base.text import fold
from yteso.client.people import PersonBanner, age_in_years
from yteso.client.representations import ADULT
from yteso.fhir.dates import local
from yteso.web.common_tests import Common, Limits, common_test
from yteso.web.formats import number

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Range:
    """`flag`: H, L, A (out of it), N, or empty when nothing judges the result. `own`: the laboratory's range in words;
    `limits`: the common limit that stands in for it. `low` and `high` are the sides; None where it has none."""

    flag: str = ""
    own: str = ""
    limits: Limits | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_out(self) -> bool:
        """The result is out of the range."""
        return self.flag in ("H", "L", "A")


def range_of(resource: Resource, name: str, person: PersonBanner | None) -> Range:
    """`name`: what the test is called; `person`: whose limits would hold."""
    quantity = resource.get("valueQuantity") or {}
    bounds = (resource.get("referenceRange") or [{}])[0]
    own = _own_range(bounds)
    when = str(resource.get("effectiveDateTime", ""))
    limits = None if own else _limits(common_test(name), quantity, person, when)
    low, high = _sides(bounds) if own else (limits.low, limits.below) if limits else (None, None)
    flag = _flag(resource) or _compared(quantity, low, high, upper_belongs=limits is None)
    return Range(flag, own, limits, low, high)


def quantity_text(value: Resource | None) -> str:
    """A Quantity as people write it: `< 5,2 mmol/L`."""
    if not value or value.get("value") is None:
        return ""
    exact = Decimal(str(value["value"]))
    # Three decimals are enough to read; of a smaller figure two that count, because it must not look like nought.
    digits = max(3, 1 - exact.adjusted()) if exact else 0
    return f"{value.get('comparator', '')} {number(exact, digits)} {unit_of(value)}".strip()


def unit_of(quantity: Resource) -> str:
    """The unit as it is written, else its code."""
    return str(quantity.get("unit") or quantity.get("code") or "")


def limits_text(limits: Limits, unit: str) -> str:
    """The common limit in words: `từ 3,9 đến dưới 5,6 mmol/L`."""
    low, below = (f"{number(one, 3)} {unit}".strip() if one is not None else "" for one in (limits.low, limits.below))
    if low and below:
        return gettext("từ %(low)s đến dưới %(below)s") % {"low": number(limits.low, 3), "below": below}
    return gettext("từ %(low)s trở lên") % {"low": low} if low else gettext("dưới %(below)s") % {"below": below}


def _flag(resource: Resource) -> str:
    """H, L, A or N of the sender's own judgement (v3-ObservationInterpretation)."""
    codes = [one.get("code", "") for many in resource.get("interpretation", []) for one in many.get("coding", [])]
    return codes[0][:1] if codes and codes[0][:1] in ("H", "L", "A", "N") else ""


def _own_range(bounds: Resource) -> str:
    low, high = quantity_text(bounds.get("low")), quantity_text(bounds.get("high"))
    return str(bounds.get("text", "")) or " – ".join(filter(None, (low, high)))


def _sides(bounds: Resource) -> tuple[Decimal | None, Decimal | None]:
    return (bounds.get("low") or {}).get("value"), (bounds.get("high") or {}).get("value")


def _limits(common: Common | None, quantity: Resource, person: PersonBanner | None, when: str) -> Limits | None:
    """A common limit, for who was an adult then and whose gender is known, and only in the very unit it is given in."""
    if common is None or person is None or not _was_adult(person.birth_date, when):
        return None
    return common.limits.get(person.gender) if fold(common.unit) == fold(unit_of(quantity)) else None


def _was_adult(birth_date: str, when: str) -> bool:
    moment = local(when) if len(when) >= len("2026-11-21") else None
    age = age_in_years(birth_date, day_in_vietnam(moment)) if moment else None
    return age is not None and age >= ADULT


def _compared(quantity: Resource, low: Decimal | None, high: Decimal | None, *, upper_belongs: bool) -> str:
    """A value that is only known as less or more than a number is not judged."""
    value = quantity.get("value")
    if value is None or quantity.get("comparator") or (low is None and high is None):
        return ""
    if low is not None and value < low:
        return "L"
    if high is not None and (value > high or (value == high and not upper_belongs)):
        return "H"
    return "N"
