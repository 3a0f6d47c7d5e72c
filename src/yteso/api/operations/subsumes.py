"""$subsumes: how two codes of one system stand to each other (FHIR R4 §4.8.16.3)."""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import asked_code_system, coded_of, known_code_system, only_one, refuse_besides_address
from yteso.api.terms import terms_of
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.terminology.rules import TWO_SYSTEMS
from yteso.terminology.subsumption import compare
from yteso.terminology.validation import Coded


def subsumes(call: Call, given: Arguments) -> Response:
    """200 with `outcome`; 404 for an unknown system or code."""
    a, b = _code(given, "A"), _code(given, "B")
    if a.system != b.system:
        raise Refused(TWO_SYSTEMS.at(Origin(field="codingB")), status=400)
    with call.connection() as conn:
        engine = terms_of(call, conn)
        if call.id:
            refuse_besides_address(given, "system", "version")
            system = asked_code_system(call, conn, given, engine)
            assert system is not None
        else:
            version = given.text("version") or a.version
            system = known_code_system(engine, a.system or given.text("system"), version, "system")
    return parameters_response([{"name": "outcome", "valueCode": compare(system, a.code, b.code)}])


def _code(given: Arguments, letter: str) -> Coded:
    name = only_one(given, f"code{letter}", f"coding{letter}")
    if name.startswith("coding"):
        return coded_of(given.one(name), name)
    return Coded("", given.text(name))


SUBSUMES = Operation(
    Interaction.SUBSUMES,
    subsumes,
    levels("type instance"),
    "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
    "How two codes stand to each other.",
    types=frozenset(["CodeSystem"]),
    parameters=(
        Parameter("codeA", "code"),
        Parameter("codeB", "code"),
        Parameter("codingA", "Coding"),
        Parameter("codingB", "Coding"),
        Parameter("system", "uri"),
        Parameter("version", "string"),
    ),
    out=(Parameter("outcome", "code", required=True),),
)
