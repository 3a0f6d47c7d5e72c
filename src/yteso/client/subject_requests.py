"""What people ask about their data: filed and followed by the citizen, worked on and closed by the data officer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from yteso.access.principal import Principal, Role
from yteso.base.clock import Clock, day_in_vietnam
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.stretch import FIRST, Part, Stretch
from yteso.client.access_rules import NOT_OWN
from yteso.client.acting import acting
from yteso.client.officer import LEAST, MOST, require_done, require_officer, words
from yteso.db import Database
from yteso.standards.subject_requests import KINDS, in_force
from yteso.standards.subject_requests import Clock as LegalClock
from yteso.store import subject_requests as rows
from yteso.store.mandates import said
from yteso.store.protocol import Store
from yteso.store.subject_requests import MOST_OPEN, OUTCOMES, SubjectRequest

__all__ = ["KINDS", "LEAST", "MOST", "OUTCOMES", "LegalClock", "SubjectRequest", "SubjectRequests"]

_BAD_KIND = Rule(
    "DPO-0301",
    Severity.ERROR,
    "Chưa chọn loại yêu cầu hoặc kết quả.",
    "The kind of request, or its outcome, is missing.",
    "Chọn một mục trong danh sách.",
    "Choose one of the list.",
)
_TOO_MANY = Rule(
    "DPO-0302",
    Severity.ERROR,
    "Bạn đã có {most} yêu cầu đang chờ.",
    "You have {most} requests waiting already.",
    "Chờ các yêu cầu trước được trả lời.",
    "Wait until earlier ones are answered.",
)
_TOO_LATE = Rule(
    "DPO-0303",
    Severity.ERROR,
    "Đã quá hạn thực hiện: không gia hạn được nữa.",
    "The time is over: it can no longer be prolonged.",
    "Thực hiện hoặc trả lời ngay; gia hạn chỉ trước khi hết hạn.",
    "Do it or answer now; a prolongation is told before the end.",
    basis="NĐ 356/2025/NĐ-CP",
)


class SubjectRequests:
    """One instance serves a process; every call is one transaction."""

    def __init__(
        self, database: Database, store: Store, clock: Clock, own_days: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._own = own_days

    def file(self, who: Principal, kind: str, text: str, of: str = "") -> str:
        """A new request about the own record, or a ward's (`of`).

        Refused (403) AUD-0001, REPR-0006, (400) DPO-0002, DPO-0301, DPO-0302.
        """
        _require_person(who)
        if kind not in KINDS:
            raise Refused(_BAD_KIND.at(Origin(field="kind")), status=400)
        text = words(text, "words")
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            detail = said(kind, actor.mandate)
            new = rows.file(conn, who, actor.person, kind, text, self._clock(), detail=detail, own=self._own)
        if new is None:
            raise Refused(_TOO_MANY.at(most=MOST_OPEN), status=400)
        return new

    def mine(self, who: Principal, of: str = "", stretch: Stretch = FIRST) -> Part[SubjectRequest]:
        """The own requests, or a ward's, and how they stand. Refused (403) AUD-0001, REPR-0006."""
        _require_person(who)
        with self._database.connection() as conn:
            return rows.find_requests(conn, who, acting(conn, self._store, who, of).person, stretch=stretch)

    def queue(self, who: Principal, *, open: bool, stretch: Stretch = FIRST) -> Part[SubjectRequest]:
        """For the data officer: what is due first comes first."""
        require_officer(who)
        with self._database.connection() as conn:
            return rows.find_requests(conn, who, open=open, stretch=stretch)

    def clocks(self) -> dict[str, LegalClock]:
        """Kind -> how long the law gives today; it is no secret."""
        return in_force(day_in_vietnam(self._clock()), self._own)

    def acknowledge(self, who: Principal, id: str, *, others: bool = False) -> None:
        """Tell the person that it is worked on, and whether another party takes part. Refused (404, DPO-0003)."""
        require_officer(who)
        with self._database.connection() as conn:
            require_done(rows.acknowledge(conn, who, id, self._clock(), others=others, own=self._own))

    def extend(self, who: Principal, id: str, reason: str) -> None:
        """Once, the days the law gives to this kind. Refused (400) DPO-0002, DPO-0303, (404, DPO-0003)."""
        require_officer(who)
        reason = words(reason, "reason")
        with self._database.connection() as conn:
            if rows.is_late(conn, id, self._clock()):
                raise Refused(_TOO_LATE.at(), status=400)
            require_done(rows.extend(conn, who, id, reason))

    def close(self, who: Principal, id: str, outcome: str, answer: str) -> None:
        """The answer. Refused (400) DPO-0002, DPO-0301, (404, DPO-0003)."""
        require_officer(who)
        if outcome not in OUTCOMES:
            raise Refused(_BAD_KIND.at(Origin(field="outcome")), status=400)
        answer = words(answer, "answer")
        with self._database.connection() as conn:
            require_done(rows.close(conn, who, id, outcome, answer, self._clock()))


def _require_person(who: Principal) -> None:
    if who.role is not Role.CITIZEN or not who.person:
        raise Refused(NOT_OWN.at(), status=403)
