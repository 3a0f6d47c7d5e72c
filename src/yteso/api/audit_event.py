"""AuditEvent: read and search of the audit chain, whose rows are no resources of the record but told as such here.

`GET AuditEvent/{lane}-{n}` and `GET AuditEvent?patient=&date=&agent-name=&action=&outcome=`: all rows for the data
officer and for those with full access; for a citizen, those about the own record. Nobody writes an AuditEvent: what
happened is written by what happened. Looking into the chain leaves a row in it, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from yteso.access.policy import Interaction
from yteso.api import rules
from yteso.api.answer import Link, bundle, json_response
from yteso.api.audit_event_of import audit_event
from yteso.api.call import Call, Params
from yteso.api.page import next_url, read_page, self_url
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir import json
from yteso.fhir.dates import interval, moment
from yteso.search.rules import NO_COMPARTMENT
from yteso.store import audit
from yteso.store.audit import Access, Asked, place_of
from yteso.store.protocol import AuditNote

TYPE = "AuditEvent"
_LOOKS = frozenset([Interaction.READ, Interaction.SEARCH, Interaction.CAPABILITIES])
_MOST = 1000
_USUAL = 50


def read_event(call: Call) -> Response:
    """One row. 404 when there is none, or none the caller may see."""
    own = _own(call)
    place = place_of(call.id)
    with call.connection() as conn:
        found = audit.fetch(conn, *place, own) if place else None
        audit.add_note(conn, call.who, AuditNote("R"), f"{TYPE}/{call.id}")
    if found is None:
        raise Refused(rules.NOT_FOUND.at(type=TYPE), status=404)
    return json_response(200, _body(found, own, with_query=own is None))


def search_events(call: Call) -> Response:
    """A page of rows, newest first."""
    return _search(call, read_page(call))


def search_about(call: Call) -> Response:
    """The rows about one Patient, `GET Patient/1/AuditEvent?…`: of the compartments the chain knows only this one."""
    params, cursor = read_page(call)
    if call.type != "Patient":
        raise Refused(NO_COMPARTMENT.at(type=call.type), status=404)
    return _search(call, ((*params, ("patient", call.id)), cursor))


def _search(call: Call, page: tuple[Params, str]) -> Response:
    own = _own(call)
    params, cursor = page
    asked = _asked(params, cursor)
    if own is not None:
        if asked.patient not in (None, own):
            asked = replace(asked, count=0)
        asked = replace(asked, patient=own)
    with call.connection() as conn:
        found = audit.find(conn, replace(asked, count=asked.count + 1)) if asked.count else []
        audit.add_note(conn, call.who, AuditNote("R"), TYPE)
    more, found = len(found) > asked.count, found[: asked.count]
    links = [Link("self", self_url(call, params))]
    if more:
        links.append(Link("next", next_url(call, params, _cursor(found[-1]))))
    entries = [_entry(call, one, asked.patient, with_query=own is None) for one in found]
    return json_response(200, bundle(b"searchset", links, None, entries))


def refuse_other(interaction: Interaction, type: str) -> None:
    """Refused (405) for anything but looking: nobody writes, changes or deletes what happened."""
    if type == TYPE and interaction not in _LOOKS:
        raise Refused(rules.NO_AUDIT_WRITE.at(), status=405)


def _own(call: Call) -> str | None:
    """None: all rows; otherwise the Patient whose rows these are. Refused (403) for whoever is bound otherwise."""
    if call.limit.person:
        return call.limit.person
    if call.limit.is_bound:
        raise Refused(rules.NO_AUDIT_READ.at(), status=403)
    return None


def _asked(params: Params, cursor: str) -> Asked:
    asked = Asked(count=_USUAL, before=_place(cursor))
    for name, value in params:
        asked = replace(asked, **_READERS.get(name, _unknown)(name, value))
    return asked


def _place(cursor: str) -> tuple[datetime, int, int] | None:
    if not cursor:
        return None
    try:
        when, lane, n = cursor.split(" ")
        return datetime.fromisoformat(when), int(lane), int(n)
    except ValueError as error:
        raise Refused(rules.BAD_PAGE.at(Origin(field="_page")), status=400) from error


def _cursor(last: Access) -> str:
    return f"{last.when.isoformat()} {last.lane} {last.n}"


def _unknown(name: str, value: str) -> dict[str, Any]:
    del value
    raise Refused(rules.AUDIT_PARAMETER.at(Origin(field=name)), status=400)


def _patient(_: str, value: str) -> dict[str, Any]:
    return {"patient": value.removeprefix("Patient/")}


def _date(name: str, value: str) -> dict[str, Any]:
    """`ge`, `gt`, `le`, `lt`, `eq` or none (FHIR R4 §3.1.1.5.6)."""
    sign, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    span = interval(text)
    if span is None:
        return _unknown(name, value)
    low, high = moment(span[0]), moment(span[1] + 1)
    limits: dict[str, dict[str, Any]] = {
        "eq": {"since": low, "until": high},
        "ge": {"since": low},
        "gt": {"since": high},
        "le": {"until": high},
        "lt": {"until": low},
    }
    return limits.get(sign) or _unknown(name, value)


def _count(name: str, value: str) -> dict[str, Any]:
    if not value.isascii() or not value.isdigit():
        return _unknown(name, value)
    return {"count": min(int(value[:6]), _MOST)}


def _code(field: str) -> Callable[[str, str], dict[str, Any]]:
    return lambda _, value: {field: value.rpartition("|")[2]}


_READERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "patient": _patient,
    "date": _date,
    "agent-name": _code("who"),
    "agent": _code("who"),
    "action": _code("action"),
    "outcome": _code("outcome"),
    "facility": _code("facility"),
    "_count": _count,
    "_total": lambda _, __: {},
    "_sort": lambda name, value: {} if value == "-date" else _unknown(name, value),
}


def _entry(call: Call, access: Access, patient: str | None, *, with_query: bool) -> bytes:
    address = json.dumps(f"{call.base}/{TYPE}/{access.id}")
    body = _body(access, patient, with_query=with_query)
    return b'{"fullUrl":%b,"resource":%b,"search":{"mode":"match"}}' % (address, body)


def _body(access: Access, patient: str | None, *, with_query: bool) -> bytes:
    return json.dumps(audit_event(access, patient or "", with_query=with_query))
