"""create: `POST [base]/[type]`, also with `If-None-Exist` (FHIR R4 §3.1.0.8). The server gives the id."""

from __future__ import annotations

from yteso.api.answer import written_response
from yteso.api.body import read_resource, with_id
from yteso.api.call import Call
from yteso.api.condition import find_one, hold_criteria, read_criteria
from yteso.api.rights import check_changes
from yteso.base.http import Response
from yteso.base.ids import random_id
from yteso.db import Connection
from yteso.store.protocol import Put, Resource, Stored, Written


def create(call: Call) -> Response:
    """201 with the new resource; 200 with the one that already meets the criteria; 412 when several do."""
    resource = with_id(read_resource(call), random_id())
    written, body = call.attempt(lambda conn: _create(call, conn, resource))
    return written_response(call, written, body)


def _create(call: Call, conn: Connection, resource: Resource) -> tuple[Written, bytes]:
    condition = call.headers.get("if-none-exist", "")
    if condition.strip():
        query = read_criteria(call, call.type, condition)
        hold_criteria(conn, query)
        if found := find_one(call, conn, query):
            return _as_found(found), found.body
    put = Put(resource, expected=0)
    check_changes(call, conn, [put])
    written = call.engine.store.write(conn, call.who, [put], "create").written[0]
    return written, written_body(call, conn, written)


def written_body(call: Call, conn: Connection, written: Written) -> bytes:
    """The bytes just written by this very caller; empty when the caller wants none."""
    if call.prefer.returns in ("minimal", "OperationOutcome"):
        return b""
    key = (written.type, written.id)
    return call.engine.store.peek(conn, [key])[key].body


def _as_found(found: Stored) -> Written:
    return Written(found.type, found.id, found.version, found.updated, "unchanged")
