"""$status of Subscriptions: how far each was told (Subscriptions R5 Backport, backport-subscription-status)."""

from __future__ import annotations

from collections.abc import Sequence

from yteso.access.policy import Interaction, require
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations.arguments import Arguments
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.store.subscriptions import rules
from yteso.store.subscriptions.notification import status_of
from yteso.store.subscriptions.state import TYPE, Watched, fetch_all, fetch_one

_MOST = 100


def status(call: Call, given: Arguments) -> Response:
    """200 with a searchset of Parameters, one for each Subscription."""
    with call.connection() as conn:
        found = chosen(call, conn, given)
    wanted = set(given.all("status"))
    entries = [
        {
            "fullUrl": f"{call.base}/{TYPE}/{one.id}/$status",
            "resource": status_of(one, "query-status", (), call.base),
            "search": {"mode": "match"},
        }
        for one in found
        if not wanted or one.state in wanted
    ]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}
    if not entries:
        del bundle["entry"]
    return json_response(200, json.dumps(bundle))


def chosen(call: Call, conn: Connection, given: Arguments) -> Sequence[Watched]:
    """The Subscription of the address, those named by `id`, or all. Refused (404) for one that is not there."""
    names = [call.id] if call.id else [str(name) for name in given.all("id")][:_MOST]
    if not names:
        require(call.who, Interaction.SEARCH, TYPE)
        return fetch_all(conn, "requested", "active", "error", "off")[:_MOST]
    limit = require(call.who, Interaction.READ, TYPE)
    found = []
    for name in names:
        readable = call.engine.store.read(conn, call.who, limit, TYPE, name)
        watched = fetch_one(conn, name) if readable is not None and not readable.deleted else None
        if watched is None:
            raise Refused(rules.NO_SUCH.at(Origin(field="id")), status=404)
        found.append(watched)
    return found


STATUS = Operation(
    Interaction.SUBSCRIPTION_STATUS,
    status,
    levels("type instance"),
    "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status",
    "Tell how far subscribers were told.",
    types=frozenset([TYPE]),
    parameters=(Parameter("id", "id", repeats=True), Parameter("status", "code", repeats=True)),
    out=returned("Bundle"),
)
