"""What people may ask about their data, and how long it may take (`clocks.toml`), as in force on a day. Data only.

The law names no portability of its own: whoever wants to take data elsewhere asks for a copy (cung cấp dữ liệu).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

KINDS = ("access", "copy", "correction", "erasure", "restriction", "objection", "withdrawal")


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind's: `answer` in working days, the others in days; `others`: where another party takes part.

    `seen`: the figure is from a source that names it for this kind, or the operator's; otherwise it is to be confirmed.
    """

    kind: str
    answer: int
    days: int
    others: int
    more: int
    since: date
    until: date | None
    basis: str
    source: str
    seen: bool


@cache
def clocks() -> tuple[Clock, ...]:
    """Every clock there is or was."""
    data = tomllib.loads(files(__name__).joinpath("clocks.toml").read_text("utf-8"))["clock"]
    return tuple(
        Clock(
            kind,
            one["answer"],
            one["days"],
            one["others"],
            one["more"],
            one["since"],
            one.get("until"),
            one["basis"],
            one["source"],
            one["seen"],
        )
        for one in data
        for kind in one["kinds"]
    )


def in_force(day: date, own: Mapping[str, int] = MappingProxyType({})) -> dict[str, Clock]:
    """Kind -> its clock of a day. Before the first law of the table there were none: the first ones count.

    `own`: days by kind that the operator confirmed, where no source names them (`seen` is false).
    """
    first = min(one.since for one in clocks())
    day = max(day, first)
    present = [one for one in clocks() if one.since <= day and (one.until is None or day < one.until)]
    return {one.kind: one if one.seen else _confirmed(one, own.get(one.kind)) for one in present}


def _confirmed(clock: Clock, days: int | None) -> Clock:
    if days is None:
        return clock
    return replace(clock, days=days, others=max(days, clock.others), source="YTESO_REQUEST_DAYS", seen=True)
