"""create: `POST [base]/[type]`, also with `If-None-Exist` (FHIR R4 §3.1.0.8). The server gives the id."""

from __future__ import annotations

from yteso.api.answer import written_response
from yteso.api.body import read_resource, with_id
from yteso.api.call import Call
from yteso.api.condition import criteria_of_create, find_one, hold_criteria
from yteso.api.open_references import settle
from yteso.api.own_secrets import body_as_given
from yteso.api.profiles import judge_claims
from yteso.api.write import write_checked, write_one
from yteso.base.http import Response
from yteso.base.ids import random_id
from yteso.db import Connection
from yteso.search.query import Query
from yteso.store.protocol import Put, Stored, Written


def create(call: Call) -> Response:
    """201 with the new resource; 200 with the one that already meets the criteria; 412 when several do."""
    resource = settle(call, read_resource(call))
    judge_claims(call, [(resource, "")])
    put = Put(with_id(resource, random_id()), expected=0, new=True)
    query = criteria_of_create(call, call.type, call.headers.get("if-none-exist", ""), call.params)
    if query is None:
        written = write_one(call, put, "create")
        return written_response(call, written, body_as_given(call, written, written.body))
    written, body = call.attempt(lambda conn: _create_unless(call, conn, put, query))
    return written_response(call, written, body_as_given(call, written, body))


def _create_unless(call: Call, conn: Connection, put: Put, query: Query) -> tuple[Written, bytes]:
    hold_criteria(conn, query)
    if found := find_one(call, conn, query):
        return _as_found(found), found.body
    written = write_checked(call, conn, put, "create")
    return written, written.body


def _as_found(found: Stored) -> Written:
    return Written(found.type, found.id, found.version, found.updated, "unchanged")
