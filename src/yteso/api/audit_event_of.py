"""One audit row -> a FHIR AuditEvent in the shape of IHE BALP (Basic Audit Log Patterns 1.1.x). Pure; no I/O.

The pattern follows the act: read, query, create, update, delete, export (privacy disclosure). The chain keeps numbers
of patients, not ids: a patient is named, and the pattern is the one with a patient, where the question named one or the
row is about a Patient itself. Acts of accounts, sessions and tokens (`store.trail`) have DICOM's own types (DICOM
PS3.16 CID 400-403) and no BALP pattern.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC
from typing import Any

from yteso.store.audit import Access
from yteso.store.mandates import BY
from yteso.store.trail import Act, act_of

_BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
_REST = "http://hl7.org/fhir/restful-interaction"
_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_ROLE = "urn:yteso:role"
_FACILITY = "http://fhir.hl7.org.vn/core/sid/ma-cskcb"
_FROM = re.compile(r"from=(\S+)")
"""How `detail` of an act begins that came from an address."""
_MANDATE = re.compile(rf"(?:^| ){BY}([A-Za-z0-9.-]{{1,64}})$")
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(/_history/\d+)?")
GIVEN = "given"
"""The detail that holds the digest of what was handed out (`store.audit.given`)."""


_ACT = "urn:yteso:audit-act"
_AUTHENTICATION = ("110114", "User Authentication")
_ALERT = ("110113", "Security Alert")
_CHANGED = ("110137", "User Security Attributes Changed")
_ACTS: dict[Act, tuple[tuple[str, str], tuple[str, str] | None]] = {
    Act.LOGIN: (_AUTHENTICATION, ("110122", "Login")),
    Act.LOGOUT: (_AUTHENTICATION, ("110123", "Logout")),
    Act.PROOF: (_AUTHENTICATION, None),
    Act.TOKEN: (_AUTHENTICATION, None),
    Act.SESSION: (_AUTHENTICATION, None),
    Act.PASSWORD: (_ALERT, _CHANGED),
    Act.FACTOR: (_ALERT, _CHANGED),
    Act.IDENTITY: (_ALERT, _CHANGED),
    Act.RECOVERY: (_ALERT, _CHANGED),
    Act.ACCOUNT: (_ALERT, ("110136", "Security Roles Changed")),
    Act.CLIENT: (_ALERT, _CHANGED),
    Act.GRANT: (_ALERT, None),
    Act.PAGE: (_ALERT, ("110132", "Use of Restricted Function")),
}


SUBTYPES = {
    code: ",".join(act.value for act, (_, subtype) in _ACTS.items() if subtype and subtype[0] == code)
    for code in {subtype[0] for _, subtype in _ACTS.values() if subtype}
}
"""DICOM's code of a subtype -> our own words of the acts that have it, parted by commas."""


def audit_event(access: Access, patient: str = "", *, with_query: bool = True) -> dict[str, Any]:
    """The resource; `patient`: whom it is known to be about. `outcomeDesc` names the rule of a refusal.

    `with_query`: with the text of a search and the digest of what it gave, which may be about other people than the
    one who reads this, and with the address a page was asked from.
    """
    if did := act_of(access.what):
        return _event_of_act(access, *did, patient=patient, with_detail=with_query)
    patient = patient or _patient_in(access.what)
    pattern, subtype = _pattern(access, bool(patient))
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": access.id,
        "meta": {"profile": [_BALP + pattern]},
        "type": _kind(access),
        "subtype": [{"system": _REST, "code": subtype}] if subtype else [],
        "action": access.action,
        "recorded": access.when.astimezone(UTC).isoformat(),
        "outcome": access.outcome or "0",
        "purposeOfEvent": [_purpose(access)],
        "agent": _agents(access),
        "source": {"observer": {"display": "yteso"}, "type": [{"system": _SOURCE, "code": "4"}]},
        "entity": [_entity(access, with_query=with_query), *_person(patient), *_mandate(access)],
    }
    if access.outcome is not None and access.detail:
        event["outcomeDesc"] = access.detail
    return {name: value for name, value in event.items() if value}


