"""vread: `GET [base]/[type]/[id]/_history/[vid]` (FHIR R4 §3.1.0.3)."""

from __future__ import annotations

from yteso.api import rules
from yteso.api.call import Call
from yteso.api.read import version_response
from yteso.base.errors import Refused
from yteso.base.http import Response

_LONGEST_VERSION = 9


def vread(call: Call) -> Response:
    """One version, current or past. A version that is no number does not exist: 404."""
    number = call.version
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_VERSION):
        raise Refused(rules.NOT_FOUND.at(type=call.type), status=404)
    with call.reading() as conn:
        stored = call.engine.store.read_version(conn, call.who, call.limit, call.type, call.id, int(number))
    return version_response(call, stored)
