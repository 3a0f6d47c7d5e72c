"""update: `PUT [base]/[type]/[id]`, which also creates (FHIR R4 §3.1.0.4). `If-Match` guards the version."""

from __future__ import annotations

from yteso.api import rules
from yteso.api.answer import written_response
from yteso.api.body import is_id, read_resource
from yteso.api.call import Call
from yteso.api.headers import read_version
from yteso.api.write import write_one
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.store.protocol import Put, Resource


def update(call: Call) -> Response:
    """200, or 201 for a first version; 412 when If-Match names another. Same content makes no new version."""
    resource = read_resource(call)
    check_own_id(resource, call.id)
    put = Put(resource, expected_version(call.headers.get("if-match", ""), call.headers.get("if-none-match", "")))
    written = write_one(call, put, "update")
    return written_response(call, written, written.body)


def expected_version(if_match: str, if_none_match: str = "") -> int | None:
    """The version the resource must have now: 0 for `If-None-Match: *` (it must not exist), None for any."""
    return 0 if if_none_match.strip() == "*" else read_version(if_match)


def check_own_id(resource: Resource, id: str, place: str = "") -> None:
    """Refused (400) unless the body carries the id of the address, and that is an id."""
    if not is_id(id):
        raise Refused(rules.BAD_ID.at(Origin(field=place + "id")), status=400)
    if resource.get("id") != id:
        raise Refused(rules.OTHER_ID.at(Origin(field=place + "id")), status=400)
