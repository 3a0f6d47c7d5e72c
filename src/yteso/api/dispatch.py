"""A request and who sends it -> the answer of its interaction, within the caller's rights. Raises; catches nothing.

The door uses it for what comes over HTTP, a bundle for each of its entries: rights are decided here and only here.
"""

from __future__ import annotations

from typing import Any

from yteso.access.policy import Interaction, require
from yteso.access.principal import Principal, Role
from yteso.api import rules
from yteso.api.binary import TYPE as BINARY
from yteso.api.body import is_id
from yteso.api.call import Call, Engine, Handler, read_params
from yteso.api.formats import wanted_format
from yteso.api.headers import Prefer, read_prefer
from yteso.api.no_record import refuse_no_record
from yteso.api.refusals import note_refusal
from yteso.api.route import Place, Route
from yteso.base.errors import Refused
from yteso.base.http import Request, Response
from yteso.base.issue import Origin
from yteso.db import Connection

_IN_ITS_FORM = (Interaction.READ, Interaction.VREAD)
"""What a Binary is read by: in whatever format its content has."""
_CHANGES = ("PUT", "PATCH", "DELETE")
_NOBODY = Principal("", Role.FACILITY)
"""Who asks for the capability statement without logging in; this role may do no more than that."""


def dispatch(
    engine: Engine,
    request: Request,
    who: Principal | None,
    *,
    prefer: Prefer | None = None,
    conn: Connection | None = None,
    document: Any = None,
) -> Response:
    """Match, check rights, answer. Inside a bundle `conn` and `document` come from the bundle.

    What is refused, and what is not there for the caller, is in the audit too, whatever becomes of the bundle.
    """
    route, place = engine.router.match(request.method, request.path)
    try:
        return _answer(engine, request, who, route, place, prefer=prefer, conn=conn, document=document)
    except Refused as refused:
        if who is not None and (refused.status in (403, 429) or (refused.status == 404 and place.id)):
            note_refusal(engine.database, who, route.interaction, place, refused)
        raise


def _answer(
    engine: Engine,
    request: Request,
    who: Principal | None,
    route: Route[Handler],
    place: Place,
    *,
    prefer: Prefer | None,
    conn: Connection | None,
    document: Any,
) -> Response:
    limit = require(who, route.interaction, place.member or place.type)
    if request.method in _CHANGES and "if-unmodified-since" in request.headers:
        raise Refused(rules.NO_SUCH_CONDITION.at(name="If-Unmodified-Since"), status=400)
    refuse_no_record(route.interaction, place.member or place.type)
    params = read_params(request.query)
    if not (route.any_format or (place.type == BINARY and route.interaction in _IN_ITS_FORM)):
        wanted_format(request.headers.get("accept", ""), dict(params).get("_format", ""))
    if place.id and not is_id(place.id):
        writes = request.method == "PUT"
        raise Refused(rules.BAD_ID.at(Origin(field="id")), status=400 if writes else 404)
    return route.handler(
        Call(
            engine=engine,
            request=request,
            who=who or _NOBODY,
            type=place.type,
            id=place.id,
            version=place.version,
            member=place.member,
            params=params,
            limit=limit,
            prefer=prefer or read_prefer(request.headers.get("prefer", "")),
            conn=conn,
            document=document,
        )
    )
