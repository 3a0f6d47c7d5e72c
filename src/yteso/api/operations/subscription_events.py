"""$events of a Subscription: what happened, by number, for who missed it (backport-subscription-events).

Numbers that a subscriber in error was not told are here too. Resources are read within the rights of who asks.
"""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations import rules
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.subscription_status import chosen
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.store.subscriptions.definition import CONTENTS
from yteso.store.subscriptions.notification import bundle_of
from yteso.store.subscriptions.state import TYPE, notices
from yteso.store.subscriptions.telling import tell

MOST = 100
_LAST = 2**62


def events(call: Call, given: Arguments) -> Response:
    """200 with a notification of type query-event, at most 100 events; those told long ago are gone.

    Refused (400) for a number or a content that is none.
    """
    first, last = _number(given, "eventsSinceNumber", 1), _number(given, "eventsUntilNumber", _LAST)
    content = given.text("content")
    if content and content not in CONTENTS:
        raise _wrong("content", ", ".join(sorted(CONTENTS)))
    with call.connection() as conn:
        watched = chosen(call, conn, given)[0]
        content = content or watched.definition.content
        found = notices(conn, watched, first, last, MOST)
        told = tell(conn, call.engine.store, call.who, found, content)
    return json_response(200, bundle_of(watched, "query-event", told, call.base, call.engine.clock()))


def _number(given: Arguments, name: str, default: int) -> int:
    """The backport writes integer64 as a string."""
    text = given.text(name)
    if text and not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _wrong(name, "integer64")
    return int(text) if text else default


def _wrong(name: str, type: str) -> Refused:
    return Refused(rules.WRONG_TYPE.at(Origin(field=name), name=name, type=type), status=400)


EVENTS = Operation(
    Interaction.SUBSCRIPTION_EVENTS,
    events,
    levels("instance"),
    "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events",
    "Tell again what happened, by number.",
    types=frozenset([TYPE]),
    parameters=(
        Parameter("eventsSinceNumber", "string"),
        Parameter("eventsUntilNumber", "string"),
        Parameter("content", "code"),
    ),
    out=returned("Bundle"),
)
