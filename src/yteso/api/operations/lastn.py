"""$lastn: the newest observations of each code (FHIR R4 observation-operation-lastn).

The parameters are those of a search for observations of one patient; `max` says how many of each code (one, unless
told). Observations of the same codings are of the same kind; those of one time count one by one.
"""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.answer import Link, json_response, searchset
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations import rules
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.observations import Group, group_of, observations
from yteso.api.page import self_url
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.store.protocol import Stored

_MOST = 100
_PATIENTS = ("patient", "subject")


def lastn(call: Call, given: Arguments) -> Response:
    """A searchset, newest first; 400 without a patient."""
    if not any(given.all(name) for name in _PATIENTS):
        raise Refused(rules.MISSING.at(Origin(field="patient"), name="patient"), status=400)
    most = min(given.number("max", 1), _MOST)
    asked = tuple((name, value) for name, value in given.params if name != "max")
    kept: list[Stored] = []
    counts: dict[Group, int] = {}
    with call.reading() as conn:
        for stored, document in observations(call, conn, asked):
            group = group_of(document)
            counts[group] = counts.get(group, 0) + 1
            if counts[group] <= most:
                kept.append(stored)
    links = [Link("self", self_url(call, given.params))]
    return json_response(200, searchset(call, kept, links=links, total=len(kept)))


LASTN = Operation(
    Interaction.LASTN,
    lastn,
    levels("type"),
    "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
    "The newest observations of each code of a patient.",
    types=frozenset(["Observation"]),
    parameters=(
        Parameter("max", "positiveInt"),
        *(
            Parameter(name, "string", repeats=True)
            for name in ("patient", "subject", "category", "code", "date", "status", "encounter", "combo-code")
        ),
    ),
    out=returned("Bundle"),
)
