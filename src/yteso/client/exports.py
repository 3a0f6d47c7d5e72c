"""Bulk exports as the data officer sees them: what waits for a second person, the decision, standing approvals."""

from __future__ import annotations

from datetime import timedelta

from yteso.access.principal import Principal
from yteso.base.clock import Clock
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.stretch import FIRST, Part, Stretch
from yteso.client.officer import LEAST, MOST, require_done, require_officer, words
from yteso.db import Database
from yteso.store.bulk import approvals
from yteso.store.bulk.approvals import AskedExport, Standing
from yteso.store.bulk.desk import BulkDesk

MOST_DAYS = 366
__all__ = ["LEAST", "MOST", "MOST_DAYS", "NO_ACCOUNT", "AskedExport", "Exports", "Standing"]

_BAD_STANDING = Rule(
    "DPO-0401",
    Severity.ERROR,
    "Cần tên tài khoản của hệ thống khác và số ngày từ 1 đến {days}.",
    "The name of another system's account and 1 to {days} days are needed.",
    "Sửa lại các ô của biểu mẫu.",
    "Correct the fields of the form.",
)


NO_ACCOUNT = Rule(
    "DPO-0402",
    Severity.ERROR,
    "Không có tài khoản hệ thống nào tên như vậy đang hoạt động.",
    "There is no active account of a system of that name.",
    "Hỏi lại quản trị nền tảng tên tài khoản của hệ thống (vai trò tích hợp).",
    "Ask the platform's administrator for the name of the system's account (role integrator).",
)
"""Who has an account, the pages know; they refuse with it."""


class Exports:
    """One instance serves a process; every call is one transaction. All raise Refused (403, DPO-0001)."""

    def __init__(self, database: Database, bulk: BulkDesk, clock: Clock) -> None:
        self._database = database
        self._bulk = bulk
        self._clock = clock

    def all(self, who: Principal, stretch: Stretch = FIRST) -> Part[AskedExport]:
        """Those that wait for a decision, then the newest."""
        require_officer(who)
        with self._database.connection() as conn:
            return approvals.find_exports(conn, stretch)

    def decide(self, who: Principal, id: str, *, approved: bool, reason: str) -> None:
        """Let it begin or refuse it. Refused (400, DPO-0002), (404, DPO-0003) also for one's own."""
        require_officer(who)
        reason = words(reason, "reason")
        with self._database.connection() as conn:
            require_done(self._bulk.decide_export(conn, who, id, "waiting" if approved else "refused", reason))

    def standing(self, who: Principal) -> list[Standing]:
        """What machines may export without asking each time."""
        require_officer(who)
        with self._database.connection() as conn:
            return approvals.find_standing(conn)

    def add_standing(self, who: Principal, account: str, days: int, reason: str) -> None:
        """A machine may export for so many days. Refused (400) DPO-0002, DPO-0401."""
        require_officer(who)
        account = account.strip()
        if not account or account == who.name or not 1 <= days <= MOST_DAYS:
            raise Refused(_BAD_STANDING.at(Origin(field="account"), days=MOST_DAYS), status=400)
        reason = words(reason, "reason")
        with self._database.connection() as conn:
            approvals.add_standing(conn, who, account, self._clock() + timedelta(days=days), reason)

    def end_standing(self, who: Principal, id: str) -> None:
        """Take it back. Refused (404, DPO-0003)."""
        require_officer(who)
        with self._database.connection() as conn:
            require_done(self._bulk.end_standing(conn, who, id))
