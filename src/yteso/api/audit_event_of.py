"""One audit row -> a FHIR AuditEvent in the shape of IHE BALP (Basic Audit Log Patterns 1.1.x). Pure; no I/O.

The pattern follows the act: read, query, create, update, delete, export (privacy disclosure). The chain keeps numbers
of patients, not ids: a patient is named, and the pattern is the one with a patient, where the question named one or the
row is about a Patient itself. A row that cannot be all the pattern asks for (a refusal, an export that names no
patient, a query whose text is not told) claims none. Where a call came from is not in the chain: the client's network
is there and says `unknown`. Acts of accounts, sessions and tokens (`store.trail`) have DICOM's own types (DICOM PS3.16
CID 400-403) and no BALP pattern.
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
_ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_OBSERVER = {"display": "yteso"}
_UNKNOWN = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
}
_ACTION = {"Q": "E", "E": "R"}
"""BALP calls a query an execution, and a disclosure a read; in the chain they are R and E."""
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
    Act.BUDGET: (_ALERT, _CHANGED),
    Act.ADOPTED: (_ALERT, _CHANGED),
    Act.PAGE: (_ALERT, ("110132", "Use of Restricted Function")),
}


SUBTYPES = {
    code: ",".join(act.value for act, (_, subtype) in _ACTS.items() if subtype and subtype[0] == code)
    for code in {subtype[0] for _, subtype in _ACTS.values() if subtype}
}
"""DICOM's code of a subtype -> our own words of the acts that have it, parted by commas."""


def audit_event(access: Access, patient: str = "", *, base: str, with_query: bool = True) -> dict[str, Any]:
    """The resource; `patient`: whom it is known to be about. `outcomeDesc` names the rule of a refusal.

    `base`: the address of this server. `with_query`: with the text of a search and the digest of what it gave, which
    may be about other people than the one who reads this, and with the address a page was asked from.
    """
    if did := act_of(access.what):
        return _event_of_act(access, *did, patient=patient, with_detail=with_query)
    patient = patient or _patient_in(access.what)
    pattern, subtype = _pattern(access, bool(patient))
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": access.id,
        "meta": {"profile": [_BALP + pattern]} if _is_whole(access, patient, with_query=with_query) else {},
        "type": _kind(access),
        "subtype": [subtype],
        "action": _ACTION.get(_deed(access), access.action),
        "recorded": access.when.astimezone(UTC).isoformat(),
        "outcome": access.outcome or "0",
        "purposeOfEvent": [_purpose(access)],
        "agent": [*_agents(access), *_systems(access, base)],
        "source": {"observer": _OBSERVER, "type": [{"system": _SOURCE, "code": "4"}]},
        "entity": [
            _entity(access, with_query=with_query),
            *_given(access, with_query=with_query),
            *_person(patient),
            *_mandate(access),
        ],
    }
    if access.outcome is not None and access.detail:
        event["outcomeDesc"] = access.detail
    return {name: value for name, value in event.items() if value}


def _deed(access: Access) -> str:
    """The letter of the chain, and Q for a search."""
    return "Q" if access.action == "R" and "?" in access.what else access.action


def _is_whole(access: Access, patient: str, *, with_query: bool) -> bool:
    """Whether everything the pattern asks for is there to be told."""
    deed = _deed(access)
    told = deed not in "QE" or (with_query and bool(access.detail) if deed == "Q" else bool(patient))
    return told and access.outcome in (None, "0")


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
        "agent": _agents_of_act(access),
        "source": {"observer": _OBSERVER, "type": [{"system": _SOURCE, "code": "4"}]},
        "entity": [
            {"name": subject, **({"description": access.detail} if access.detail else {})},
            *_person(patient),
        ],
    }
    return {name: value for name, value in event.items() if value}


def _dicom(code: tuple[str, str]) -> dict[str, str]:
    return {"system": _DICOM, "code": code[0], "display": code[1]}


_SOURCE = "http://terminology.hl7.org/CodeSystem/security-source-type"


