"""Egress budgets: how many different people an account may see within one hour of the clock. Data and words, no I/O.

Counted is whom a read or a search shows. Writing is never stopped, and neither is an export, which needs a second
person's approval instead (ADR 38).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from yteso.access.principal import Role
from yteso.base.errors import Misconfigured, Refused
from yteso.base.issue import Rule, Severity

ALARM_SHARE = 0.8
"""The data officer is told when so much of a budget is spent."""
_OTHERS = 200
DEFAULTS: Mapping[Role, int] = {
    **{role: _OTHERS for role in Role if role is not Role.SYSTEM},
    Role.CITIZEN: 5,
    Role.NURSE: 300,
    Role.STAFF: 300,
    Role.STATION: 300,
    Role.LAB: 400,
    Role.PHARMACIST: 400,
    Role.CASHIER: 400,
    Role.DATA_OFFICER: 500,
    Role.SURVEILLANCE: 1_000,
    Role.INTEGRATOR: 50_000,
}
"""People an hour. A citizen sees themselves and whom they represent (lesson of Manage My Health, December 2025)."""
HAVE_ONE = frozenset(DEFAULTS)
"""Everybody but the platform's own jobs."""

EXCEEDED = Rule(
    "EGR-0001",
    Severity.ERROR,
    "Tài khoản đã xem hồ sơ của số người cho phép trong một giờ ({most} người).",
    "The account has seen as many people's records as it may within an hour ({most} people).",
    "Thu hẹp tìm kiếm, chờ sang giờ sau, hoặc đề nghị cán bộ bảo vệ dữ liệu cho thêm hạn mức có thời hạn.",
    "Narrow the search, wait for the next hour, or ask the data officer for more for a limited time.",
    basis="Luật 91/2025/QH15",
    kind="throttled",
)


def budgets(changed: Iterable[tuple[str, int]] = ()) -> dict[Role, tuple[int, int]]:
    """Role -> (people an hour, from where on the data officer is told). 0 takes a role's limit away.

    Raises Misconfigured for a role that is none or never has a budget.
    """
    most = dict(DEFAULTS)
    for name, people in changed:
        if name not in HAVE_ONE:
            raise Misconfigured(f"YTESO_BUDGETS: there is no role {name} that has a budget")
        most[Role(name)] = people
    return {role: (people, max(1, int(people * ALARM_SHARE))) for role, people in most.items() if people}


def exceeded(most: int, now: datetime) -> Refused:
    """The refusal at that moment: 429, to be tried again in the next hour."""
    return Refused(EXCEEDED.at(most=most), status=429, retry_after=int((hour_after(now) - now).total_seconds()) + 1)


def hour_after(now: datetime) -> datetime:
    """When the hour of that moment is over."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
