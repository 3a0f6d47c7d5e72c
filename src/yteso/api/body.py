"""The body of a request -> one checked resource. Form, type and base structure; profiles and rules are not judged here.

Refused with 413, 415 or 400 and numbered issues that name the place in the resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from yteso.api import rules
from yteso.api.attached import refuse_infected
from yteso.api.binary import is_native, read_native
from yteso.api.call import Call, read_body
from yteso.api.formats import sent_format
from yteso.base.errors import Refused
from yteso.base.issue import Issue, Origin
from yteso.fhir import json, xml
from yteso.fhir.reference import references
from yteso.fhir.subset import is_part
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store.labelled import without_ours
from yteso.store.subscriptions.definition import issues_of as issues_of_subscription
from yteso.validate.structure import check_resource

Resource = dict[str, Any]

_MARK = b"\xef\xbb\xbf"
"""A byte order mark, which some systems put before UTF-8 and a reader may ignore (RFC 8259 §8.1)."""
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)


def read_document(call: Call) -> Resource:
    """The resource that was sent, of whatever type."""
    document = read_document_if_any(call)
    if document is None:
        raise Refused(rules.EMPTY.at(), status=400)
    return document


def read_document_if_any(call: Call) -> Resource | None:
    """The same; None when nothing was sent."""
    if call.document is not None:
        return as_resource(call.document)
    data = read_json(call)
    return as_resource(json.loads(data)) if data else None


def read_json(call: Call) -> bytes:
    """The body as JSON, whether it was sent so or as XML; empty when nothing was sent."""
    data = read_body(call.request, call.engine.max_body).removeprefix(_MARK)
    if not data.strip():
        return b""
    return json.dumps(xml.loads(data)) if sent_format(call.headers) == "xml" else data


def read_resource(call: Call) -> Resource:
    """The resource that was sent, checked to be of the address's type and to have the structure of FHIR R4.

    Its references are as they were sent (`open_references.settle`). Files inside are scanned; those of a Bundle's
    entries were, all together.
    """
    resource = read_native(call) if is_native(call) else read_document(call)
    if resource["resourceType"] != call.type:
        raise Refused(rules.OTHER_TYPE.at(Origin(field="resourceType"), type=call.type), status=400)
    refuse_blocking(structure_issues(resource))
    if call.document is None:
        refuse_infected(call, [(resource, "")])
    return resource


def as_resource(document: Any) -> Resource:
    """The document, when it is an object with a resource type of FHIR R4; otherwise Refused (400).

    Labels that our rules added when it was read go away again: what comes back unchanged is unchanged.
    """
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        raise Refused(rules.NOT_A_RESOURCE.at(Origin(field="resourceType")), status=400)
    if document["resourceType"] not in RESOURCE_TYPES:
        raise Refused(rules.UNKNOWN_TYPE.at(Origin(field="resourceType")), status=400)
    return without_ours(document)


def structure_issues(resource: Resource, place: str = "") -> list[Issue]:
    """What is wrong with the structure; `place` (`Bundle.entry[3].resource`) goes before each issue's own place."""
    issues = list(check_resource(resource))
    if is_part(resource):
        issues.append(rules.ONLY_A_PART.at(Origin(field=f"{resource['resourceType']}.meta.tag")))
    if resource["resourceType"] == "Subscription" and not any(issue.blocks for issue in issues):
        issues += issues_of_subscription(resource)
    if not place:
        return issues
    kind = str(resource["resourceType"])
    return [replace(issue, origin=Origin(field=place + issue.origin.field.removeprefix(kind))) for issue in issues]


def refuse_blocking(issues: Iterable[Issue]) -> None:
    """Refused (400) with all issues when one of them blocks."""
    found = tuple(issues)
    if any(issue.blocks for issue in found):
        raise Refused(*found, status=400)


def is_id(text: str) -> bool:
    """True for the characters and length of a FHIR id (FHIR R4 §2.24.0.1)."""
    return bool(_ID.fullmatch(text))


def make_local(resource: Resource, base: str) -> Resource:
    """Write references to our own address relative, in place: only then they are known to mean our own resources."""
    for holder in references(resource):
        if base and holder["reference"].startswith(f"{base}/"):
            holder["reference"] = holder["reference"][len(base) + 1 :]
    return resource


def with_id(resource: Resource, id: str) -> Resource:
    """The resource under this id; the element stands where it stood, or right after resourceType."""
    if "id" in resource:
        return {**resource, "id": id}
    return {"resourceType": resource["resourceType"], "id": id, **resource}
