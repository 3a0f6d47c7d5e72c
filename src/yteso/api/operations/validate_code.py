"""$validate-code: is this code right (FHIR R4 §4.8.16.2 in a code system, §4.9.18.2 in a value set)?

What cannot be known is not confirmed: the result is false, and `message` says why, with a number.
"""

from __future__ import annotations

from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import asked_code_system, asked_codes, asked_value_set, day_of, refuse_unused
from yteso.api.terms import terms_of
from yteso.base.http import Response
from yteso.terminology import rules
from yteso.terminology.engine import Engine
from yteso.terminology.validation import Judge, Verdict, best


def validate_in_system(call: Call, given: Arguments) -> Response:
    """200 with `result`; the system may be one we do not have."""
    with call.connection() as conn:
        engine = terms_of(call, conn)
        system = asked_code_system(call, conn, given, engine)
    codes = asked_codes(given, "", "")
    if system is None:
        return parameters_response(Verdict(rules.CANNOT_SAY).parameters())
    judge = _judge(call, given, engine)
    about = system.about
    verdicts = [
        judge.in_system(system, one) if one.system in ("", about.url) else Verdict(rules.NOT_IN_SYSTEM) for one in codes
    ]
    return parameters_response(best(verdicts).parameters())


def validate_in_set(call: Call, given: Arguments) -> Response:
    """200 with `result`; 404 when the value set is not here."""
    refuse_unused(given, "context")
    codes = asked_codes(given, given.text("system"), given.text("systemVersion"))
    with call.connection() as conn:
        engine = terms_of(call, conn)
        _, value_set = asked_value_set(call, conn, given, engine)
        judge = _judge(call, given, engine)
        verdict = best(judge.in_set(value_set, one) for one in codes)
    return parameters_response(verdict.parameters())


def _judge(call: Call, given: Arguments, engine: Engine) -> Judge:
    abstract = given.flag("abstract", default=True)
    return Judge(engine, day_of(call, given), given.text("displayLanguage"), abstract)


_SHARED = (
    Parameter("url", "uri"),
    Parameter("code", "code"),
    Parameter("display", "string"),
    Parameter("coding", "Coding"),
    Parameter("codeableConcept", "CodeableConcept"),
    Parameter("date", "dateTime"),
    Parameter("abstract", "boolean"),
    Parameter("displayLanguage", "code"),
)

_OUT = (Parameter("result", "boolean", required=True), Parameter("message", "string"), Parameter("display", "string"))

VALIDATE_IN_SYSTEM = Operation(
    Interaction.VALIDATE_CODE,
    validate_in_system,
    levels("type instance"),
    "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
    "Whether a code is one of a code system.",
    types=frozenset(["CodeSystem"]),
    parameters=(*_SHARED, Parameter("codeSystem", "Resource"), Parameter("version", "string")),
    out=_OUT,
)

VALIDATE_IN_SET = Operation(
    Interaction.VALIDATE_CODE,
    validate_in_set,
    levels("type instance"),
    "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
    "Whether a code is in a value set.",
    types=frozenset(["ValueSet"]),
    parameters=(
        *_SHARED,
        Parameter("context", "uri"),
        Parameter("valueSet", "Resource"),
        Parameter("valueSetVersion", "string"),
        Parameter("system", "uri"),
        Parameter("systemVersion", "string"),
    ),
    narrower=True,
    out=_OUT,
)