def _pattern(access: Access, with_patient: bool) -> tuple[str, dict[str, str]]:
    """(BALP profile, subtype)."""
    name, system, subtype = {
        "C": ("Create", _REST, "create"),
        "U": ("Update", _REST, "update"),
        "D": ("Delete", _REST, "delete"),
        "Q": ("Query", _REST, "search-type"),
        "E": ("PrivacyDisclosure.Source", "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose"),
    }.get(_deed(access), ("Read", _REST, "read"))
    return f"{'Patient' if with_patient and access.action != 'E' else ''}{name}", {"system": system, "code": subtype}


def _patient_in(what: str) -> str:
    kind, _, rest = what.partition("/")
    return rest.partition("/")[0] if kind == "Patient" else ""


def _person(patient: str) -> list[dict[str, Any]]:
    if not patient:
        return []
    kind, role = {"system": _ENTITY, "code": "1"}, {"system": _OBJECT_ROLE, "code": "1"}
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
        "type": _coded(
            "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "AUT" if access.action in "CUD" else "IRCP"
        ),
        "who": {"identifier": {"value": access.who}, "display": access.who},
        "name": access.who,
        "requestor": True,
    }
    if access.role:
        user["role"] = [_coded(_ROLE, access.role)]
    if access.purpose:
        user["purposeOfUse"] = [_purpose(access)]
    agents = [user]
    if access.behalf:
        user["who"] = {"reference": f"Patient/{access.behalf}", "display": access.who}
    if access.client:
        agents.append(_agent(_coded(_DICOM, "110150"), {"identifier": {"value": access.client}}))
    if access.facility:
        facility = {"identifier": {"system": _FACILITY, "value": access.facility}}
        agents.append(_agent(_coded("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV"), facility))
    return agents


def _agents_of_act(access: Access) -> list[dict[str, Any]]:
    """The same, and where the person came from, which acts of accounts name."""
    user, *others = _agents(access)
    found = _FROM.match(access.detail)
    return [user | {"network": {"address": found[1], "type": "2"}} if found else user, *others]


def _systems(access: Access, base: str) -> list[dict[str, Any]]:
    """The client and this server, as source and destination of what went between them (DICOM PS3.15 A.5.2)."""
    client = {"identifier": {"value": access.client}} if access.client else {"display": "without an app of its own"}
    source, destination = _coded(_DICOM, "110153"), _coded(_DICOM, "110152")
    gives = access.action == "E" or _deed(access) == "R"
    return [
        _agent(destination if gives else source, client) | {"network": _UNKNOWN},
        _agent(source if gives else destination, _OBSERVER) | {"network": {"address": base, "type": "5"}},
    ]


def _agent(kind: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "who": who, "requestor": False}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _entity(access: Access, *, with_query: bool) -> dict[str, Any]:
    """What it was about: the resource by reference, a query by its text, anything else by name."""
    entity: dict[str, Any] = {"type": {"system": _ENTITY, "code": "2"}}
    if _deed(access) == "Q":
        entity |= {"role": {"system": _OBJECT_ROLE, "code": "24"}, "description": access.what}
        if with_query and access.detail and access.outcome is None:
            entity["query"] = b64encode(access.detail.encode()).decode()
        return entity
    entity["role"] = {"system": _OBJECT_ROLE, "code": "4"}
    if _REFERENCE.fullmatch(access.what):
        entity["what"] = {"reference": access.what}
    else:
        entity |= {"what": {"display": access.what}, "description": access.what}
    if access.detail and access.outcome is None:
        entity["detail"] = [{"type": "detail", "valueString": access.detail}]
    return entity


def _given(access: Access, *, with_query: bool) -> list[dict[str, Any]]:
    """The digest of what was handed out, beside the query or the resource."""
    if not access.given or not with_query:
        return []
    detail = {"type": GIVEN, "valueBase64Binary": b64encode(access.given).decode()}
    return [{"type": {"system": _ENTITY, "code": "4"}, "description": "digest of what was given", "detail": [detail]}]
