"""read: `GET [base]/[type]/[id]` (FHIR R4 §3.1.0.2). 404 unknown or not visible, 410 deleted, 304 not changed."""

from __future__ import annotations

from yteso.api import audit_event, rules
from yteso.api.answer import json_response
from yteso.api.binary import TYPE as BINARY
from yteso.api.binary import native_response, wants_native
from yteso.api.call import Call
from yteso.api.headers import not_modified, version_headers
from yteso.api.own_secrets import as_given
from yteso.api.part import parts, subset_of, unknown_elements
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.fhir import json
from yteso.store.labelled import labelled
from yteso.store.protocol import Read, Stored


def read(call: Call) -> Response:
    """The current version."""
    if call.type == audit_event.TYPE:
        return audit_event.read_event(call)
    one = Read(call.who, call.limit, call.type, call.id)
    if call.conn is None:
        return version_response(call, call.engine.shared.read(one))
    return version_response(call, call.engine.store.read_together(call.conn, [one])[0])


def refuse_absent(type: str, stored: Stored | None) -> Stored:
    """The version that is there; Refused with 404 or 410 when there is none."""
    if stored is None:
        raise Refused(rules.NOT_FOUND.at(type=type), status=404)
    if stored.deleted:
        raise Refused(rules.GONE.at(type=type), status=410)
    return stored


def version_response(call: Call, found: Stored | None) -> Response:
    """One version as an answer; Refused with 404 or 410 when there is none."""
    subset = subset_of(call.params)
    if call.prefer.strict and (unknown := unknown_elements(call.params, [call.type])):
        raise Refused(*unknown, status=400)
    stored = refuse_absent(call.type, found)
    headers = version_headers(stored.version, stored.updated)
    if not_modified(call.headers, stored.version, stored.updated):
        return Response(304, b"", headers)
    if call.type == BINARY and (native := _native(call, stored, headers)):
        return native
    (shown,) = parts(subset, as_given(call, [stored]), call.type)
    return json_response(200, labelled(shown), headers)


def _native(call: Call, stored: Stored, headers: dict[str, str]) -> Response | None:
    """The content of a Binary, for who asks for it."""
    resource = json.loads(stored.body)
    return native_response(resource, stored.id, headers) if wants_native(call, resource["contentType"]) else None
