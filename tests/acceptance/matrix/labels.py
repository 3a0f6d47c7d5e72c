"""One fact for each sensitivity label, as its sender marks it: of our facility, of another, of the citizen's child."""

from __future__ import annotations

from typing import Any

from tests.acceptance.matrix.world import OURS, THEIRS, ask, who

from yteso.access.principal import Principal, Role
from yteso.api import Api
from yteso.standards.sensitivity import CODINGS
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

FACTS = {"ours": (OURS, "same"), "theirs": (THEIRS, "same"), "child": (THEIRS, "minor")}
"""fact -> (who made it, whose it is)."""
_REPORT = "DiagnosticReport"
_KINDS = {Role.PHARMACIST: "MedicationDispense", Role.CASHIER: "Invoice"}
"""What a role is asked about, when it sees no reports."""
_TOLD = {200: "seen", 404: "hidden", 403: "denied"}


def write(database: Any) -> None:
    """All of them."""
    with database.connection() as conn:
        facts = [
            _fact(kind, fact, label) for kind in (_REPORT, *_KINDS.values()) for fact in FACTS for label in CODINGS
        ]
        PostgresStore().write(conn, Principal("matrix", Role.SYSTEM), [Put(one) for one in facts])


def seen(api: Api, role: Role, fact: str) -> dict[str, str]:
    """label -> what a role is told of the fact that carries it."""
    kind = _KINDS.get(role, _REPORT)
    return {one: _TOLD[ask(api, who(role), "GET", f"{kind}/l-{fact}-{one}")[0]] for one in CODINGS}


def _fact(kind: str, fact: str, label: str) -> dict[str, Any]:
    maker, target = FACTS[fact]
    system, code = CODINGS[label]
    words = {"medicationCodeableConcept": {"text": "x"}} if kind == "MedicationDispense" else {}
    status = {"DiagnosticReport": "final", "MedicationDispense": "completed", "Invoice": "issued"}[kind]
    return {
        "resourceType": kind,
        "id": f"l-{fact}-{label}",
        "meta": {"source": f"urn:yteso:bhyt:{maker}:LK-{fact}", "security": [{"system": system, "code": code}]},
        "status": status,
        "subject": {"reference": f"Patient/p-{target}"},
        **({"code": {"text": "x"}} if kind == _REPORT else words),
    }
