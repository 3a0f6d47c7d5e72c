"""A person's consents, own or a ward's: list, close the record (or a part) to a facility or to somebody, withdraw.

In: the citizen, and in whose name where that is not their own (`of`, client/acting.py). Out: frozen values, or
`Refused`. Of the own record all is touched when a person has several Patients; each write is in the audit chain, with
the representation by which it was made. A facility is chosen by its name: those the person knows come first; a person
is chosen among those who looked at the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, Clock
from yteso.base.errors import Refused
from yteso.base.ids import random_id
from yteso.base.issue import Origin, Rule, Severity
from yteso.client.acting import Acting, acting
from yteso.client.openings import TREATING
from yteso.client.representation_rules import OWN_CHOICE
from yteso.db import Connection, Database
from yteso.fhir import json as fhir_json
from yteso.search.query import Clause, Query, Sort
from yteso.standards.identifiers import MA_CSKCB
from yteso.standards.sensitivity import LABELS
from yteso.store import audit
from yteso.store.audit import Asked
from yteso.store.consents import ACCOUNT, cared_by, persons_of
from yteso.store.mandates import said
from yteso.store.protocol import Put, Store
from yteso.store.untold import Untold

MOST_FOUND = 20
LOOKED_AT = 1000
"""So many of the newest accesses tell which facilities looked."""
_STAFF = frozenset([*TREATING, Role.LAB, Role.PHARMACIST, Role.CASHIER, Role.STAFF])
"""Whose accounts a record can be closed to: the staff of facilities."""
_HAS_CODE = Clause("identifier", "token", (("eq", f"{MA_CSKCB}|"),))
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_NOT_YOURS = Rule(
    "CONS-0006",
    Severity.ERROR,
    "Chỉ chính người bệnh được đặt quyền riêng tư cho hồ sơ của mình.",
    "Only the person sets who sees their own record.",
    "Đăng nhập bằng tài khoản công dân đã gắn với hồ sơ.",
    "Log in as a citizen whose account is tied to the record.",
)
_FACILITY = Rule(
    "CONS-0007",
    Severity.ERROR,
    "Mã cơ sở phải có 5 ký tự.",
    "A facility's code has 5 characters.",
    "Nhập mã cơ sở khám chữa bệnh (MA_CSKCB).",
    "Give the facility's code (MA_CSKCB).",
)
_PERSON = Rule(
    "CONS-0009",
    Severity.ERROR,
    "Người này không ở trong những người đã xem hồ sơ.",
    "This person is none of those who looked at the record.",
    "Chọn một người trong danh sách, hoặc chọn cả cơ sở.",
    "Choose somebody of the list, or the whole facility.",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One consent as a page shows it. `labels`: the parts it names.

    `facility` and `account` are empty when it is about everybody.
    """

    id: str
    version: int
    permits: bool
    facility: str
    labels: tuple[str, ...]
    given: str
    in_force: bool
    by_other: bool = False
    """A representative chose it."""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility one can choose. `why` it is offered: visit (the person was there), access (it looked), or found."""

    code: str
    name: str
    why: str = "found"


class Consents:
    """One instance serves a process; every call is one transaction of its own."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def named(self, who: Principal, of: str = "") -> tuple[str, ...]:
        """The labels the caller decides about. Raises Refused (403, REPR-0006) like all the others."""
        _require_person(who)
        with self._database.connection() as conn:
            return acting(conn, self._store, who, of).may_name(LABELS)

    def own(self, who: Principal, of: str = "") -> tuple[Choice, ...]:
        """The person's consents, newest first."""
        _require_person(who)
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            named = tuple(("eq", f"Patient/{one}") for one in persons_of(conn, actor.person))
            clause = Clause("patient", "reference", named)
            query = Query("Consent", (clause,), (Sort("_lastUpdated", descending=True),), count=100)
            page = self._store.search(conn, who, actor.limit(who, Interaction.SEARCH, "Consent"), query)
        return tuple(_choice(fhir_json.loads(one.body), one.version) for one in page.matches)

    def known(self, who: Principal, of: str = "") -> tuple[Facility, ...]:
        """The facilities the person was at, then those that looked, by name."""
        _require_person(who)
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            persons, left_out = persons_of(conn, actor.person), actor.untold(conn, who)
            visited = [one for one in cared_by(conn, persons) if one not in left_out.facilities]
            asked = [Asked(patient=one, others=True, count=LOOKED_AT, untold=left_out) for one in persons]
            looked = {one.facility for ask in asked for one in audit.find(conn, ask)} - {"", *visited}
            names = self._names(conn, who, [*visited, *looked])
        why = dict.fromkeys(looked, "access") | dict.fromkeys(visited, "visit")
        found = [Facility(code, names.get(code, code), because) for code, because in why.items()]
        return tuple(sorted(found, key=lambda one: (one.why != "visit", one.name)))

    def find(self, who: Principal, text: str) -> tuple[Facility, ...]:
        """Facilities whose name holds this text, or whose code it is; at most `MOST_FOUND`."""
        _require_person(who)
        wanted = " ".join(text.split())[:100]
        if not wanted:
            return ()
        with self._database.reading() as conn:
            by_name = Clause("name", "string", (("eq", wanted),), "contains")
            names = self._names(conn, who, [wanted.upper()]) if wanted.isalnum() else {}
            names |= self._organizations(conn, who, (_HAS_CODE, by_name), MOST_FOUND)
        return tuple(Facility(code, name) for code, name in sorted(names.items(), key=lambda one: one[1]))

    def names(self, who: Principal, codes: Iterable[str]) -> dict[str, str]:
        """MA_CSKCB -> name, of those that have one."""
        with self._database.reading() as conn:
            return self._names(conn, who, list(codes))

    def lookers(self, who: Principal, of: str = "") -> tuple[str, ...]:
        """The accounts of a facility's staff that looked at the record, the newest first."""
        _require_person(who)
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            return _lookers(conn, persons_of(conn, actor.person), actor.untold(conn, who))

    def choose(
        self,
        who: Principal,
        *,
        permits: bool,
        facility: str,
        account: str = "",
        labels: tuple[str, ...] = (),
        of: str = "",
    ) -> str:
        """Close to a facility or to one `account`, or let it see labelled facts: the Consent's id.

        It acts with the next statement. Raises Refused (422) CONS-0007, CONS-0009. Of a child's labelled facts a
        representative speaks as long as the child does not decide alone: a permission ends on the day before.
        """
        _require_person(who)
        facility = facility.strip().upper()
        if not account and (len(facility) != 5 or not facility.isalnum()):
            raise Refused(_FACILITY.at(Origin(field="facility")), status=422)
        known = tuple(one for one in labels if one in LABELS)
        now = self._clock().astimezone(VIETNAM).isoformat("T", "seconds")
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            actor.require_named(known)
            persons = persons_of(conn, actor.person) if account else []
            if account and account not in _lookers(conn, persons, actor.untold(conn, who)):
                raise Refused(_PERSON.at(Origin(field="account")), status=422)
            recipient = (ACCOUNT, account) if account else (MA_CSKCB, facility)
            consent = _consent(actor, permits, recipient, known, now)
            self._store.write(conn, who, [Put(consent)], said("consent", actor.mandate))
        return str(consent["id"])

    def withdraw(self, who: Principal, id: str, of: str = "") -> bool:
        """Take a consent back; False when it is not the person's, or not in force. It stays in the record, inactive.

        What a ward chose themselves only they take back: Refused (403, REPR-0008).
        """
        _require_person(who)
        with self._database.connection() as conn:
            actor = acting(conn, self._store, who, of)
            stored = self._store.read(conn, who, actor.limit(who, Interaction.READ, "Consent"), "Consent", id)
            consent = fhir_json.loads(stored.body) if stored and not stored.deleted else {}
            own = [{"reference": f"Patient/{one}"} for one in persons_of(conn, actor.person)]
            if consent.get("patient") not in own or consent.get("status") != "active":
                return False
            if actor.mandate and any(one in own for one in consent.get("performer", ())):
                raise Refused(OWN_CHOICE.at(), status=403)
            assert stored is not None
            change = Put({**consent, "status": "inactive"}, expected=stored.version)
            self._store.write(conn, who, [change], said("consent withdrawn", actor.mandate))
        return True

    def _names(self, conn: Connection, who: Principal, codes: Sequence[str]) -> dict[str, str]:
        if not codes:
            return {}
        named = tuple(("eq", f"{MA_CSKCB}|{code}") for code in codes)
        return self._organizations(conn, who, (Clause("identifier", "token", named),), len(codes) + MOST_FOUND)

    def _organizations(
        self, conn: Connection, who: Principal, clauses: tuple[Clause, ...], count: int
    ) -> dict[str, str]:
        limit = require(who, Interaction.SEARCH, "Organization")
        page = self._store.search(conn, who, limit, Query("Organization", clauses, count=count))
        found = [fhir_json.loads(one.body) for one in page.matches]
        return {
            identifier["value"]: organization["name"]
            for organization in found
            for identifier in organization.get("identifier", [])
            if identifier.get("system") == MA_CSKCB and organization.get("name")
        }


