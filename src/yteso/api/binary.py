"""Binary in its native form: bytes that are sent become the resource, and come back as those bytes (FHIR R4 §2.35).

In and out alike, FHIR's own media types mean the resource itself. `application/json` and `application/xml` are content
when they are sent, unless a Binary stands in them; an answer in them is the resource, unless they are the content's own
type. Rights, audit, versions and bounds are those of every resource. A browser is told to save, never to show.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from mimetypes import guess_extension
from typing import Any

from yteso.api import rules
from yteso.api.call import Call, read_body
from yteso.api.formats import is_encoded, media_type, weight
from yteso.api.page import GENERAL
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.fhir import json, xml

TYPE = "Binary"
CONTEXT = "X-Security-Context"

_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_MEDIA_TYPE = re.compile(
    rf'{_NAME}/{_NAME}(?:\s*;\s*{_NAME}=(?:{_NAME}|"[^"\\\x00-\x1f\x7f-\uffff]{{0,128}}"))*', re.ASCII
)
"""RFC 6838 §4.2 with parameters (RFC 9110 §8.3.1)."""
_RESOURCE = ("application/fhir+json", "application/json+fhir", "application/fhir+xml", "application/xml+fhir")
_GENERIC = ("application/json", "text/json", "application/xml", "text/xml")
_UNTYPED = "application/octet-stream"
_PARTS = frozenset(["_summary", "_elements"])


def is_native(call: Call) -> bool:
    """Whether the body is content and no resource: it is told by its type, of JSON and XML by what stands in it."""
    return call.type == TYPE and call.document is None and _type_sent(call) not in ("", *_RESOURCE)


def read_native(call: Call) -> dict[str, Any]:
    """The Binary that was sent as its content. Refused (413, 415, 400) as other bodies are.

    The bound leaves room for base64, so that the resource can be sent back as it is read.
    """
    sent = call.headers.get("content-type", "").strip()
    if not _MEDIA_TYPE.fullmatch(sent) or is_encoded(call.headers):
        raise Refused(rules.NATIVE_TYPE.at(), status=415)
    data = read_body(call.request, call.engine.max_body * 3 // 4)
    if not data:
        raise Refused(rules.EMPTY.at(), status=400)
    if _type_sent(call) in _GENERIC and (resource := _binary_in(data, _type_sent(call))):
        return resource
    context = call.headers.get(CONTEXT.lower(), "").strip()
    return {
        "resourceType": TYPE,
        **({"id": call.id} if call.id else {}),
        "contentType": sent,
        **({"securityContext": {"reference": context}} if context else {}),
        "data": b64encode(data).decode(),
    }


def wants_native(call: Call, content_type: str) -> bool:
    """Whether a read asks for the content: it does unless it asks for a resource, or for a part of one."""
    if call.type != TYPE or any(name in GENERAL | _PARTS for name, _ in call.params):
        return False
    accept = call.headers.get("accept", "")
    own, own_is_named = weight(accept, media_type(content_type))
    resource = max(weight(accept, name, ranges=False)[0] for name in _RESOURCE)
    generic = max(weight(accept, name, ranges=False)[0] for name in _GENERIC)
    asked = resource or (0.0 if own else generic)
    return asked == 0 or own > asked or (own == asked and own_is_named)


def native_response(resource: dict[str, Any], id: str, headers: dict[str, str]) -> Response | None:
    """The content of a Binary; None where its data is no base64 after all."""
    try:
        data = b64decode("".join(resource.get("data", "").split()))
    except NoBase64:
        return None
    told = resource["contentType"] if _MEDIA_TYPE.fullmatch(resource["contentType"]) else _UNTYPED
    name = f"Binary-{id}{guess_extension(media_type(told)) or '.bin'}"
    context = resource.get("securityContext", {}).get("reference", "")
    return Response(
        200,
        data,
        {
            **headers,
            "Content-Type": told,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            **({CONTEXT: context} if _HEADER.fullmatch(context) else {}),
        },
    )


_HEADER = re.compile(r"[\x21-\x7e]{1,512}", re.ASCII)
"""What may stand in a header of an answer."""


def _type_sent(call: Call) -> str:
    return media_type(call.headers.get("content-type", ""))


def _binary_in(data: bytes, type: str) -> dict[str, Any] | None:
    """The Binary that stands in JSON or XML; None when something else does."""
    if b"Binary" not in data:
        return None
    try:
        found = xml.loads(data) if type.endswith("xml") else json.loads(data)
    except Refused:
        return None
    return found if isinstance(found, dict) and found.get("resourceType") == TYPE else None
