"""$translate: a code of one system as a code of another, by the concept maps that are here (FHIR R4 §4.10.17.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yteso.access.policy import Interaction
from yteso.api.body import Resource
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations.answer import parameters_response
from yteso.api.operations.arguments import Arguments
from yteso.api.operations.asked import LONGEST, asked_codes, only_one, refuse_besides_address, sent, with_version
from yteso.api.read import refuse_absent
from yteso.api.terms import terms_of
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin
from yteso.db import Connection
from yteso.fhir import json
from yteso.terminology import rules
from yteso.terminology.engine import Engine
from yteso.terminology.translation import Match, Question, translate
from yteso.terminology.validation import Coded


def translate_code(call: Call, given: Arguments) -> Response:
    """200 with `result` and a `match` for each code found; 404 when the map asked for is not here."""
    codes = asked_codes(given, given.text("system"), given.text("version"))
    for one in codes:
        if not one.system:
            raise Refused(rules.NO_SYSTEM.at(Origin(field="system")), status=400)
    with call.connection() as conn:
        engine = terms_of(call, conn)
        maps = list(_maps(call, conn, given, engine))
        found = [match for one in codes for match in translate(maps, _question(given, one), _finder(engine))]
    return parameters_response(_told(list(dict.fromkeys(found))))


def _maps(call: Call, conn: Connection, given: Arguments, engine: Engine) -> Iterable[Resource]:
    """The one map that is named, otherwise all that lead from source to target."""
    if call.id:
        refuse_besides_address(given, "url", "conceptMap")
        stored = call.engine.store.read(conn, call.who, call.limit, "ConceptMap", call.id)
        return [json.loads(refuse_absent("ConceptMap", stored).body)]
    if given.one("url") is None and given.one("conceptMap") is None:
        source, target = given.text("source"), given.text("target")
        if given.flag("reverse"):
            source, target = target, source
        return engine.content.concept_maps(source, target)
    if only_one(given, "url", "conceptMap") == "conceptMap":
        return [sent(given, "conceptMap", "ConceptMap")]
    canonical = with_version(given.text("url"), given.text("conceptMapVersion"))
    found = _finder(engine)(canonical)
    if found is None:
        raise Refused(rules.NO_MAP.at(Origin(field="url"), url=canonical[:LONGEST]), status=404)
    return [found]


def _finder(engine: Engine) -> Any:
    def find(canonical: str) -> Resource | None:
        url, _, version = canonical.partition("|")
        return engine.content.concept_map(url, version)

    return find


def _question(given: Arguments, one: Coded) -> Question:
    return Question(
        system=one.system,
        code=one.code,
        target_system=given.text("targetsystem"),
        reverse=given.flag("reverse"),
        given=frozenset(pair for parts in given.all("dependency") for pair in _dependency(parts)),
    )


def _dependency(parts: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """A dependency has an `element` and a `concept`; a map names the value by one of its codes."""
    named = {part.get("name"): part for part in parts}
    element = named.get("element", {})
    concept = named.get("concept", {}).get("valueCodeableConcept", {})
    name = str(element.get("valueUri", element.get("valueString", "")))
    return [(name, str(coding.get("code", ""))) for coding in concept.get("coding", ())]


def _told(found: list[Match]) -> list[dict[str, Any]]:
    good = any(match.good for match in found)
    told: list[dict[str, Any]] = [{"name": "result", "valueBoolean": good}]
    if not good:
        issue = rules.NO_MATCH.at()
        told.append({"name": "message", "valueString": f"{issue.code}: {issue.text} · {issue.text_en}"})
    return [*told, *(match.parameter() for match in found)]


_DEPENDENCY = (Parameter("element", "uri"), Parameter("concept", "CodeableConcept"))
_MATCH = (
    Parameter("equivalence", "code"),
    Parameter("concept", "Coding"),
    Parameter("product", "part", repeats=True, parts=(Parameter("element", "uri"), Parameter("concept", "Coding"))),
    Parameter("source", "uri"),
)

TRANSLATE = Operation(
    Interaction.TRANSLATE,
    translate_code,
    levels("type instance"),
    "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
    "A code of one system as a code of another.",
    types=frozenset(["ConceptMap"]),
    parameters=(
        Parameter("url", "uri"),
        Parameter("conceptMap", "Resource"),
        Parameter("conceptMapVersion", "string"),
        Parameter("code", "code"),
        Parameter("system", "uri"),
        Parameter("version", "string"),
        Parameter("coding", "Coding"),
        Parameter("codeableConcept", "CodeableConcept"),
        Parameter("source", "uri"),
        Parameter("target", "uri"),
        Parameter("targetsystem", "uri"),
        Parameter("dependency", "part", repeats=True, parts=_DEPENDENCY),
        Parameter("reverse", "boolean"),
    ),
    out=(
        Parameter("result", "boolean", required=True),
        Parameter("message", "string"),
        Parameter("match", "part", repeats=True, parts=_MATCH),
    ),
)
