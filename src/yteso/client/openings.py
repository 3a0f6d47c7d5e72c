"""Opening a record for a while: by a person's code for a visit, or by breaking the glass; and looking at it afterwards.

In: who asks. Out: frozen values, or `Refused` with a numbered rule. Whoever broke the glass is seen by the person
(`of_person`) and by the data officer (`to_review`) from the moment it is committed. The caller proves anew who asks
(the pages by `web.guard.is_proved_anew`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.issue import Origin, Rule, Severity
from yteso.base.stretch import FIRST, Part, Stretch, whole
from yteso.client.acting import acting
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.search.query import Clause, Query
from yteso.standards.identifiers import BHYT, CCCD
from yteso.store import audit
from yteso.store import openings as rows
from yteso.store.audit import Access, Asked
from yteso.store.consents import persons_of
from yteso.store.openings import Often, Opening, VisitCode
from yteso.store.protocol import Store

TREATING = frozenset([Role.DOCTOR, Role.NURSE, Role.STATION])
"""Who may break the glass: those who treat."""
REASONS = ("ETREAT", "CAREMGT", "PUBHLTH")
"""Codes of HL7 v3 ActReason: treatment in an emergency, care that cannot wait, a danger to others."""
MOST_A_WEEK = 3
REVIEW = timedelta(hours=72)
"""So long the data officer has to review broken glass; after it, its account breaks none until that is done."""
SHOWN = 200
FEWEST_LETTERS = 20
_log = logging.getLogger(__name__)
_PLATFORM = Principal("yteso break-glass", Role.SYSTEM, purpose=rows.GLASS_PURPOSE)

_NOT_YOU = Rule(
    "CONS-0001",
    Severity.ERROR,
    "Vai trò {role} không được thực hiện việc này.",
    "The role {role} may not do this.",
    "Dùng tài khoản của người trực tiếp điều trị, đã gán cơ sở, hoặc của người phụ trách dữ liệu.",
    "Use the account of somebody who treats and is bound to a facility, or of the data officer.",
)
_REASON = Rule(
    "CONS-0002",
    Severity.ERROR,
    "Chưa chọn lý do mở khẩn cấp.",
    "The reason for breaking the glass is missing.",
    "Chọn một lý do trong danh sách.",
    "Choose a reason from the list.",
)
_WORDS = Rule(
    "CONS-0003",
    Severity.ERROR,
    "Phần giải thích ngắn hơn {fewest} ký tự.",
    "The explanation is shorter than {fewest} characters.",
    "Ghi rõ vì sao cần xem hồ sơ ngay.",
    "Say why the record is needed now.",
)
_NOBODY = Rule(
    "CONS-0004",
    Severity.ERROR,
    "Không có đúng một hồ sơ mang số này.",
    "There is not exactly one record with this number.",
    "Kiểm tra số định danh cá nhân hoặc số thẻ BHYT.",
    "Check the citizen number or the insurance card's number.",
)
_CODE = Rule(
    "CONS-0005",
    Severity.ERROR,
    "Mã không đúng, đã dùng hoặc đã hết hạn.",
    "The code is wrong, used already or over.",
    "Đề nghị người bệnh tạo mã mới.",
    "Ask the person for a new code.",
)
_OVERDUE = Rule(
    "CONS-0008",
    Severity.ERROR,
    "Một lần mở khẩn cấp trước của tài khoản này đã quá 72 giờ mà chưa được xét.",
    "An earlier emergency access of this account has waited more than 72 hours for its review.",
    "Đề nghị người phụ trách dữ liệu xét lần đó; nếu không thể chờ, đồng nghiệp mở bằng tài khoản của mình.",
    "Ask the data officer to review it; where that cannot wait, a colleague opens with their own account.",
)


@dataclass(frozen=True, slots=True)
class Broken:
    """Broken glass that is open now, and what its account did with the record since, newest first."""

    opening: Opening
    looks: tuple[Access, ...]


class Openings:
    """One instance serves a process; every call is one transaction, with its audit row in it."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store

    def break_glass(
        self, who: Principal, identifier: str, reason: str, words: str, *, very_restricted: bool = False
    ) -> tuple[str, datetime]:
        """Open the one record with this citizen or card number for 4 hours: its id and the end. Raises Refused.

        `very_restricted` asks for a second person of the facility; until then such facts stay closed. More than
        `MOST_A_WEEK` is an alarm: on the data officer's desk, and at once in the operator's log.
        """
        _require(who, TREATING, facility=True)
        if reason not in REASONS:
            raise Refused(_REASON.at(Origin(field="reason")), status=422)
        if len(words.strip()) < FEWEST_LETTERS:
            raise Refused(_WORDS.at(Origin(field="words"), fewest=FEWEST_LETTERS), status=422)
        patient = self._patient(identifier)
        with self._database.connection() as conn:
            if rows.is_overdue(conn, who.name, REVIEW):
                raise Refused(_OVERDUE.at(), status=403)
            _, until = rows.break_glass(
                conn, who, patient, reason=reason, words=words.strip(), wants_second=very_restricted
            )
            times = rows.times_this_week(conn, who)
        if times > MOST_A_WEEK:
            _log.warning("emergency access %d times within a week by the account %s", times, who.name)
        return patient, until

    def approve(self, who: Principal, id: str) -> bool:
        """Be the second person for very restricted facts; False when there is nothing to approve. Raises Refused."""
        _require(who, frozenset([Role.DOCTOR]), facility=True)
        with self._database.connection() as conn:
            return rows.approve(conn, who, id)

    def end(self, who: Principal, id: str) -> bool:
        """Close again what oneself opened."""
        with self._database.connection() as conn:
            return rows.end(conn, who, id)

    def mine(self, who: Principal) -> list[Opening]:
        """What the caller holds open now."""
        with self._database.connection() as conn:
            return rows.openings(conn, account=who.name, now=True)

    def broken(self, who: Principal, patient: str) -> Broken | None:
        """The caller's broken glass over this record, while it lasts."""
        with self._database.connection() as conn:
            held = rows.openings(conn, patient=patient, account=who.name, facility=who.facility, now=True, glass=True)
            if not held:
                return None
            asked = Asked(patient=patient, since=held[0].since, who=who.name, count=SHOWN)
            return Broken(held[0], tuple(audit.find(conn, asked)))

    def waiting(self, who: Principal) -> list[Opening]:
        """What waits for a second person of the caller's facility."""
        _require(who, TREATING, facility=True)
        with self._database.connection() as conn:
            return [one for one in rows.openings(conn, facility=who.facility, second=True) if one.opened_by != who.name]

    def of_person(self, who: Principal, of: str = "") -> list[Opening]:
        """Every opening of the own record, or a ward's (`of`), newest first: the notice to the person.

        Raises Refused (403, REPR-0006).
        """
        _require(who, frozenset([Role.CITIZEN]))
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            found = [one for person in persons_of(conn, actor.person) for one in _all_of(conn, person)]
            left_out = actor.untold(conn, who).facilities
        told = (one for one in found if one.facility not in left_out)
        return sorted(told, key=lambda one: one.since, reverse=True)

    def to_review(self, who: Principal, stretch: Stretch = FIRST) -> Part[Opening]:
        """Broken glass nobody reviewed yet, oldest first: the notice to the data officer, whose clock is `REVIEW`."""
        _require(who, frozenset([Role.DATA_OFFICER]))
        with self._database.connection() as conn:
            return rows.openings(conn, glass=True, unreviewed=True, stretch=stretch)

    def done_under(self, who: Principal, opening: Opening) -> tuple[Access, ...]:
        """For the data officer: what the account did with the record while the glass was broken, newest first."""
        _require(who, frozenset([Role.DATA_OFFICER]))
        asked = Asked(opening.patient, opening.since, opening.until, who=opening.opened_by, count=SHOWN)
        with self._database.connection() as conn:
            return tuple(audit.find(conn, asked))

    def often(self, who: Principal) -> list[Often]:
        """The alarm: accounts that broke the glass more than three times within a week."""
        _require(who, frozenset([Role.DATA_OFFICER]))
        with self._database.connection() as conn:
            return rows.often(conn, MOST_A_WEEK)

    def review(self, who: Principal, id: str, *, justified: bool) -> bool:
        """Keep what the data officer found; False when it is not open any more, or their own."""
        _require(who, frozenset([Role.DATA_OFFICER]))
        with self._database.connection() as conn:
            return rows.review(conn, who, id, "justified" if justified else "unjustified")

    def visit_code(self, who: Principal, of: str = "") -> VisitCode:
        """A code of the own record, or a ward's (`of`), for one visit: ten minutes, once. Refused (403, REPR-0006)."""
        _require(who, frozenset([Role.CITIZEN]))
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            return rows.draw_code(conn, who, actor.person, actor.mandate)

    def open_by_code(self, who: Principal, code: str) -> tuple[str, datetime]:
        """Open the record whose code this is to the caller's facility for 24 hours. Raises Refused."""
        _require(who, TREATING | {Role.STAFF}, facility=True)
        with self._database.connection() as conn:
            opened = rows.use_code(conn, who, code)
        if opened is None:
            raise Refused(_CODE.at(Origin(field="code")), status=422)
        return opened

    def _patient(self, identifier: str) -> str:
        """The one patient with this number, asked by the platform: the caller may not see the record yet."""
        number = identifier.strip()
        found: dict[str, set[str]] = {}
        with self._database.connection() as conn:
            for system in (CCCD, BHYT) if number else ():
                clause = Clause("identifier", "token", (("eq", f"{system}|{_plain(number)}"),))
                limit = require(_PLATFORM, Interaction.SEARCH, "Patient")
                page = self._store.search(conn, _PLATFORM, limit, Query("Patient", (clause,), count=5))
                found |= {one.id: _replaced_by(fhir_json.loads(one.body)) for one in page.matches}
        remaining = [one for one, merged in found.items() if not merged & found.keys()]
        if len(remaining) != 1:
            raise Refused(_NOBODY.at(Origin(field="identifier")), status=422)
        return remaining[0]


def _replaced_by(patient: dict[str, Any]) -> set[str]:
    """Ids of the Patients this one was merged into."""
    links = [link for link in patient.get("link", ()) if link.get("type") == "replaced-by"]
    return {str(link.get("other", {}).get("reference", "")).removeprefix("Patient/") for link in links}


def _plain(number: str) -> str:
    """What was typed, without what would end or part a search value."""
    return "".join(letter for letter in number if letter.isalnum())


def _require(who: Principal, roles: frozenset[Role], *, facility: bool = False) -> None:
    own = bool(who.person) if who.role is Role.CITIZEN else bool(who.facility) or not facility
    if who.role not in roles or not own:
        raise Refused(_NOT_YOU.at(role=who.role), status=403)


def _all_of(conn: Connection, person: str) -> list[Opening]:
    return whole(lambda stretch: rows.openings(conn, patient=person, stretch=stretch))
