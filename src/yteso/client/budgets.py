"""Egress budgets as the data officer sees them: who came near, who was stopped, and more for a while with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from yteso.access.budget import EXCEEDED
from yteso.access.principal import Principal
from yteso.base.clock import Clock
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.stretch import FIRST, Part, Stretch
from yteso.client.officer import require_done, require_officer, words
from yteso.db import Database
from yteso.store import audit, breaches, budgets
from yteso.store.breaches import Affected, Suspicion
from yteso.store.budgets import Grant, Spent

MOST_PEOPLE = 100_000
MOST_HOURS = 72
LOOK_BACK = timedelta(days=7)
__all__ = ["MOST_HOURS", "MOST_PEOPLE", "NO_ACCOUNT", "Budgets", "Grant", "Spent", "is_stop"]

_BAD_GRANT = Rule(
    "DPO-0101",
    Severity.ERROR,
    "Cần tên tài khoản của người khác, số người từ 1 đến {people} và số giờ từ 1 đến {hours}.",
    "The name of another person's account, 1 to {people} people and 1 to {hours} hours are needed.",
    "Sửa lại các ô của biểu mẫu.",
    "Correct the fields of the form.",
)


NO_ACCOUNT = Rule(
    "DPO-0102",
    Severity.ERROR,
    "Không có tài khoản nào tên như vậy.",
    "There is no account of that name.",
    "Bấm “Cho thêm” ở dòng của tài khoản, hoặc hỏi lại quản trị cơ sở tên đăng nhập.",
    "Press “Grant more” in the account's line, or ask the facility's administrator for the log-in name.",
)
"""Who has an account, the pages know; they refuse with it."""


class Budgets:
    """One instance serves a process; every call is one transaction. The officer's raise Refused (403, DPO-0001)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def spent(self, who: Principal, stretch: Stretch = FIRST) -> Part[Spent]:
        """Accounts near or beyond their budget in the last days, the newest first."""
        require_officer(who)
        with self._database.connection() as conn:
            return budgets.find_spent(conn, self._clock() - LOOK_BACK, stretch)

    def seen(self, who: Principal, account: str, hour: datetime) -> list[Affected]:
        """Whom an account saw in that hour, without names, by when it saw them first: from the chain."""
        require_officer(who)
        with self._database.connection() as conn:
            return breaches.affected(conn, Suspicion(account, "", hour, hour + timedelta(hours=1)))

    def grants(self, who: Principal) -> list[Grant]:
        """What is granted now."""
        require_officer(who)
        with self._database.connection() as conn:
            return budgets.find_grants(conn, self._clock())

    def grant(self, who: Principal, account: str, most: int, hours: int, reason: str) -> None:
        """More for an account, for so many hours. Refused (400) DPO-0101, DPO-0002."""
        require_officer(who)
        account = account.strip()
        if not account or account == who.name or not 1 <= most <= MOST_PEOPLE or not 1 <= hours <= MOST_HOURS:
            raise Refused(_BAD_GRANT.at(Origin(field="account"), people=MOST_PEOPLE, hours=MOST_HOURS), status=400)
        reason = words(reason, "reason")
        with self._database.connection() as conn:
            budgets.grant(conn, who, account, most, self._clock() + timedelta(hours=hours), reason)

    def end_grant(self, who: Principal, id: str) -> None:
        """Take it back. Refused (404, DPO-0003) when there is none."""
        require_officer(who)
        with self._database.connection() as conn:
            require_done(budgets.end_grant(conn, who, id))

    def note_stop(self, who: Principal, stop: Refused) -> None:
        """A page was refused for the budget: in the chain, in a transaction of its own."""
        codes = " ".join(issue.code for issue in stop.issues)
        with self._database.connection() as conn:
            audit.add_refusal(conn, who, "R", "page", codes)


def is_stop(refused: Refused) -> bool:
    """Whether it was the budget that refused."""
    return any(issue.code == EXCEEDED.code for issue in refused.issues)
