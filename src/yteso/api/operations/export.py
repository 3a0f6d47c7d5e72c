"""$export: everything, every patient's record, or a Group's, as ndjson files (Bulk Data Access IG 2.0).

Only the asking is here: what is wished is judged, noted, and done in the background within the asker's rights.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from yteso.access.policy import PATIENT_TYPES, Interaction, require
from yteso.access.types import NO_RECORD
from yteso.api import rules as api_rules
from yteso.api.bulk import accepted, desk_of
from yteso.api.call import Call
from yteso.api.headers import preferences
from yteso.api.operation import Operation, Parameter, levels
from yteso.api.operations.arguments import Arguments
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Origin, Rule
from yteso.db import Connection
from yteso.fhir import json, reference
from yteso.fhir.subset import is_element
from yteso.search.keys import number, patient_key
from yteso.search.parse import parse
from yteso.search.query import is_looked_up
from yteso.standards.fhir_r4 import RESOURCE_TYPES
from yteso.store.bulk import rules

MOST_PATIENTS = 10_000
MOST_FILTERS = 100
_FORMATS = frozenset(["application/fhir+ndjson", "application/ndjson", "ndjson"])
_NEXT_FILTER = re.compile(r",(?=[A-Z][A-Za-z]+\?)")
_ELEMENT = re.compile(r"(?:[A-Z][A-Za-z]+\.)?[a-z][A-Za-z]*", re.ASCII)
_RESULT_PARAMETERS = frozenset(["_sort", "_count", "_include", "_revinclude", "_summary", "_elements", "_total"])

Scope = Literal["system", "patient", "group"]
Wish = dict[str, Any]


def require_async(call: Call) -> None:
    """Refused (400, BULK-0001) unless the client is ready to come back for the answer (RFC 7240 §4.1)."""
    if "respond-async" not in preferences(call.headers.get("prefer", "")):
        raise Refused(rules.NOT_ASYNC.at(), status=400)


def export(call: Call, given: Arguments) -> Response:
    """202 for the whole record."""
    return _start(call, given, "system", None)


def export_patients(call: Call, given: Arguments) -> Response:
    """202 for the record of every patient, or of those named."""
    named = given.all("patient")
    return _start(call, given, "patient", _patients(named) if named else None)


def export_group(call: Call, given: Arguments) -> Response:
    """202 for the record of a Group's patients; 404 for a Group one may not see."""
    with call.reading() as conn:
        members = _members(call, conn)
    if given.all("patient"):
        members = sorted(set(members) & set(_patients(given.all("patient"))))
    return _start(call, given, "group", members)


def _start(call: Call, given: Arguments, scope: Scope, patients: Sequence[int] | None) -> Response:
    require_async(call)
    wish = {**_wish(call, given, scope), "patients": patients, "base": call.base}
    with call.connection() as conn:
        job = desk_of(call).start_export(conn, call.who, _request(call), wish)
    return accepted(call, job)


def _request(call: Call) -> str:
    query = f"?{call.request.query}" if call.request.query else ""
    return f"{call.base}/{call.request.path.lstrip('/')}{query}"


def _wish(call: Call, given: Arguments, scope: Scope) -> Wish:
    if given.text("_outputFormat", "ndjson").replace(" ", "+") not in _FORMATS:
        raise _refusal(rules.BAD_FORMAT, "_outputFormat")
    if given.all("includeAssociatedData"):
        raise _refusal(rules.NO_ASSOCIATED, "includeAssociatedData")
    types = _types(call, given.all("_type"), scope)
    return {
        "level": scope,
        "types": types,
        "since": _since(given.text("_since")),
        "filters": _filters(given.all("_typeFilter"), types, scope),
        "elements": _elements(given.all("_elements"), types or RESOURCE_TYPES),
    }


def _types(call: Call, values: Sequence[str], scope: Scope) -> list[str] | None:
    names = sorted({name.strip() for value in values for name in value.split(",") if name.strip()})
    if not names:
        return None
    allowed = RESOURCE_TYPES if call.limit.types is None else call.limit.types
    if not set(names) <= set(allowed) - NO_RECORD or (scope != "system" and not set(names) <= PATIENT_TYPES):
        raise _refusal(rules.BAD_TYPE, "_type")
    return names


def _since(text: str) -> str | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if len(text) < len("2026-01-31T00:00:00Z") or moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise _refusal(rules.BAD_SINCE, "_since") from error


