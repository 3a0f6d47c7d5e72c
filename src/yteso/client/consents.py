"""A person's own consents: list, close the record (or a part) to a facility, withdraw. FHIR Consent in the record.

In: the citizen. Out: frozen values, or `Refused`. Only the own record is touched; each write is in the audit chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yteso.access.principal import Principal, Role
from yteso.access.restriction import EVERYTHING
from yteso.base.clock import VIETNAM, Clock
from yteso.base.errors import Refused
from yteso.base.ids import random_id
from yteso.base.issue import Origin, Rule, Severity
from yteso.db import Database
from yteso.fhir import json as fhir_json
from yteso.search.query import Clause, Query, Sort
from yteso.standards.identifiers import MA_CSKCB
from yteso.standards.sensitivity import LABELS
from yteso.store.protocol import Put, Store

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


@dataclass(frozen=True, slots=True)
class Choice:
    """One consent as a page shows it. `facility` is empty when it is about everybody; `labels`: the parts it names."""

    id: str
    version: int
    permits: bool
    facility: str
    labels: tuple[str, ...]
    given: str
    in_force: bool


class Consents:
    """One instance serves a process; every call is one transaction of its own."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def own(self, who: Principal) -> tuple[Choice, ...]:
        """The caller's consents, newest first."""
        _require_person(who)
        clause = Clause("patient", "reference", (("eq", f"Patient/{who.person}"),))
        query = Query("Consent", (clause,), (Sort("_lastUpdated", descending=True),), count=100)
        with self._database.connection() as conn:
            page = self._store.search(conn, who, EVERYTHING, query)
        return tuple(_choice(fhir_json.loads(one.body), one.version) for one in page.matches)

    def choose(self, who: Principal, *, permits: bool, facility: str, labels: tuple[str, ...] = ()) -> str:
        """Close to a facility, or let it see labelled facts: the Consent's id. Acts with the next statement."""
        _require_person(who)
        facility = facility.strip().upper()
        if len(facility) != 5 or not facility.isalnum():
            raise Refused(_FACILITY.at(Origin(field="facility")), status=422)
        consent = _consent(who, permits, facility, labels, self._clock().astimezone(VIETNAM).isoformat("T", "seconds"))
        with self._database.connection() as conn:
            self._store.write(conn, who, [Put(consent)], "consent")
        return str(consent["id"])

    def withdraw(self, who: Principal, id: str) -> bool:
        """Take a consent back; False when it is not the caller's, or not in force. It stays in the record, inactive."""
        _require_person(who)
        with self._database.connection() as conn:
            stored = self._store.read(conn, who, EVERYTHING, "Consent", id)
            consent = fhir_json.loads(stored.body) if stored and not stored.deleted else {}
            if consent.get("patient") != {"reference": f"Patient/{who.person}"} or consent.get("status") != "active":
                return False
            assert stored is not None
            change = Put({**consent, "status": "inactive"}, expected=stored.version)
            self._store.write(conn, who, [change], "consent withdrawn")
        return True


def _consent(who: Principal, permits: bool, facility: str, labels: tuple[str, ...], now: str) -> dict[str, Any]:
    actor = {
        "role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]},
        "reference": {"identifier": {"system": MA_CSKCB, "value": facility}},
    }
    known = [{"system": _ACT, "code": one} for one in labels if one in LABELS]
    scope = "http://terminology.hl7.org/CodeSystem/consentscope"
    person = {"reference": f"Patient/{who.person}"}
    return {
        "resourceType": "Consent",
        "id": random_id(),
        "status": "active",
        "scope": {"coding": [{"system": scope, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": _ACT, "code": "INFA"}]}],
        "patient": person,
        "dateTime": now,
        "performer": [person],
        "policyRule": {"coding": [{"system": _ACT, "code": "OPTIN" if permits else "OPTOUT"}]},
        "verification": [{"verified": True, "verifiedWith": person, "verificationDate": now}],
        "provision": {
            "type": "permit" if permits else "deny",
            "actor": [actor],
            **({"securityLabel": known} if known else {}),
        },
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
    )


def _require_person(who: Principal) -> None:
    if who.role is not Role.CITIZEN or not who.person:
        raise Refused(_NOT_YOURS.at(), status=403)
