"""Breaches of personal data as the data officer works on them: opened, described, told, closed; the list of people.

The list is made from the audit chain; names and telephone numbers are added only for the file that is downloaded. Who
has an account is told in the inbox (`store.inbox`), the others by letters made from that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yteso.access.principal import Principal
from yteso.base.clock import VIETNAM, Clock
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.stretch import FIRST, Part, Stretch
from yteso.client.officer import LEAST, MOST, NO_SUCH, require_done, require_officer, words
from yteso.client.table_file import csv_of
from yteso.db import Database
from yteso.fhir import json
from yteso.store import breaches, inbox
from yteso.store.breaches import Affected, Breach, Suspicion
from yteso.store.inbox import Told
from yteso.store.protocol import Store

__all__ = ["LEAST", "MOST", "Affected", "Breach", "Breaches", "Suspicion", "Told"]
_HEAD = [
    "ma_ho_so",
    "ho_ten",
    "ngay_sinh",
    "dien_thoai",
    "so_lan_bi_xem",
    "lan_dau",
    "lan_cuoi",
    "so_tai_khoan",
    "da_bao_hop_thu",
]

LEAST_NOTICE = 50
_FIRST = datetime(2000, 1, 1, tzinfo=VIETNAM)
"""What is earlier is a slip of who typed it: nothing of the platform happened then."""

_BAD_SUSPICION = Rule(
    "DPO-0201",
    Severity.ERROR,
    "Cần tài khoản hoặc mã cơ sở bị nghi, thời gian có đầu trước cuối, và lúc phát hiện không ở tương lai.",
    "An account or a facility, a period that begins before it ends, and a past moment of notice are needed.",
    "Sửa lại các ô của biểu mẫu.",
    "Correct the fields of the form.",
)
_BAD_MOMENT = Rule(
    "DPO-0202",
    Severity.ERROR,
    "Lúc báo phải ở sau lúc phát hiện và không ở tương lai.",
    "Who was told was told after the notice and not in the future.",
    "Sửa lại ngày giờ.",
    "Correct date and time.",
)
_NO_SUSPECT = Rule(
    "DPO-0204",
    Severity.ERROR,
    "Không có tài khoản nào tên như vậy, và trong thời gian đó không ai làm gì dưới tên này.",
    "There is no account of that name, and nobody did anything under it in that time.",
    "Kiểm tra tên và thời gian, hoặc hỏi lại quản trị cơ sở tên đăng nhập.",
    "Check the name and the period, or ask the facility's administrator for the log-in name.",
)
UNFILLED = "[chưa ghi]"
"""How the proposed text marks what nobody wrote yet."""
_UNFILLED = Rule(
    "DPO-0203",
    Severity.ERROR,
    "Nội dung thông báo còn chỗ {mark}.",
    "The message still has a place that says {mark}.",
    "Ghi loại dữ liệu, hậu quả, biện pháp, hoặc xóa dòng đó.",
    "Write the kinds of data, consequences and measures, or delete the line.",
)


class Breaches:
    """One instance serves a process; every call is one transaction. All raise Refused (403, DPO-0001)."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def all(self, who: Principal, stretch: Stretch = FIRST) -> Part[Breach]:
        """Cases, the open ones first."""
        require_officer(who)
        with self._database.connection() as conn:
            return breaches.find_breaches(conn, None, stretch)

    def one(self, who: Principal, id: str) -> Breach:
        """One case. Refused (404, DPO-0003)."""
        require_officer(who)
        with self._database.connection() as conn:
            found = breaches.find_breaches(conn, id)
        if not found:
            raise Refused(NO_SUCH.at(), status=404)
        return found[0]

    def open(self, who: Principal, what: str, noticed: datetime | None, suspicion: Suspicion | None) -> str:
        """A new case's id. Refused (400) DPO-0002, DPO-0201."""
        require_officer(who)
        now = self._clock()
        what = words(what, "what")
        if noticed is None or not _FIRST <= noticed <= now or suspicion is None or not _is_suspicion(suspicion):
            raise Refused(_BAD_SUSPICION.at(Origin(field="suspicion")), status=400)
        with self._database.connection() as conn:
            return breaches.open_breach(conn, who, what, noticed, suspicion, now)

    def require_acted(self, who: Principal, suspicion: Suspicion) -> None:
        """A suspect of whom no account is known has at least done something then. Refused (400, DPO-0204)."""
        require_officer(who)
        if not suspicion.account:
            return
        with self._database.connection() as conn:
            if not breaches.acted(conn, suspicion):
                raise Refused(_NO_SUSPECT.at(Origin(field="account")), status=400)

    def describe(self, who: Principal, id: str, texts: Mapping[str, str]) -> None:
        """What the notice says: what, kinds, consequences, measures. Refused (400, DPO-0002), (404, DPO-0003)."""
        require_officer(who)
        named = ("what", "kinds", "consequences", "measures")
        told = [words(texts.get(name, ""), name, LEAST if name == "what" else 0) for name in named]
        with self._database.connection() as conn:
            require_done(breaches.describe(conn, who, id, *told))

    def tell(self, who: Principal, id: str, whom: str, when: datetime | None) -> None:
        """`authority` or `people` were told then. Refused (400, DPO-0202), (404, DPO-0003)."""
        case = self.one(who, id)
        if when is None or not case.noticed <= when <= self._clock():
            raise Refused(_BAD_MOMENT.at(Origin(field="when")), status=400)
        act = breaches.tell_authority if whom == "authority" else breaches.tell_people
        with self._database.connection() as conn:
            require_done(act(conn, who, id, when))

    def have_told(self, who: Principal, id: str, text: str) -> None:
        """Tell the affected people this in their inboxes, in the background; once for a case.

        Refused (400) DPO-0002, DPO-0203, (404, DPO-0003).
        """
        case = self.one(who, id)
        text = words(text, "notice", LEAST_NOTICE)
        if UNFILLED in text:
            raise Refused(_UNFILLED.at(Origin(field="notice"), mark=UNFILLED), status=400)
        with self._database.connection() as conn:
            people = breaches.affected(conn, case.suspicion)
            require_done(inbox.start_telling(conn, who, id, text, people, self._clock()))

    def tell_more(self, who: Principal, id: str) -> None:
        """Tell those too who have an account by now. Refused (404, DPO-0003) when nobody is left."""
        require_officer(who)
        with self._database.connection() as conn:
            require_done(inbox.ask_again(conn, who, id) > 0)

    def told(self, who: Principal, id: str) -> Told:
        """How many are told, wait, and get a letter."""
        require_officer(who)
        with self._database.connection() as conn:
            return inbox.count_told(conn, id)

    def close(self, who: Principal, id: str, conclusion: str) -> None:
        """It is over. Refused (404, DPO-0003) while the authority was not told."""
        require_officer(who)
        conclusion = words(conclusion, "conclusion")
        with self._database.connection() as conn:
            require_done(breaches.close(conn, who, id, conclusion, self._clock()))

    def affected(self, who: Principal, case: Breach) -> list[Affected]:
        """Whom the suspects saw, without names."""
        require_officer(who)
        with self._database.connection() as conn:
            return breaches.affected(conn, case.suspicion)

    def told_when(self, who: Principal, id: str) -> dict[int, datetime]:
        """When each of them, by the number of the key, was told in the inbox."""
        require_officer(who)
        with self._database.connection() as conn:
            return inbox.told_when(conn, id)

    def people_file(self, who: Principal, id: str) -> str:
        """The list as CSV, with what is needed to tell people; in the audit of each of them."""
        case = self.one(who, id)
        with self._database.connection() as conn:
            people = breaches.affected(conn, case.suspicion)
            found = self._store.peek(conn, [("Patient", one.patient) for one in people if one.patient])
            told = inbox.told_when(conn, id)
            breaches.note_list(conn, who, id, people)
        patients = {one.id: json.loads(one.body) for one in found.values() if one.body}
        return csv_of(_HEAD, (_line(one, patients.get(one.patient, {}), told.get(one.key)) for one in people))


def _is_suspicion(one: Suspicion) -> bool:
    return bool(one.account or one.facility) and _FIRST <= one.since < one.until


def _line(one: Affected, patient: Mapping[str, Any], told: datetime | None) -> list[str]:
    name: Mapping[str, Any] = next(iter(patient.get("name") or ()), {})
    phones = [str(point.get("value", "")) for point in patient.get("telecom") or () if point.get("system") == "phone"]
    moments = [moment.astimezone(VIETNAM).isoformat(timespec="seconds") for moment in (one.first, one.last)]
    named = [str(name.get("text", "")), str(patient.get("birthDate", "")), " ".join(phones)]
    inbox = told.astimezone(VIETNAM).isoformat(timespec="seconds") if told else ""
    return [one.patient, *named, str(one.times), *moments, str(one.accounts), inbox]