def _filters(values: Sequence[str], types: Sequence[str] | None, scope: Scope) -> list[tuple[str, str]]:
    """(type, query) pairs, each judged as a strict search would be."""
    texts = [one for value in values for one in _NEXT_FILTER.split(value)]
    return [_filter(at, text.strip(), types, scope) for at, text in enumerate(texts, start=1)]


def _filter(at: int, text: str, types: Sequence[str] | None, scope: Scope) -> tuple[str, str]:
    kind, _, query = text.partition("?")
    offered = RESOURCE_TYPES if scope == "system" else PATIENT_TYPES
    names = {pair.partition("=")[0].partition(":")[0] for pair in query.split("&")}
    fit = kind in offered and (types is None or kind in types) and not names & _RESULT_PARAMETERS
    if not fit or not query or at > MOST_FILTERS:
        raise _refusal(rules.BAD_FILTER, "_typeFilter", number=at)
    found, issues = parse(kind, query)
    if issues:
        raise Refused(*issues, status=400)
    if any(map(is_looked_up, found.links)):  # A chain is looked up when it is asked, an export runs later and by parts.
        raise _refusal(rules.BAD_FILTER, "_typeFilter", number=at)
    return kind, query


def _elements(values: Sequence[str], types: Collection[str]) -> list[str]:
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    fit = all(_ELEMENT.fullmatch(name) and is_element(name, types) for name in names)
    if not fit or len(names) > MOST_FILTERS:
        raise _refusal(rules.BAD_ELEMENTS, "_elements")
    return names


def _patients(values: Sequence[Any]) -> list[int]:
    """The keys of the patients referred to."""
    found = set()
    for value in values:
        target = reference.parse(str(value.get("reference", "") if isinstance(value, Mapping) else value))
        if target.kind != "relative" or target.type != "Patient":
            raise _refusal(rules.BAD_PATIENT, "patient", limit=MOST_PATIENTS)
        found.add(number(patient_key(target.id)))
    if len(found) > MOST_PATIENTS:
        raise _refusal(rules.BAD_PATIENT, "patient", limit=MOST_PATIENTS)
    return sorted(found)


def _members(call: Call, conn: Connection) -> list[int]:
    """The keys of a Group's present patients. The Group is read within the caller's rights, and audited."""
    limit = require(call.who, Interaction.READ, "Group")
    stored = call.engine.store.read(conn, call.who, limit, "Group", call.id)
    if stored is None or stored.deleted:
        raise Refused(api_rules.NOT_FOUND.at(type="Group"), status=404)
    found = set()
    for member in json.loads(stored.body).get("member", ()):
        target = reference.parse(str(member.get("entity", {}).get("reference", "")))
        if target.kind == "relative" and target.type == "Patient" and not member.get("inactive"):
            found.add(number(patient_key(target.id)))
    if not found:
        raise Refused(rules.NO_GROUP.at(Origin(field="Group.member")), status=422)
    return sorted(found)


def _refusal(rule: Rule, name: str, **names: object) -> Refused:
    return Refused(rule.at(Origin(field=name), **names), status=400)


_PARAMETERS = (
    Parameter("_outputFormat", "string"),
    Parameter("_since", "instant"),
    Parameter("_type", "string", repeats=True),
    Parameter("_typeFilter", "string", repeats=True),
    Parameter("_elements", "string", repeats=True),
    Parameter("includeAssociatedData", "string", repeats=True),
)
_OF_PATIENTS = (*_PARAMETERS, Parameter("patient", "Reference", repeats=True))

EXPORT = Operation(
    Interaction.EXPORT,
    export,
    levels("system"),
    "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
    "Export the whole record as ndjson files, in the background.",
    parameters=_PARAMETERS,
)
EXPORT_PATIENTS = Operation(
    Interaction.EXPORT,
    export_patients,
    levels("type"),
    "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
    "Export the record of patients as ndjson files, in the background.",
    types=frozenset(["Patient"]),
    parameters=_OF_PATIENTS,
)
EXPORT_GROUP = Operation(
    Interaction.EXPORT,
    export_group,
    levels("instance"),
    "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
    "Export the record of a Group's patients as ndjson files, in the background.",
    types=frozenset(["Group"]),
    parameters=_OF_PATIENTS,
)
