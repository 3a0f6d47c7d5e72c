"""Every way to write a new resource about somebody, asked as one principal -> which end otherwise than the cell says.

A cell says of a patient and a type: `may` (a new fact about this patient may be written), `hidden` (refused, as if
there were no such patient), `denied` (the role does not write the type at all). Whoever is bound to a facility writes
visits of their own facility.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.acceptance.matrix.walk import NO_BUNDLES
from tests.acceptance.matrix.world import OURS, TARGETS, THEIRS, TYPES, ask, representative, resources, who
from tests.acceptance.matrix.writes import TRANSACTS

from yteso.access.principal import Role
from yteso.api import Api

KINDS = (*TYPES[1:], "MedicationDispense", "RelatedPerson", "Consent")
NAMES_IDS = frozenset([Role.SYSTEM, Role.INTEGRATOR])
"""Who may create under an id of their own choice; to all others it would tell which ids are there, but hidden."""
EVERY_WAY = frozenset(["same", "other", "closed", "opened"])
"""Targets at which every way is gone; at the others a plain create."""
NEWCOMERS = ("alone", "with-our-visit", "with-their-visit")


def mistakes(api: Api, role: Role, cells: dict[str, dict[str, str]], bury: Callable[[str, str], None]) -> Iterator[str]:
    """What differs from the cells. `bury` takes back a visit, which would let more people see."""
    for target in TARGETS:
        for resource in [*resources(target)[1:], *_further(role, target)]:
            kind = resource["resourceType"]
            expected = cells[target][kind]
            for action, status in _ways(api, role, target, _new(role, resource), bury):
                if status != _expected(expected, action, role):
                    yield f"{role} {target} {kind} {expected}: {action} {status}"


def fact(kind: str, target: str) -> dict[str, Any]:
    """A new fact of a type about the target."""
    found = next(one for one in [*resources(target), *_further(Role.SYSTEM, target)] if one["resourceType"] == kind)
    return {name: value for name, value in found.items() if name not in ("id", "meta")}


def _further(role: Role, target: str) -> Iterator[dict[str, Any]]:
    """What a pharmacist writes, that somebody represents the patient, and what the patient allows; it opens nothing."""
    patient = {"reference": f"Patient/p-{target}"}
    yield {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "subject": patient,
        "medicationCodeableConcept": {"text": "x"},
    }
    period = {"start": "2020-01-01", "end": "2100-01-01"}
    represents = representative(target, "HPOWATT", period=period)
    yield represents | {"identifier": [{"system": "urn:yteso:patient", "value": "p-nobody"}]}
    yield {
        "resourceType": "Consent",
        "status": "inactive",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"code": "INFAO"}]}],
        "patient": patient,
        "performer": [{"reference": _performer(role, target)}],
        "sourceAttachment": {"data": "eA=="},
    }


def _performer(role: Role, target: str) -> str:
    """Who decides: the patient; of somebody whom the citizen represents, the citizen as their representative."""
    if role is not Role.CITIZEN:
        return f"Patient/p-{target}"
    return "Patient/p-own" if target in ("own", "own-twin") else f"RelatedPerson/r-{target}"


def _new(role: Role, resource: dict[str, Any]) -> dict[str, Any]:
    fresh = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    if fresh["resourceType"] == "Encounter" and who(role).facility:
        fresh["serviceProvider"] = {"identifier": {"value": OURS}}
    return fresh


def _expected(expected: str, action: str, role: Role) -> int:
    if action == "update as create" and role not in NAMES_IDS:
        return 403
    closed = (action == "transaction" and role not in TRANSACTS) or (action == "batch" and role in NO_BUNDLES)
    return 201 if expected == "may" and not closed else 403


def _ways(
    api: Api, role: Role, target: str, resource: dict[str, Any], bury: Callable[[str, str], None]
) -> Iterator[tuple[str, int]]:
    """(action, status); of a bundle the status of its entry."""
    kind, who_asks = resource["resourceType"], who(role)
    status, answer = ask(api, who_asks, "POST", kind, resource)
    yield "create", status
    if target == "glass" and kind == "Encounter" and status == 201:
        bury(kind, answer["id"])
    if target not in EVERY_WAY:
        return
    yield "conditional create", ask(api, who_asks, "POST", f"{kind}?identifier=none|{role}", resource)[0]
    one = f"new-{role}-{target}"
    yield "update as create", ask(api, who_asks, "PUT", f"{kind}/{one}", {**resource, "id": one})[0]
    entry = {"resource": resource, "request": {"method": "POST", "url": kind}}
    for bundle in ("batch", "transaction"):
        yield bundle, bundled(api, role, bundle, [entry])


def bundled(api: Api, role: Role, type: str, entries: list[dict[str, Any]]) -> int:
    """The status of the last entry of a bundle, or of the bundle."""
    status, answer = ask(api, who(role), "POST", "", {"resourceType": "Bundle", "type": type, "entry": entries})
    return int(answer["entry"][-1]["response"]["status"][:3]) if status == 200 else status


def newcomer(api: Api, role: Role, kind: str) -> str:
    """A person nobody knew, alone or with a first visit: `may` or `denied`."""
    person = {"resourceType": "Patient", "name": [{"text": f"Mẫu {role} {kind}"}]}
    facility = {"with-our-visit": OURS, "with-their-visit": THEIRS}.get(kind, "")
    entries = [{"fullUrl": "urn:uuid:p", "resource": person, "request": {"method": "POST", "url": "Patient"}}]
    if not facility:
        status = ask(api, who(role), "POST", "Patient", person)[0]
    else:
        visit = {
            **resources("same")[1],
            "subject": {"reference": "urn:uuid:p"},
            "serviceProvider": {"identifier": {"value": facility}},
        }
        visit.pop("id")
        entries.append({"resource": visit, "request": {"method": "POST", "url": "Encounter"}})
        status = bundled(api, role, "transaction", entries)
    return {201: "may", 403: "denied"}.get(status, str(status))
