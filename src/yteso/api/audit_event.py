"""AuditEvent: read and search of the audit chain, whose rows are no resources of the record but told as such here.

`GET AuditEvent/{lane}-{n}` and `GET AuditEvent?patient=&date=…` (`audit_event_query`): all rows for the data officer
and for those with full access; for a citizen, those about the own record and those of whom they act for
(`store.mandates`), one person at a time. Nobody writes an AuditEvent: what happened is written by what happened.
Looking into the chain leaves a row in it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yteso.access.consent import closed_to
from yteso.api import rules
from yteso.api.answer import Link, bundle, json_response
from yteso.api.audit_event_of import audit_event
from yteso.api.audit_event_query import asked_of
from yteso.api.call import Call, Params
from yteso.api.page import next_url, read_page, self_url
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.db import Connection
from yteso.fhir import json
from yteso.search.rules import NO_COMPARTMENT
from yteso.search.scoped import Scoped
from yteso.store import audit
from yteso.store.audit import Access, Asked, place_of
from yteso.store.consents import persons_of
from yteso.store.mandates import wards
from yteso.store.protocol import AuditNote
from yteso.store.untold import NOTHING, Untold, untold

TYPE = "AuditEvent"


def read_event(call: Call) -> Response:
    """One row. 404 when there is none, or none the caller may see."""
    place = place_of(call.id)
    with call.connection() as conn:
        persons = _persons(call, conn)
        about: Sequence[str | None] = [None] if persons is None else persons
        rows = ((audit.fetch(conn, *place, one, _untold(call, conn, one)), one) for one in about) if place else ()
        found, patient = next((row for row in rows if row[0]), (None, None))
        audit.add_note(conn, call.who, AuditNote("R"), f"{TYPE}/{call.id}")
    if found is None:
        raise Refused(rules.NOT_FOUND.at(type=TYPE), status=404)
    return json_response(200, _body(call, found, patient, with_query=persons is None))


def search_events(call: Call) -> Response:
    """A page of rows, newest first."""
    return _search(call, read_page(call))


def search_about(call: Call) -> Response:
    """The rows about one Patient, `GET Patient/1/AuditEvent?…`: of the compartments the chain knows only this one."""
    if call.type != "Patient":
        raise Refused(NO_COMPARTMENT.at(type=call.type), status=404)
    return _search(call, read_page(call), call.id)


def _search(call: Call, page: tuple[Params, str], about: str | None = None) -> Response:
    params, cursor = page
    asked = asked_of(params, cursor)
    asked = _about(asked, about) if about is not None else asked
    with call.connection() as conn:
        persons = _persons(call, conn)
        if persons is not None:
            asked = _about(asked, asked.patient if asked.patient in persons else persons[0])
        if persons is not None and asked.patient is not None:
            asked = replace(asked, untold=_untold(call, conn, asked.patient))
        found = audit.find(conn, replace(asked, count=asked.count + 1)) if asked.count else []
        what, text = audit.about_text(TYPE, "&".join(f"{name}={value}" for name, value in params))
        audit.add_note(conn, call.who, AuditNote("R", text, _told(call, asked)), what)
    more, found = len(found) > asked.count, found[: asked.count]
    links = [Link("self", self_url(call, params))]
    if more:
        links.append(Link("next", next_url(call, params, _cursor(found[-1]))))
    entries = [_entry(call, one, asked.patient, with_query=persons is None) for one in found]
    return json_response(200, bundle(b"searchset", links, None, entries))


def _untold(call: Call, conn: Connection, patient: str | None) -> Untold:
    """What a representative is not told of a ward."""
    if patient is None or patient in persons_of(conn, call.who.person):
        return NOTHING
    return untold(conn, closed_to(call.who), patient)


def _told(call: Call, asked: Asked) -> tuple[str, ...]:
    """Who is told of this look: whoever was asked about, when it is not themselves. A list of what accounts did names
    nobody: it is of many people, whom the officer who watches over accounts does not look at.
    """
    return (asked.patient,) if asked.patient not in (None, call.who.person) else ()


def _about(asked: Asked, patient: str) -> Asked:
    """Only rows about this Patient: none, when another one was asked for."""
    return replace(asked, patient=patient, count=asked.count if asked.patient in (None, patient) else 0)


def _persons(call: Call, conn: Connection) -> list[str] | None:
    """None: all rows; otherwise the Patients whose rows these are, the first one where none is asked for.

    Refused (403) for whoever is bound otherwise, also for an app that was opened for somebody else than its account's
    person and those it acts for.
    """
    person, parts = call.limit.person, call.limit.also
    if person:
        reached = (person, *wards(conn, call.engine.store, call.who))
        whole = [one for one in reached if all(isinstance(part, Scoped) and _is_whole(part, one) for part in parts)]
        if whole:
            return whole
    if call.limit.is_bound:
        raise Refused(rules.NO_AUDIT_READ.at(), status=403)
    return None


def _cursor(last: Access) -> str:
    return f"{last.when.isoformat()} {last.lane} {last.n}"


def _is_whole(scoped: Scoped, person: str) -> bool:
    """The app may see every row about this person: it was not opened for somebody else, nor for some rows only."""
    return any(one.patient in ("", person) and not one.clauses for one in scoped.alternatives)


def _entry(call: Call, access: Access, patient: str | None, *, with_query: bool) -> bytes:
    address = json.dumps(f"{call.base}/{TYPE}/{access.id}")
    body = _body(call, access, patient, with_query=with_query)
    return b'{"fullUrl":%b,"resource":%b,"search":{"mode":"match"}}' % (address, body)


def _body(call: Call, access: Access, patient: str | None, *, with_query: bool) -> bytes:
    return json.dumps(audit_event(access, patient or "", base=call.base, with_query=with_query))
