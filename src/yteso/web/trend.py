"""Results of one test over time -> what a chart draws and its table says. Pure; no I/O.

Only figures in the unit of the newest one are drawn; what is in words, in another unit, or known only as less or more
than a figure stands in the table alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yteso.base.text import fold
from yteso.client.people import PersonBanner
from yteso.client.record import Fact
from yteso.fhir.dates import local
from yteso.web.charts import Reading
from yteso.web.formats import date
from yteso.web.ranges import Range, limits_text, quantity_text, range_of, unit_of
from yteso.web.terms import text_of

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One result. `usual`: the range it is compared with, in words; `side`: `H`, `L`, `A`, `N` or empty."""

    id: str
    when: str
    value: str
    usual: str
    side: str
    place: str
    visit: str


@dataclass(frozen=True, slots=True)
class Trend:
    """`rows`: every result, newest first; `readings`: the drawn ones, oldest first; `source`: of common limits."""

    name: str
    told: str
    rows: tuple[Row, ...]
    readings: tuple[Reading, ...]
    source: str
    more: bool

    @property
    def is_ranged(self) -> bool:
        """A drawn result has a range."""
        return any(low is not None or high is not None for _, _, low, high, *_ in self.readings)


def trend_of(
    test: Resource, found: Sequence[Fact], facilities: Mapping[str, str], person: PersonBanner | None, *, more: bool
) -> Trend:
    """`test`: the result that was asked about; `found`: results by its codes or words; `more`: there are older ones."""
    name = text_of(test.get("code"))
    same = [fact for fact in found if _is_same(test, fact.resource)]
    ranges = [range_of(fact.resource, name, person) for fact in same]
    pairs = list(zip(same, ranges, strict=True))
    unit = next((unit_of(fact.resource["valueQuantity"]) for fact in same if _is_figure(fact.resource)), "")
    drawn = sorted(
        (_reading(fact.resource, one) for fact, one in pairs if _is_drawn(fact.resource, unit)), key=lambda one: one[0]
    )
    rows = tuple(_row(fact, one, facilities) for fact, one in pairs)
    source = next((one.limits.source for one in ranges if one.limits), "")
    return Trend(name, _told(name, rows), rows, tuple(drawn), source, more)


def is_figure(resource: Resource) -> bool:
    """A result that has a trend."""
    return resource.get("resourceType") == "Observation" and _is_figure(resource)


def _is_same(test: Resource, other: Resource) -> bool:
    """Words found it too where it is another test: `Glucose` is in `Glucose niệu`."""
    coded = bool((test.get("code") or {}).get("coding"))
    return coded or fold(text_of(other.get("code"))) == fold(text_of(test.get("code")))


def _is_figure(resource: Resource) -> bool:
    return (resource.get("valueQuantity") or {}).get("value") is not None


def _is_drawn(resource: Resource, unit: str) -> bool:
    quantity = resource.get("valueQuantity") or {}
    figure = _is_figure(resource) and not quantity.get("comparator") and unit_of(quantity) == unit
    when = _when(resource)
    return figure and len(when) >= len("2026-11-21") and local(when) is not None


def _reading(resource: Resource, compared: Range) -> Reading:
    when, quantity = _when(resource), resource["valueQuantity"]
    low, high = (None if side is None else float(side) for side in (compared.low, compared.high))
    label = f"{date(when)}: {quantity_text(quantity)}"
    moment = local(when)
    assert moment is not None
    return moment.timestamp(), float(quantity["value"]), low, high, compared.flag, label, date(when)


def _row(fact: Fact, compared: Range, facilities: Mapping[str, str]) -> Row:
    resource = fact.resource
    quantity = resource.get("valueQuantity")
    usual = compared.own or (limits_text(compared.limits, unit_of(quantity or {})) if compared.limits else "")
    value = (
        quantity_text(quantity) or str(resource.get("valueString", "")) or text_of(resource.get("valueCodeableConcept"))
    )
    place = facilities.get(fact.source.facility, "") or fact.source.facility
    visit = str(resource.get("encounter", {}).get("reference", "")).removeprefix("Encounter/")
    return Row(resource["id"], _when(resource), value, usual, compared.flag, place, visit)


def _when(resource: Resource) -> str:
    period = resource.get("effectivePeriod") or {}
    return str(resource.get("effectiveDateTime") or period.get("start") or resource.get("issued") or "")


def _told(name: str, rows: Sequence[Row]) -> str:
    """The chart in one sentence, for who does not see it."""
    if not rows:
        return name
    names = {"name": name, "count": len(rows), "since": date(rows[-1].when), "until": date(rows[0].when)}
    return gettext("%(name)s: %(count)s kết quả từ %(since)s đến %(until)s, mới nhất %(value)s") % (
        names | {"value": rows[0].value}
    )
