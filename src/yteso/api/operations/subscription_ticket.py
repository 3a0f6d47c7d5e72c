"""$get-ws-binding-token: a ticket with which a websocket is told of some Subscriptions (backport)."""

from __future__ import annotations

from urllib.parse import urlsplit

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.subscription_status import chosen
from yteso.api.watching import check_reach
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir.dates import instant
from yteso.store.subscriptions import rules
from yteso.store.subscriptions.state import TYPE
from yteso.store.subscriptions.tickets import issue_ticket


def ticket(call: Call, given: Arguments) -> Response:
    """200 with the token, until when it opens, and where. 422 for a Subscription of another channel.

    403 for an app that may not read all of what is told: the socket tells within the rights of the owner's account.
    """
    with call.connection() as conn:
        found = chosen(call, conn, given)
        if not found or any(one.definition.channel != "websocket" for one in found):
            raise Refused(rules.NOT_WEBSOCKET.at(Origin(field="id")), status=422)
        check_reach(call.who, (trigger for one in found for trigger in one.definition.triggers))
        made = issue_ticket(conn, call.who, [one.id for one in found], call.engine.clock())
    parameters = [
        {"name": "token", "valueString": made.text},
        {"name": "expiration", "valueDateTime": instant(made.expires)},
        *({"name": "subscription", "valueString": one.id} for one in found),
        {"name": "websocket-url", "valueUrl": call.engine.websocket or _beside(call.base)},
    ]
    return parameters_response(parameters)


def _beside(base: str) -> str:
    """The live process answers on the next port of the same host, unless a proxy publishes both under one address."""
    parts = urlsplit(base)
    scheme, usual = ("wss", 443) if parts.scheme == "https" else ("ws", 80)
    return f"{scheme}://{parts.hostname or 'localhost'}:{(parts.port or usual) + 1}/subscriptions"


TICKET = Operation(
    Interaction.SUBSCRIPTION_TICKET,
    ticket,
    levels("type instance"),
    "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-get-ws-binding-token",
    "Issue a token that binds a websocket to Subscriptions.",
    types=frozenset([TYPE]),
    parameters=(Parameter("id", "id", repeats=True),),
    out=(
        Parameter("token", "string", required=True),
        Parameter("expiration", "dateTime", required=True),
        Parameter("subscription", "string", repeats=True),
        Parameter("websocket-url", "url", required=True),
    ),
)
