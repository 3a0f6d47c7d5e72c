"""Marts -> the figures of the front page and of the pages behind it. Sums and names only; no rule of its own.

In: `warehouse.read.Marts` and the moment. Out: frozen values, each with "as of" and coverage. The day is Vietnam's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from yteso.apps.ioc.words import care_group, care_groups
from yteso.base.clock import day_in_vietnam
from yteso.warehouse.read import Marts
from yteso.web.terms import diagnosis_name

Row = Mapping[str, Any]
SPANS = {"today": 1, "7d": 7, "30d": 30}
"""Windows that end today, in days."""
WEEKS_SHOWN = 14
FOLDED = "*"
"""In a mart: all rare or sensitive diagnoses, or what is left over of fives of bills, of all facilities."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every tile says below its figure. `kind`: "", "stale" or "empty".

    `data` and `files`: by window, (facilities with a visit or file in it, known) and (with a file in it, known).
    """

    kind: str
    as_of: datetime | None
    known: int = 0
    data: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits today and in the last seven days; `before_*` are the same spans a week earlier."""

    today: int
    before_today: int
    week: int
    before_week: int
    still_in: int
    course: tuple[tuple[str, tuple[int, ...]], ...]
    groups: tuple[str, ...]
    facilities: tuple[tuple[str, str, int], ...]

    @property
    def spark(self) -> list[int]:
        """Visits a day, oldest first."""
        return [sum(values) for _, values in self.course]


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """(ICD-10 code, its name, visits), most frequent first; `hidden`: visits of codes not shown, rare or sensitive."""

    shown: tuple[tuple[str, str, int], ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Money:
    """Đồng of the last seven days by who pays, and visits with and without insurance.

    `untold`: visits whose amounts are in no sum, because so few would tell what one paid.
    """

    total: int
    fund: int
    copay: int
    own_pocket: int
    other: int
    insured: int
    visits: int
    untold: int

    @property
    def is_told(self) -> bool:
        """False when there is no amount to show, which is not zero."""
        return self.untold < self.visits or not self.visits


@dataclass(frozen=True, slots=True)
class Files:
    """Files received today: all taken, with errors, waiting; and yesterday's number."""

    today: int
    accepted: int
    with_errors: int
    waiting: int
    yesterday: int
    errors: int


def frame(marts: Marts, now: datetime) -> Frame:
    """The state of the figures now."""
    state = marts.state()
    if state.empty:
        return Frame("empty", None)
    rows = marts.table("coverage")
    return Frame(
        kind="stale" if state.is_stale(now) else "",
        as_of=state.as_of,
        known=max((row["known"] for row in rows), default=0),
        data={row["span"]: (row["with_data"], row["known"]) for row in rows},
        files={row["span"]: (row["with_files"], row["known"]) for row in rows},
    )


def visits(marts: Marts, now: datetime) -> Visits:
    """Visits by day, kind of care and facility."""
    today = day_in_vietnam(now)
    first = today - timedelta(days=WEEKS_SHOWN - 1)
    rows = marts.totals("visits_daily", ["visits", "still_in"], ["day", "care"], since=first, until=today)
    by_day = {first + timedelta(days=n): dict.fromkeys(care_groups(), 0) for n in range(WEEKS_SHOWN)}
    for row in rows:
        by_day[row["day"]][care_group(row["care"])] += row["visits"]
    sums = {day: sum(groups.values()) for day, groups in by_day.items()}
    week = [today - timedelta(days=n) for n in range(7)]
    here = marts.totals(
        "visits_daily",
        ["visits"],
        ["facility", "facility_name"],
        since=week[-1],
        until=today,
        order=["-visits"],
        limit=6,
    )
    # A kind of care that nobody came for is not drawn.
    used = [name for name in care_groups() if any(groups[name] for groups in by_day.values())]
    return Visits(
        today=sums[today],
        before_today=sums[today - timedelta(days=7)],
        week=sum(sums[day] for day in week),
        before_week=sum(sums[day - timedelta(days=7)] for day in week),
        still_in=sum(row["still_in"] for row in rows),
        course=tuple((f"{day:%d/%m}", tuple(groups[name] for name in used)) for day, groups in by_day.items()),
        groups=tuple(care_groups()[name] for name in used),
        facilities=tuple((row["facility"], row["facility_name"] or row["facility"], row["visits"]) for row in here),
    )


def diagnoses(marts: Marts, span: str = "7d", facility: str = "", limit: int = 8) -> Diagnoses:
    """The most frequent diagnoses; what the mart folded together is told as one number."""
    rows = marts.table("diagnoses", span=span, facility=facility, order=["-visits", "code"], limit=limit + 1)
    named = [(row["code"], diagnosis_name(row["code"]) or row["name"], row["visits"]) for row in rows]
    folded = marts.table("diagnoses", span=span, facility=facility, code=FOLDED)
    return Diagnoses(tuple(one for one in named if one[0] != FOLDED)[:limit], _sum(folded, "visits"))


def money(marts: Marts, now: datetime, days: int = 7) -> Money:
    """Who paid in the last days."""
    today = day_in_vietnam(now)
    columns = ["visits", "fund", "copay", "own_pocket", "other_sources", "untold"]
    since = today - timedelta(days=days - 1)
    rows = marts.totals("money_daily", columns, ["insured"], since=since, until=today)
    fund, copay, own, other = (_sum(rows, name) for name in columns[1:5])
    insured = _sum([row for row in rows if row["insured"]], "visits")
    visits, untold = _sum(rows, "visits"), _sum(rows, "untold")
    return Money(fund + copay + own + other, fund, copay, own, other, insured, visits, untold)


def files(marts: Marts, now: datetime) -> Files:
    """What came in today."""
    today = day_in_vietnam(now)
    columns = ["files", "accepted", "with_errors", "waiting", "errors"]
    rows = marts.totals("intake_daily", columns, ["day"], since=today - timedelta(days=1), until=today)
    now_rows = [row for row in rows if row["day"] == today]
    received, accepted, with_errors, waiting, errors = (_sum(now_rows, name) for name in columns)
    before = _sum([row for row in rows if row["day"] != today], "files")
    return Files(received, accepted, with_errors, waiting, before, errors)


def facilities(marts: Marts) -> list[Row]:
    """Every facility with its last sign of life, the longest silent first."""
    rows = marts.table("facilities")
    return sorted(rows, key=lambda row: (not row["silent"], -(row["silent_hours"] or float("inf")), row["facility"]))


def silent(rows: Sequence[Row]) -> list[Row]:
    """Of these, the expected ones that are silent for more than a day."""
    return [row for row in rows if row["silent"] and row["expected"]]


def daily(marts: Marts, mart: str, now: datetime, span: str, facility: str = "") -> list[Row]:
    """The rows behind a tile, newest day first."""
    today = day_in_vietnam(now)
    equal = {"facility": facility} if facility else {}
    since = today - timedelta(days=SPANS[span] - 1)
    return marts.table(mart, since=since, until=today, order=["-day", "facility"], **equal)


def known_facilities(marts: Marts) -> list[tuple[str, str]]:
    """(MA_CSKCB, name) for a filter."""
    rows = marts.table("facilities", order=["facility"])
    return [(row["facility"], f"{row['facility']} {row['facility_name']}".strip()) for row in rows]


def day_of(value: date) -> str:
    """A day as filters write it."""
    return value.isoformat()


def told_sum(rows: Iterable[Row], column: str) -> Any:
    """The sum of what is told; None when there are rows and none tells."""
    values = [row[column] for row in rows]
    told = [value for value in values if value is not None]
    return sum(told) if told or not values else None


def _sum(rows: Iterable[Row], column: str) -> int:
    return sum(int(row[column] or 0) for row in rows)
