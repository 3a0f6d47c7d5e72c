"""update: `PUT [base]/[type]/[id]`, which also creates, and `PUT [base]/[type]?criteria` (FHIR R4 §3.1.0.4).

`If-Match` guards the version.
"""

from __future__ import annotations

from yteso.api import rules
from yteso.api.answer import written_response
from yteso.api.body import is_id, read_resource, with_id
from yteso.api.call import Call
from yteso.api.condition import criteria_of, find_one, hold_criteria
from yteso.api.headers import read_version, refuse_expected
from yteso.api.open_references import settle
from yteso.api.own_secrets import body_as_given
from yteso.api.profiles import judge_claims
from yteso.api.write import write_checked, write_one
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.ids import random_id
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.store.protocol import Put, Resource, Stored, Written


def update(call: Call) -> Response:
    """200, or 201 for a first version; 412 when If-Match names another. Same content makes no new version."""
    resource = settle(call, read_resource(call))
    check_own_id(resource, call.id)
    judge_claims(call, [(resource, "")])
    put = Put(resource, expected_version(call.headers.get("if-match", ""), call.headers.get("if-none-match", "")))
    written = write_one(call, put, "update")
    return written_response(call, written, body_as_given(call, written, written.body))


def update_by_criteria(call: Call) -> Response:
    """The same on the one resource that meets the criteria; none: it is created; several: 412 (FHIR R4 §3.1.0.4.1)."""
    resource = settle(call, read_resource(call))
    judge_claims(call, [(resource, "")])
    query = criteria_of(call, call.type, call.params)
    expected = expected_version(call.headers.get("if-match", ""), call.headers.get("if-none-match", ""))

    def work(conn: Connection) -> Written:
        hold_criteria(conn, query)
        found = find_one(call, conn, query)
        new = found is None and "id" not in resource
        put = Put(with_id(resource, chosen_id(resource, found)), needed_version(expected, found), new=new)
        return write_checked(call, conn, put, "update")

    written = call.attempt(work)
    return written_response(call, written, body_as_given(call, written, written.body))


def chosen_id(resource: Resource, found: Stored | None, place: str = "", shard: int | None = None) -> str:
    """The id to write under: of what the criteria found, else of the body, else a new one.

    Refused (400) when the body names another id than the one found.
    """
    own = resource.get("id")
    if found is not None:
        if own is not None and own != found.id:
            raise Refused(rules.OTHER_ID.at(Origin(field=place + "id")), status=400)
        return found.id
    if own is None:
        return random_id(shard)
    check_own_id(resource, str(own), place)
    return str(own)


def needed_version(expected: int | None, found: Stored | None) -> int | None:
    """What If-Match asks of the one found. Where nothing meets the criteria nothing that is there is overwritten.

    Raises VersionConflict when nothing was found, and something was to be there.
    """
    if found is not None:
        return expected
    refuse_expected(expected)
    return 0


def expected_version(if_match: str, if_none_match: str = "") -> int | None:
    """The version the resource must have now: EXISTS for `If-Match: *`, 0 for `If-None-Match: *` (it must not exist),
    None for any.

    Refused (400) for what asks for anything else, or for both at once: ignored, it would let a change through that was
    not meant to be.
    """
    none = if_none_match.strip()
    if none not in ("", "*") or (none and if_match.strip()):
        raise Refused(rules.NO_SUCH_CONDITION.at(name="If-None-Match"), status=400)
    return 0 if none else read_version(if_match)


def check_own_id(resource: Resource, id: str, place: str = "") -> None:
    """Refused (400) unless the body carries the id of the address, and that is an id."""
    if not is_id(id):
        raise Refused(rules.BAD_ID.at(Origin(field=place + "id")), status=400)
    if resource.get("id") != id:
        raise Refused(rules.OTHER_ID.at(Origin(field=place + "id")), status=400)
