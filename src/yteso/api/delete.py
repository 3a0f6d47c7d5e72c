"""delete: `DELETE [base]/[type]/[id]` (FHIR R4 §3.1.0.7). Versions stay in history; deleting twice is no mistake."""

from __future__ import annotations

from yteso.api import rules
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.headers import etag, read_version
from yteso.api.outcome import operation_outcome
from yteso.api.write import write_one
from yteso.base.http import Response
from yteso.fhir import json
from yteso.store.protocol import Remove


def delete(call: Call) -> Response:
    """204, or 200 with an OperationOutcome when preferred; 412 when If-Match names another version."""
    remove = Remove(call.type, call.id, read_version(call.headers.get("if-match", "")))
    written = write_one(call, remove, "delete")
    headers = {"ETag": etag(written.version)} if written.status == "deleted" else {}
    if call.prefer.returns == "OperationOutcome":
        return json_response(200, json.dumps(operation_outcome([rules.DONE.at()], 200)), headers)
    return Response(204, b"", headers)
