"""$lookup: what is known of a code (FHIR R4 §4.8.16.1): names, definition, properties, what is above and below it."""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import coded_of, known_code_system, only_one
from yteso.api.terms import terms_of
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.terminology.look_up import told
from yteso.terminology.rules import NO_CODE
from yteso.terminology.validation import Coded


def lookup(call: Call, given: Arguments) -> Response:
    """200 with what is known; 404 for an unknown system or code."""
    name = only_one(given, "code", "coding")
    if name == "code":
        asked = Coded(given.text("system"), given.text("code"), given.text("version"))
    else:
        asked = coded_of(given.one("coding"), "coding")
    with call.connection() as conn:
        system = known_code_system(terms_of(call, conn), asked.system, asked.version, "system")
    entry = system.get(asked.code)
    if entry is None:
        raise Refused(NO_CODE.at(Origin(field=name), url=system.about.url), status=404)
    wanted = [str(one) for one in given.all("property")]
    return parameters_response(told(system, entry, wanted, given.text("displayLanguage")))


_DESIGNATION = (Parameter("language", "code"), Parameter("use", "Coding"), Parameter("value", "string", required=True))
_PROPERTY = (Parameter("code", "code", required=True), Parameter("value", "Element"))

LOOKUP = Operation(
    Interaction.LOOKUP,
    lookup,
    levels("type"),
    "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
    "What is known of a code.",
    types=frozenset(["CodeSystem"]),
    parameters=(
        Parameter("code", "code"),
        Parameter("system", "uri"),
        Parameter("version", "string"),
        Parameter("coding", "Coding"),
        Parameter("date", "dateTime"),
        Parameter("displayLanguage", "code"),
        Parameter("property", "code", repeats=True),
    ),
    out=(
        Parameter("name", "string", required=True),
        Parameter("version", "string"),
        Parameter("display", "string", required=True),
        Parameter("designation", "part", repeats=True, parts=_DESIGNATION),
        Parameter("property", "part", repeats=True, parts=_PROPERTY),
    ),
)