def _event_of_act(access: Access, act: Act, subject: str, *, patient: str, with_detail: bool) -> dict[str, Any]:
    """An act without a resource: `subtype` is DICOM's, where it has one, and our own word."""
    if not with_detail:
        access = replace(access, detail="")
    kind, subtype = _ACTS[act]
    subtypes = [_dicom(subtype)] if subtype else []
    event = {
        "resourceType": "AuditEvent",
        "id": access.id,
        "type": _dicom(kind),
        "subtype": [*subtypes, {"system": _ACT, "code": act.value}],
        "action": access.action,
        "recorded": access.when.astimezone(UTC).isoformat(),
        "outcome": access.outcome or "0",
        "outcomeDesc": access.detail if access.outcome else "",
        "agent": _agents(access),
        "source": {"observer": {"display": "yteso"}, "type": [{"system": _SOURCE, "code": "4"}]},
        "entity": [
            {"name": subject, **({"description": access.detail} if access.detail else {})},
            *_person(patient),
        ],
    }
    return {name: value for name, value in event.items() if value}


def _dicom(code: tuple[str, str]) -> dict[str, str]:
    return {"system": _DICOM, "code": code[0], "display": code[1]}


_SOURCE = "http://terminology.hl7.org/CodeSystem/security-source-type"


def _pattern(access: Access, with_patient: bool) -> tuple[str, str]:
    """(BALP profile, restful interaction)."""
    if access.action == "E":
        return "PrivacyDisclosure.Source", ""
    searched = "?" in access.what
    name, subtype = {
        "C": ("Create", "create"),
        "U": ("Update", "update"),
        "D": ("Delete", "delete"),
    }.get(access.action, ("Query", "search-type") if searched else ("Read", "read"))
    return f"{'Patient' if with_patient else ''}{name}", subtype


def _patient_in(what: str) -> str:
    kind, _, rest = what.partition("/")
    return rest.partition("/")[0] if kind == "Patient" else ""


def _person(patient: str) -> list[dict[str, Any]]:
    if not patient:
        return []
    kind = {"system": f"{_TYPE[: _TYPE.rindex('/')]}/audit-entity-type", "code": "1"}
    role = {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"}
    return [{"what": {"reference": f"Patient/{patient}"}, "type": kind, "role": role}]


def _mandate(access: Access) -> list[dict[str, Any]]:
    """The representation by which somebody acted for the patient."""
    found = _MANDATE.search(access.detail) if access.action in "CU" and access.outcome is None else None
    return [{"what": {"reference": f"RelatedPerson/{found[1]}"}, "description": "on behalf of"}] if found else []


def _kind(access: Access) -> dict[str, str]:
    if access.action == "E":
        return {"system": _DICOM, "code": "110106", "display": "Export"}
    return {"system": _TYPE, "code": "rest", "display": "RESTful Operation"}


def _purpose(access: Access) -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": access.purpose}]}


def _agents(access: Access) -> list[dict[str, Any]]:
    """Who acted with role and facility; the app; the person on whose account it was (BALP: comprehensive)."""
    user: dict[str, Any] = {
        "type": _coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
        "who": {"identifier": {"value": access.who}, "display": access.who},
        "name": access.who,
        "requestor": True,
    }
    if access.role:
        user["role"] = [_coded(_ROLE, access.role)]
    if access.purpose:
        user["purposeOfUse"] = [_purpose(access)]
    if found := _FROM.match(access.detail):
        user["network"] = {"address": found[1], "type": "2"}
    agents = [user]
    if access.behalf:
        user["who"] = {"reference": f"Patient/{access.behalf}", "display": access.who}
    if access.client:
        agents.append(_agent(_coded(_DICOM, "110150"), {"identifier": {"value": access.client}}))
    if access.facility:
        facility = {"identifier": {"system": _FACILITY, "value": access.facility}}
        agents.append(_agent(_coded("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV"), facility))
    return agents


def _agent(kind: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "who": who, "requestor": False}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _entity(access: Access, *, with_query: bool) -> dict[str, Any]:
    """What it was about: the resource by reference, a query by its mark, anything else by name."""
    entity: dict[str, Any] = {"type": {"system": f"{_TYPE[: _TYPE.rindex('/')]}/audit-entity-type", "code": "2"}}
    if _REFERENCE.fullmatch(access.what):
        entity["what"] = {"reference": access.what}
    else:
        entity["description"] = access.what
    if access.action == "R" and "?" in access.what:
        if with_query and access.detail:
            entity["query"] = b64encode(access.detail.encode()).decode()
    elif access.detail and access.outcome is None:
        entity["detail"] = [{"type": "detail", "valueString": access.detail}]
    if access.given and with_query:
        given = {"type": GIVEN, "valueBase64Binary": b64encode(access.given).decode()}
        entity["detail"] = [*entity.get("detail", ()), given]
    return entity
