"""$expand: the codes of a value set (FHIR R4 §4.9.18.1), whole or page by page, found by words of their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yteso.access.policy import Interaction
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import asked_day, asked_value_set, refuse_unused, split_canonicals, today
from yteso.api.terms import terms_of
from yteso.base.http import Response
from yteso.fhir import json
from yteso.terminology import expansion
from yteso.terminology.engine import Engine
from yteso.terminology.pinned import Pinned


def expand(call: Call, given: Arguments) -> Response:
    """200 with a ValueSet that has an expansion; 404 when it is not here, 422 when it cannot be listed."""
    refuse_unused(given, "context", "contextDirection")
    wanted = _wanted(given)
    with call.connection() as conn:
        engine = _with_versions(terms_of(call, conn), given)
        resource, value_set = asked_value_set(call, conn, given, engine)
        found = expansion.expand(resource, value_set, wanted, today(call).isoformat(timespec="seconds"))
    return json_response(200, json.dumps(found))


def _wanted(given: Arguments) -> expansion.Wanted:
    return expansion.Wanted(
        filter=given.text("filter"),
        offset=given.number("offset", 0),
        count=given.number("count", 0) if given.one("count") is not None else None,
        include_designations=given.flag("includeDesignations") or bool(given.all("designation")),
        designations=frozenset(str(one) for one in given.all("designation")),
        active_only=given.flag("activeOnly"),
        for_ui=given.flag("excludeNotForUI"),
        language=given.text("displayLanguage"),
        exclude_systems=tuple(str(one) for one in given.all("exclude-system")),
        day=asked_day(given),
        include_definition=given.flag("includeDefinition"),
        told=tuple(_told(given)),
    )


def _told(given: Arguments) -> Iterator[tuple[str, str, Any]]:
    for parameter in EXPAND.parameters:
        if parameter.name in _NAMES_THE_SET:
            continue
        for value in given.all(parameter.name):
            kind = _KINDS.get(parameter.type, "valueString")
            yield parameter.name, kind, value


def _with_versions(engine: Engine, given: Arguments) -> Engine:
    """An engine of its own when versions of code systems are chosen for this expansion."""
    chosen = [
        dict(split_canonicals([str(one) for one in given.all(name)]))
        for name in ("system-version", "force-system-version", "check-system-version")
    ]
    return Engine(Pinned(engine.content, *chosen)) if any(chosen) else engine


_NAMES_THE_SET = ("url", "valueSet", "valueSetVersion")
_KINDS = {
    "uri": "valueUri",
    "canonical": "valueUri",
    "code": "valueCode",
    "dateTime": "valueDateTime",
    "integer": "valueInteger",
    "unsignedInt": "valueInteger",
    "boolean": "valueBoolean",
}
"""FHIR type -> the `value[x]` of expansion.parameter."""

EXPAND = Operation(
    Interaction.EXPAND,
    expand,
    levels("type instance"),
    "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
    "The codes of a value set.",
    types=frozenset(["ValueSet"]),
    parameters=(
        Parameter("url", "uri"),
        Parameter("valueSet", "Resource"),
        Parameter("valueSetVersion", "string"),
        Parameter("context", "uri"),
        Parameter("contextDirection", "code"),
        Parameter("filter", "string"),
        Parameter("date", "dateTime"),
        Parameter("offset", "unsignedInt"),
        Parameter("count", "unsignedInt"),
        Parameter("includeDesignations", "boolean"),
        Parameter("designation", "string", repeats=True),
        Parameter("includeDefinition", "boolean"),
        Parameter("activeOnly", "boolean"),
        Parameter("excludeNested", "boolean"),
        Parameter("excludeNotForUI", "boolean"),
        Parameter("excludePostCoordinated", "boolean"),
        Parameter("displayLanguage", "code"),
        Parameter("exclude-system", "canonical", repeats=True),
        Parameter("system-version", "canonical", repeats=True),
        Parameter("check-system-version", "canonical", repeats=True),
        Parameter("force-system-version", "canonical", repeats=True),
    ),
    narrower=True,
    out=returned("ValueSet"),
)
