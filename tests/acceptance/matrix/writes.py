"""Every way to write one resource that exists, asked as one principal -> which ways end otherwise than the cell says.

A cell says of a resource: `may` (its role may write it), `hidden` (as if it did not exist), `denied` (the role may not
write the kind at all). What is written is what is there already, so that a write that goes through changes nothing;
what was deleted and is put back is deleted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.acceptance.matrix.walk import NO_BUNDLES
from tests.acceptance.matrix.world import TARGETS, ask, id_of, resources, who

from yteso.access.principal import Role
from yteso.api import Api

DELETES = frozenset([Role.SYSTEM, Role.INTEGRATOR])
TRANSACTS = frozenset(
    [
        *(Role.DOCTOR, Role.STATION, Role.NURSE, Role.LAB, Role.PHARMACIST, Role.CASHIER),
        *(Role.ADMINISTRATOR, Role.SYSTEM, Role.INTEGRATOR),
    ]
)
_OTHERS = frozenset([403, 404, 409, 412])


def mistakes(api: Api, role: Role, cells: dict[str, dict[str, str]], bury: Callable[[str, str], None]) -> Iterator[str]:
    """What differs from the cells, for every target. `bury` deletes a resource (type, id) again."""
    for target in TARGETS:
        for resource in resources(target):
            kind = resource["resourceType"]
            expected, gone = cells[target][kind], target == "deleted" and kind != "Encounter"
            for action, status in ways(api, role, target, resource):
                if gone and status in (200, 201):
                    bury(kind, resource["id"])
                if not _good(expected, action, status, role, gone=gone):
                    yield f"{role} {target} {kind} {expected}: {action} {status}"


def _good(expected: str, action: str, status: int, role: Role, *, gone: bool) -> bool:
    if action == "transaction" and role not in TRANSACTS:
        return status == 403
    if action == "batch" and role in NO_BUNDLES:
        return status == 403
    if action == "delete":
        return role in DELETES or status == 403
    if expected == "may" and gone and "patch" in action:
        return status == (404 if action == "conditional patch" else 410)
    if expected == "may":
        return status in (200, 201)
    return status == 403 if expected == "denied" else status in _OTHERS


def ways(api: Api, role: Role, target: str, resource: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """(action, status); of a bundle the status of its entry."""
    kind, one = resource["resourceType"], id_of(resource["resourceType"], target)

    def asks(method: str, url: str, body: Any = None) -> tuple[int, Any]:
        return ask(api, who(role), method, url, body)

    patch = {"resourceType": "Parameters", "parameter": [_same_language(kind)]}
    yield "update", asks("PUT", f"{kind}/{one}", resource)[0]
    yield "conditional update", asks("PUT", f"{kind}?_id={one}", resource)[0]
    yield "patch", asks("PATCH", f"{kind}/{one}", patch)[0]
    yield "conditional patch", asks("PATCH", f"{kind}?_id={one}", patch)[0]
    if role not in DELETES:
        yield "delete", asks("DELETE", f"{kind}/{one}")[0]
        yield "delete", asks("DELETE", f"{kind}?_id={one}")[0]
    entry = {"resource": resource, "request": {"method": "PUT", "url": f"{kind}/{one}"}}
    for bundle in ("batch", "transaction"):
        status, answer = asks("POST", "", {"resourceType": "Bundle", "type": bundle, "entry": [entry]})
        yield bundle, int(answer["entry"][0]["response"]["status"][:3]) if status == 200 else status


def _same_language(kind: str) -> dict[str, Any]:
    """An operation that leaves the resource as it is: what is not there is deleted."""
    parts = [("type", "valueCode", "delete"), ("path", "valueString", f"{kind}.language")]
    return {"name": "operation", "part": [{"name": name, value: text} for name, value, text in parts]}
