"""$meta: the profiles, tags and security labels of one resource (FHIR R4 resource-operation-meta).

Not on a type or the whole system: a list of all labels in use would tell of resources the caller may not see.
"""

from __future__ import annotations

from typing import Any

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.headers import version_headers
from yteso.api.operation import Operation, levels, returned
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.read import refuse_absent
from yteso.base.http import Response
from yteso.fhir import json
from yteso.store.labelled import labelled


def meta(call: Call, _given: Arguments) -> Response:
    """200 with the parameter `return`; 404 and 410 as for a read."""
    with call.reading() as conn:
        stored = refuse_absent(call.type, call.engine.store.read(conn, call.who, call.limit, call.type, call.id))
    return meta_response(json.loads(labelled(stored)), version_headers(stored.version, stored.updated))


def meta_response(resource: dict[str, Any], headers: dict[str, str]) -> Response:
    """The `meta` of a resource."""
    return parameters_response([{"name": "return", "valueMeta": resource.get("meta", {})}], headers)


META = Operation(
    Interaction.META,
    meta,
    levels("instance"),
    "http://hl7.org/fhir/OperationDefinition/Resource-meta",
    "The profiles, tags and security labels of a resource.",
    narrower=True,
    out=returned("Meta"),
)
