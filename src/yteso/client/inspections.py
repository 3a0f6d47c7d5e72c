"""Orders to inspect a facility, as the data officer enters them. Codes `DPO-06xx`.

An inspector sees the patients of the facilities that an order names, while it runs, and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, Clock, day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.stretch import FIRST, Part, Stretch
from yteso.client.officer import LEAST, MOST, require_done, require_officer, words
from yteso.db import Database
from yteso.store import inspections
from yteso.store.inspections import Inspection, Order

MOST_DAYS = 366
MOST_FACILITIES = 50
__all__ = ["LEAST", "MOST", "MOST_DAYS", "MOST_FACILITIES", "NO_INSPECTOR", "Inspection", "Inspections", "Wish"]
_CODE = re.compile(r"\w{1,10}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-zĐđ][0-9A-Za-zĐđ./-]{0,59}")

_BAD_NUMBER = Rule(
    "DPO-0601",
    Severity.ERROR,
    "Số quyết định chỉ gồm chữ, số, dấu chấm, gạch chéo và gạch nối, tối đa 60 ký tự.",
    "The number of the decision is letters, digits, points, slashes and hyphens, at most 60 characters.",
    "Ghi đúng số trên quyết định thanh tra, ví dụ 12/QĐ-TTr.",
    "Write it as it stands on the decision, for example 12/QĐ-TTr.",
)
_BAD_DAYS = Rule(
    "DPO-0602",
    Severity.ERROR,
    "Ngày đầu phải không sau ngày cuối, ngày cuối không ở quá khứ, và thời gian tối đa {days} ngày.",
    "The first day is not after the last, the last not in the past, and the time at most {days} days.",
    "Sửa lại hai ngày theo quyết định.",
    "Correct both days by the decision.",
)
_NO_FACILITY = Rule(
    "DPO-0603",
    Severity.ERROR,
    "Cần từ 1 đến {most} mã cơ sở có trong danh bạ; không có: {unknown}.",
    "1 to {most} codes of facilities of the directory are needed; not there: {unknown}.",
    "Ghi mã cơ sở (MA_CSKCB), cách nhau bằng dấu phẩy.",
    "Write the codes of the facilities (MA_CSKCB) with commas between them.",
)
NO_INSPECTOR = Rule(
    "DPO-0604",
    Severity.ERROR,
    "Không có tài khoản thanh tra nào tên như vậy đang hoạt động.",
    "There is no active account of an inspector of that name.",
    "Hỏi lại quản trị nền tảng tên tài khoản của thanh tra viên.",
    "Ask the platform's administrator for the name of the inspector's account.",
)
"""Who has an account, the pages know; they refuse with it."""
_THERE = Rule(
    "DPO-0605",
    Severity.ERROR,
    "Quyết định này đã được ghi cho thanh tra viên và cơ sở {facility}.",
    "This decision is entered already for the inspector and the facility {facility}.",
    "Gia hạn có quyết định riêng: ghi số của quyết định đó.",
    "A longer time has a decision of its own: write its number.",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says. Days are Vietnam's, both within the order; None where none was written."""

    number: str
    inspector: str
    facilities: tuple[str, ...]
    first: date | None
    last: date | None
    reason: str


class Inspections:
    """One instance serves a process; every call is one transaction. Refused (403, DPO-0001) to all but the desk."""

    def __init__(
        self, database: Database, facilities: Callable[[Iterable[str]], Mapping[str, str]], clock: Clock
    ) -> None:
        """`facilities`: codes -> those of them that the directory has, with their names."""
        self._database = database
        self._facilities = facilities
        self._clock = clock

    def all(self, who: Principal, stretch: Stretch = FIRST) -> Part[Inspection]:
        """Those that are not over, then the latest."""
        require_officer(who)
        with self._database.connection() as conn:
            return inspections.find_inspections(conn, stretch)

    def mine(self, who: Principal) -> list[Inspection]:
        """The orders by which this inspector may look now; nobody else has any."""
        if who.role is not Role.INSPECTOR:
            return []
        with self._database.connection() as conn:
            return inspections.find_running(conn, who.name)

    def give(self, who: Principal, wish: Wish) -> None:
        """All facilities of an order, or none. Refused (400) DPO-0002, DPO-0601, 0602, 0603, 0605."""
        require_officer(who)
        reason = words(wish.reason, "reason")
        if not _NUMBER.fullmatch(wish.number):
            raise Refused(_BAD_NUMBER.at(Origin(field="number")), status=400)
        since, until = self._span(wish)
        self._check_facilities(wish.facilities)
        with self._database.connection() as conn:
            for facility in wish.facilities:
                order = Order(wish.number, wish.inspector, facility, since, until, reason)
                if not inspections.add_inspection(conn, who, order):
                    raise Refused(_THERE.at(Origin(field="number"), facility=facility), status=400)

    def end(self, who: Principal, id: str) -> None:
        """Take one facility of an order back. Refused (404, DPO-0003)."""
        require_officer(who)
        with self._database.connection() as conn:
            require_done(inspections.end_inspection(conn, who, id))

    def _span(self, wish: Wish) -> tuple[datetime, datetime]:
        first, last, today = wish.first, wish.last, day_in_vietnam(self._clock())
        if first is None or last is None or not first <= last or last < today or last - first >= timedelta(MOST_DAYS):
            raise Refused(_BAD_DAYS.at(Origin(field="last"), days=MOST_DAYS), status=400)
        return _begin_of(first), _begin_of(last + timedelta(days=1))

    def _check_facilities(self, codes: tuple[str, ...]) -> None:
        asked = [code for code in codes if _CODE.fullmatch(code)]
        known = self._facilities(asked) if 1 <= len(asked) <= MOST_FACILITIES else {}
        if not known or not known.keys() >= set(codes):
            told = ", ".join(code for code in asked[:MOST_FACILITIES] if code not in known) or "–"
            raise Refused(_NO_FACILITY.at(Origin(field="facilities"), most=MOST_FACILITIES, unknown=told), status=400)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
