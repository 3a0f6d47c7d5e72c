"""$everything of a patient or of a visit (FHIR R4 patient-operation-everything, encounter-operation-everything).

A searchset in pages: the Patient or Encounter first, then what belongs to it, and with each page what that refers to
outside patients' records. `start` and `end` bound the clinical date; what has none is always there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from yteso.access.policy import Interaction
from yteso.api import rules as api_rules
from yteso.api.answer import Link, json_response, searchset
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations.arguments import Arguments, moment_of
from yteso.api.page import next_url, self_url
from yteso.api.read import refuse_absent
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.fhir.dates import interval, moment
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store.protocol import Extent, Stored

MOST = 1_000
"""Resources on a page, and what a page has when nothing is asked."""


def everything(call: Call, given: Arguments) -> Response:
    """A Bundle; 404 and 410 as for a read."""
    extent = _extent(given)
    with call.reading() as conn:
        focus = refuse_absent(call.type, call.engine.store.read(conn, call.who, call.limit, call.type, call.id))
        first = [focus] if not extent.cursor and _is_wanted(focus, extent) else []
        others = replace(extent, count=extent.count - len(first))
        page = call.engine.store.everything(conn, call.who, call.limit, focus, others)
    links = [Link("self", self_url(call, given.params))]
    if page.next:
        links.append(Link("next", next_url(call, given.params, page.next)))
    matches = (*first, *page.matches)
    total = None if page.next or extent.cursor else len(matches)
    return json_response(200, searchset(call, matches, page.included, links=links, total=total))


def types_of(given: Arguments) -> frozenset[str] | None:
    """`_type=Condition,Observation`; None when all are wanted. Refused (400) for a type that FHIR R4 has not."""
    names = {name.strip() for text in given.all("_type") for name in str(text).split(",")} - {""}
    if not RESOURCE_TYPES.issuperset(names):
        raise Refused(api_rules.UNKNOWN_TYPE.at(Origin(field="_type")), status=400)
    return frozenset(names) if given.all("_type") else None


def _extent(given: Arguments) -> Extent:
    since = given.text("_since")
    return Extent(
        types=types_of(given),
        since=moment_of("_since", since) if since else None,
        lowest=_bound(given.text("start"), 0),
        highest=_bound(given.text("end"), 1),
        count=min(given.number("_count", MOST), MOST),
        cursor=given.cursor,
    )


def _bound(text: str, side: int) -> datetime | None:
    found = interval(text) if text else None
    return moment(found[side]) if found else None


def _is_wanted(focus: Stored, extent: Extent) -> bool:
    changed = extent.since is None or focus.updated >= extent.since
    return changed and (extent.types is None or focus.type in extent.types)


_PARAMETERS = (
    Parameter("start", "date"),
    Parameter("end", "date"),
    Parameter("_since", "instant"),
    Parameter("_type", "code", repeats=True),
    Parameter("_count", "positiveInt"),
)

EVERYTHING = Operation(
    Interaction.EVERYTHING,
    everything,
    levels("instance"),
    "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "Everything the record has about a patient.",
    types=frozenset(["Patient"]),
    parameters=_PARAMETERS,
    narrower=True,
    out=returned("Bundle"),
)

EVERYTHING_OF_VISIT = replace(
    EVERYTHING,
    definition="http://hl7.org/fhir/OperationDefinition/Encounter-everything",
    title="Everything the record has about a visit.",
    types=frozenset(["Encounter"]),
    narrower=False,
)
