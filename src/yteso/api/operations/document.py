"""$document: the Bundle of type document of a Composition (FHIR R4 composition-operation-document).

The Composition first, then what it refers to, each once: as far as the caller may see it. A reference to what is absent
or not visible stays as it is. With `persist` the Bundle is stored too, which needs the right to create Bundles.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yteso.access.policy import Interaction, require
from yteso.api import rules as api_rules
from yteso.api.answer import json_response, location
from yteso.api.body import is_id
from yteso.api.call import Call
from yteso.api.headers import version_headers
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations import rules
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import refuse_unused
from yteso.api.read import refuse_absent
from yteso.api.rights import check_changes
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.ids import random_id
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.dates import instant
from yteso.fhir.reference import parse
from yteso.store.everything import references_in
from yteso.store.labelled import labelled
from yteso.store.protocol import Put, Stored


def document(call: Call, given: Arguments) -> Response:
    """200 with the Bundle; 404 and 410 as for a read. On the type the parameter `id` names the Composition.

    Refused (400) with `graph`, which would change what belongs to it.
    """
    refuse_unused(given, "graph")
    name = call.id or _named(call, given)
    persist = given.flag("persist")
    if persist:
        if call.request.method != "POST":
            raise Refused(rules.ONLY_BY_POST.at(Origin(field="persist"), name="persist"), status=400)
        require(call.who, Interaction.CREATE, "Bundle")

    def work(conn: Connection) -> Response:
        found = call.engine.store.read(conn, call.who, call.limit, call.type, name)
        composition = refuse_absent(call.type, found)
        keys = references_in([composition]) - {(composition.type, composition.id)}
        others = call.engine.store.read_many(conn, call.who, require(call.who, Interaction.READ), keys)
        resources = [composition, *(others[key] for key in sorted(others))]
        body = document_bundle(call.base, random_id(), call.engine.clock(), resources)
        return _persisted(call, conn, body) if persist else json_response(200, body)

    return call.attempt(work)


def _named(call: Call, given: Arguments) -> str:
    """Its id, from an id or its address here."""
    text = given.text("id")
    if not text:
        raise Refused(rules.MISSING.at(Origin(field="id"), name="id"), status=400)
    found = parse(text.removeprefix(f"{call.base}/"))
    name = found.id if (found.kind, found.type) == ("relative", call.type) else text
    if not is_id(name):
        raise Refused(api_rules.BAD_ID.at(Origin(field="id")), status=400)
    return name


def _persisted(call: Call, conn: Connection, body: bytes) -> Response:
    put = Put(json.loads(body), expected=0, new=True)
    key = "Bundle", str(put.resource["id"])
    check_changes(call, conn, [put])
    written = call.engine.store.write(conn, call.who, [put], "document").written[0]
    stored = call.engine.store.peek(conn, [key])[key]
    place = {"Location": location(call, *key, written.version)}
    return json_response(200, stored.body, version_headers(written.version, written.updated) | place)


def document_bundle(
    base: str, id: str, now: datetime, resources: Sequence[Stored], made: Sequence[tuple[str, bytes]] = ()
) -> bytes:
    """A document's bytes. `made` are resources that are not stored, with their full addresses; they come first."""
    head = {
        "resourceType": "Bundle",
        "id": id,
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{id}"},
        "type": "document",
        "timestamp": instant(now),
    }
    entries = [(url, body) for url, body in made]
    entries += [(f"{base}/{one.type}/{one.id}", labelled(one)) for one in resources]
    told = b",".join(b'{"fullUrl":%b,"resource":%b}' % (json.dumps(url), body) for url, body in entries)
    return b'%b,"entry":[%b]}' % (json.dumps(head)[:-1], told)


DOCUMENT = Operation(
    Interaction.DOCUMENT,
    document,
    levels("type instance"),
    "http://hl7.org/fhir/OperationDefinition/Composition-document",
    "The document a Composition is the first page of.",
    types=frozenset(["Composition"]),
    parameters=(Parameter("id", "uri"), Parameter("persist", "boolean"), Parameter("graph", "uri")),
    narrower=True,
    out=returned("Bundle"),
)
