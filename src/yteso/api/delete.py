"""delete: `DELETE [base]/[type]/[id]` and `DELETE [base]/[type]?criteria` (FHIR R4 §3.1.0.7).

Versions stay in history; deleting twice is no mistake. Criteria that several resources meet delete none of them: what
goes is always known by name to who lets it go.
"""

from __future__ import annotations

from yteso.api import rules
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.condition import criteria_of, find_one, hold_criteria
from yteso.api.headers import etag, read_version, refuse_expected
from yteso.api.outcome import operation_outcome
from yteso.api.write import write_checked, write_one
from yteso.base.http import Response
from yteso.db import Connection
from yteso.fhir import json
from yteso.store.protocol import Remove, Written


def delete(call: Call) -> Response:
    """204, or 200 with an OperationOutcome when preferred; 412 when If-Match names another version."""
    remove = Remove(call.type, call.id, read_version(call.headers.get("if-match", "")))
    return _deleted(call, write_one(call, remove, "delete"))


def delete_by_criteria(call: Call) -> Response:
    """The same for the one resource that meets the criteria; 412 when several do (FHIR R4 §3.1.0.7.1).

    With If-Match also when none does.
    """
    query = criteria_of(call, call.type, call.params)
    expected = read_version(call.headers.get("if-match", ""))

    def work(conn: Connection) -> Written | None:
        hold_criteria(conn, query)
        found = find_one(call, conn, query)
        if found is None:
            refuse_expected(expected)
            return None
        return write_checked(call, conn, Remove(found.type, found.id, expected), "delete")

    return _deleted(call, call.attempt(work))


def _deleted(call: Call, written: Written | None) -> Response:
    headers = {"ETag": etag(written.version)} if written and written.status == "deleted" else {}
    if call.prefer.returns == "OperationOutcome":
        return json_response(200, json.dumps(operation_outcome([rules.DONE.at()], 200)), headers)
    return Response(204, b"", headers)
