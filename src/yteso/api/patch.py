"""patch: `PATCH [base]/[type]/[id]` and `PATCH [base]/[type]?criteria` (FHIR R4 §3.1.0.5).

JSON Patch (`application/json-patch+json`; in a bundle a Binary of that type) or FHIRPath Patch (a Parameters resource).
The result is judged like the body of an update; `If-Match` guards the version.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import partial
from typing import Any

from yteso.api import patch_rules, rules
from yteso.api.answer import written_response
from yteso.api.body import as_resource, read_json, refuse_blocking, structure_issues
from yteso.api.call import Call, read_body
from yteso.api.change import change_stored
from yteso.api.condition import criteria_of, find_one, hold_criteria
from yteso.api.fhirpath_patch import apply_fhirpath_patch
from yteso.api.formats import JSON_PATCH, is_json_patch
from yteso.api.headers import read_version
from yteso.api.json_patch import apply_json_patch
from yteso.api.open_references import settled
from yteso.api.own_secrets import body_as_given
from yteso.api.read import refuse_absent
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.db import Connection
from yteso.fhir import json
from yteso.store.protocol import Resource, Written

Patch = Callable[[Resource], Resource]


def patch(call: Call) -> Response:
    """200 with the changed resource; 404, 410, 412; 422 when the patch does not fit."""
    change = patch_of(call.document) if call.document is not None else _read_patch(call)
    query = None if call.id else criteria_of(call, call.type, call.params)
    expected = read_version(call.headers.get("if-match", ""))

    def work(conn: Connection) -> Written:
        target = call.id
        if query is not None:
            hold_criteria(conn, query)
            target = refuse_absent(call.type, find_one(call, conn, query)).id
        return change_stored(call, conn, (call.type, target), expected, settled(call, conn, change))

    written = call.attempt(work)
    return written_response(call, written, body_as_given(call, written, written.body))


def _read_patch(call: Call) -> Patch:
    if is_json_patch(call.headers):
        return partial(apply_json_patch, patch=json.loads(read_body(call.request, call.engine.max_body)))
    data = read_json(call)
    if not data:
        raise Refused(rules.EMPTY.at(), status=400)
    return patch_of(json.loads(data))


def patch_of(document: Any) -> Patch:
    """The patch in a resource: Parameters, or a Binary with a JSON Patch in it (FHIR R4 §3.1.0.11.2)."""
    if not isinstance(document, dict) or "resourceType" not in document:
        raise Refused(patch_rules.PATCH_TYPE.at(), status=400)
    resource = as_resource(document)
    refuse_blocking(structure_issues(resource))
    if resource["resourceType"] == "Parameters":
        return partial(apply_fhirpath_patch, patch=resource)
    if resource["resourceType"] == "Binary" and resource.get("contentType") == JSON_PATCH:
        try:
            data = base64.b64decode("".join(resource.get("data", "").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused(patch_rules.PATCH_TYPE.at(), status=400) from error
        return partial(apply_json_patch, patch=json.loads(data))
    raise Refused(patch_rules.PATCH_TYPE.at(), status=400)
