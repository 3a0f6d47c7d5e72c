"""A finished answer -> the form its reader asked for: JSON or XML, `_pretty`, the length, no body for HEAD. Pure.

Interactions answer in JSON, mostly spliced from stored bytes; only here, and only for who asks for XML, such bytes are
read again. What is no FHIR resource, and what is streamed, goes on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from yteso.api.answer import pretty
from yteso.api.call import read_params
from yteso.api.formats import FHIR_JSON, FHIR_XML, Format, wanted_format
from yteso.api.outcome import operation_outcome, refusal_of
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.value import value
from yteso.fhir import json, xml

_NO_LENGTH = (204, 304)


@value(frozen=True, slots=True)
class Look:
    """How an answer shall look."""

    format: Format = "json"
    pretty: bool = False


def look_of(headers: Mapping[str, str], params: Mapping[str, str]) -> Look:
    """What the client asked for. Where that cannot be had the refusal itself is JSON, so nothing is refused here."""
    pretty_wanted = params.get("_pretty") == "true"
    try:
        wanted = wanted_format(headers.get("accept", ""), params.get("_format", ""), headers.get("content-type", ""))
    except Refused:
        return Look("json", pretty_wanted)
    return Look(wanted, pretty_wanted)


def present(request: Request, response: Response) -> Response:
    """The answer as it goes over the wire."""
    if not isinstance(response.body, bytes):
        return replace(response, body=b"") if request.method == "HEAD" else response
    if response.body:
        response = shown(request, response, look_of(request.headers, _general(request.query)))
    body = response.body if isinstance(response.body, bytes) else b""
    headers = dict(response.headers)
    if response.status not in _NO_LENGTH:
        headers["Content-Length"] = str(len(body))
    return Response(response.status, b"" if request.method == "HEAD" else body, headers)


def shown(request: Request, response: Response, look: Look) -> Response:
    """The same answer in this look. What was done stays done, also when its result has no form in XML."""
    body = response.body
    if response.headers.get("Content-Type") != FHIR_JSON or not isinstance(body, bytes):
        return response
    if look.format == "json":
        return replace(response, body=pretty(body)) if look.pretty else response
    try:
        body = xml.dumps(json.reload(body), pretty=look.pretty)
    except Refused as refused:
        if _only_asks(request):
            response = refusal_of(refused)
        body = xml.dumps(operation_outcome(refused.issues, refused.status), pretty=look.pretty)
    return replace(response, body=body, headers={**response.headers, "Content-Type": FHIR_XML})


def _only_asks(request: Request) -> bool:
    return request.method in ("GET", "HEAD") or request.path.rstrip("/").endswith("/_search") or "$" in request.path


def _general(query: str) -> Mapping[str, str]:
    """The general parameters of the address; none of them when it cannot be read, which the answer then tells."""
    if "_format" not in query and "_pretty" not in query:
        return {}
    try:
        return dict(read_params(query))
    except Refused:
        return {}
