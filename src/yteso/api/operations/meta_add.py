"""$meta-add: put profiles, tags and security labels to one resource (FHIR R4 resource-operation-meta-add).

It makes a new version like any other change, so that history tells who labelled what and when. The rights are those
of an update: the caller must reach the resource and its patient. What is there already is not added twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.change import change_stored
from yteso.api.headers import read_version, version_headers
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.meta import meta_response
from yteso.base.http import Response
from yteso.db import Connection
from yteso.fhir import json
from yteso.store.labelled import without_ours
from yteso.store.protocol import Resource

Labels = dict[str, Any]


def meta_add(call: Call, given: Arguments) -> Response:
    """200 with the whole `meta` after the change."""
    return change_meta(call, given, _added)


def change_meta(call: Call, given: Arguments, combine: Callable[[Labels, Labels], Labels]) -> Response:
    """Write the resource with another `meta`; 404, 410 and 412 as for an update."""
    expected = read_version(call.headers.get("if-match", ""))
    wanted = without_ours({"meta": given.one("meta")}).get("meta", {})

    def change(resource: Resource) -> Resource:
        return with_meta(resource, combine(resource.get("meta", {}), wanted))

    def work(conn: Connection) -> Response:
        written = change_stored(call, conn, (call.type, call.id), expected, change)
        body = call.engine.store.peek(conn, [(call.type, call.id)])[call.type, call.id].body
        return meta_response(json.loads(body), version_headers(written.version, written.updated))

    return call.attempt(work)


def with_meta(resource: Resource, meta: Labels) -> Resource:
    """The resource with another `meta`, which stands where FHIR has it: after the id."""
    rest = {name: value for name, value in resource.items() if name not in ("resourceType", "id", "meta")}
    return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta, **rest}


def _added(meta: Labels, more: Labels) -> Labels:
    changed = dict(meta)
    profiles = [*meta.get("profile", ()), *more.get("profile", ())]
    if profiles:
        changed["profile"] = list(dict.fromkeys(profiles))
    for name in ("security", "tag"):
        present = list(meta.get(name, ()))
        known = {key_of(coding) for coding in present}
        present += [coding for coding in more.get(name, ()) if key_of(coding) not in known]
        if present:
            changed[name] = present
    return changed


def key_of(coding: Any) -> tuple[str, str]:
    """What makes a label the same: system and code (FHIR R4 resource-operation-meta-add)."""
    return str(coding.get("system", "")), str(coding.get("code", ""))


META_ADD = Operation(
    Interaction.META_ADD,
    meta_add,
    levels("instance"),
    "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
    "Add profiles, tags and security labels to a resource.",
    changes=True,
    parameters=(Parameter("meta", "Meta", required=True),),
    out=returned("Meta"),
)