def _lookers(conn: Connection, persons: Sequence[str], left_out: Untold) -> tuple[str, ...]:
    asked = [Asked(patient=one, others=True, count=LOOKED_AT, untold=left_out) for one in persons]
    rows = [one for ask in asked for one in audit.find(conn, ask) if one.facility and one.role in _STAFF]
    newest = sorted(rows, key=lambda one: one.when, reverse=True)
    return tuple(dict.fromkeys(one.who for one in newest))


def _consent(
    actor: Acting, permits: bool, recipient: tuple[str, str], labels: Sequence[str], now: str
) -> dict[str, Any]:
    role = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
    system, value = recipient
    whom = {
        "role": {"coding": [{"system": role, "code": "IRCP"}]},
        "reference": {"identifier": {"system": system, "value": value}},
    }
    provision: dict[str, Any] = {"type": "permit" if permits else "deny"}
    if permits and labels and actor.mandate:
        last = min(map(actor.mandate.end, labels)) - timedelta(days=1)
        provision["period"] = {"end": last.isoformat()}
    provision["actor"] = [whom]
    if labels:
        provision["securityLabel"] = [{"system": _ACT, "code": one} for one in labels]
    scope = "http://terminology.hl7.org/CodeSystem/consentscope"
    by = {"reference": actor.reference}
    return {
        "resourceType": "Consent",
        "id": random_id(),
        "status": "active",
        "scope": {"coding": [{"system": scope, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": _ACT, "code": "INFA"}]}],
        "patient": {"reference": f"Patient/{actor.person}"},
        "dateTime": now,
        "performer": [by],
        "policyRule": {"coding": [{"system": _ACT, "code": "OPTIN" if permits else "OPTOUT"}]},
        "verification": [{"verified": True, "verifiedWith": by, "verificationDate": now}],
        "provision": provision,
    }


def _choice(consent: dict[str, Any], version: int) -> Choice:
    provision = consent.get("provision", {})
    actors = [one.get("reference", {}).get("identifier", {}) for one in provision.get("actor", [])]
    return Choice(
        consent["id"],
        version,
        provision.get("type") == "permit",
        next((one["value"] for one in actors if one.get("system") == MA_CSKCB), ""),
        tuple(one["code"] for one in provision.get("securityLabel", []) if one.get("code") in LABELS),
        consent.get("dateTime", ""),
        consent.get("status") == "active",
        any(str(one.get("reference", "")).startswith("RelatedPerson/") for one in consent.get("performer", ())),
        next((one["value"] for one in actors if one.get("system") == ACCOUNT), ""),
    )


def _require_person(who: Principal) -> None:
    if who.role is not Role.CITIZEN or not who.person:
        raise Refused(_NOT_YOURS.at(), status=403)
