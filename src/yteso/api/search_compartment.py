"""search of a whole compartment: `GET [base]/[type]/[id]/*`, every type that belongs to it (FHIR R4 §2.11).

Only what every type has can be asked: `_type`, `_lastUpdated`, `_count`, and the part that is shown. Anything else is
refused rather than left out: leaving it out would find too much.
"""

from __future__ import annotations

from dataclasses import replace

from yteso.api.answer import Link, json_response, searchset
from yteso.api.body import refuse_blocking
from yteso.api.call import Call
from yteso.api.page import next_url, read_page, self_url
from yteso.api.part import parts, subset_of, unknown_elements
from yteso.api.search import understood
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.search.parse import parse
from yteso.search.query import Compartment
from yteso.search.rules import NO_COMPARTMENT, RESULT, WHOLE_COMPARTMENT
from yteso.standards.fhir_r4 import COMPARTMENTS, RESOURCE_TYPES


def search_whole_compartment(call: Call) -> Response:
    """A Bundle of type searchset, in the order of types and ids."""
    if call.type not in COMPARTMENTS:
        raise Refused(NO_COMPARTMENT.at(type=call.type), status=404)
    params, cursor = read_page(call)
    types = [name for key, value in params if key == "_type" for name in value.split(",")]
    if not set(types) <= set(RESOURCE_TYPES):
        raise Refused(RESULT.at(Origin(field="_type"), name="_type"), status=400)
    asked = [pair for pair in params if pair[0] != "_type"]
    query, issues = parse(call.type, asked, call.base, compartment=Compartment(call.type, call.id))
    refuse_blocking(issues)
    others = query.links or query.sort or query.include or query.total != "none" or not query.count
    if issues or others or any(clause.name != "_lastUpdated" for clause in query.clauses):
        raise Refused(WHOLE_COMPARTMENT.at(), status=400)
    unknown = unknown_elements(params, types or RESOURCE_TYPES)
    if unknown and call.prefer.strict:
        raise Refused(*unknown, status=400)
    with call.reading() as conn:
        query = replace(query, cursor=cursor)
        page = call.engine.store.whole_compartment(conn, call.who, call.limit, query, types)
    used = understood(params, unknown, types)
    links = [Link("self", self_url(call, used))]
    if page.next:
        links.append(Link("next", next_url(call, used, page.next)))
    matches = parts(subset_of(params), page.matches, call.type)
    return json_response(200, searchset(call, matches, links=links, issues=() if cursor else unknown))
