"""capabilities: `GET [base]/metadata` (FHIR R4 §3.1.0.9), made from what is really routed and really searchable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from yteso import __version__
from yteso.access.policy import Interaction
from yteso.access.types import NO_RECORD
from yteso.api import audit_event
from yteso.api.answer import json_response
from yteso.api.audit_event_query import SEARCHED
from yteso.api.call import Call
from yteso.api.part import subset_of
from yteso.api.route import Route
from yteso.api.terminology_capabilities import terminology_capabilities
from yteso.base.http import Response
from yteso.db import is_retryable
from yteso.fhir import json
from yteso.fhir.subset import Subset
from yteso.search.parameters import generation, targets_of, url_of
from yteso.search.parse import searchable
from yteso.standards.fhir_r4 import COMPARTMENTS, RESOURCE_TYPES
from yteso.standards.vn_core import profiles_of
from yteso.store.subscriptions.definition import BACKPORT
from yteso.store.subscriptions.state import TYPE as SUBSCRIPTION
from yteso.store.subscriptions.topics import topics

_COMPARTMENT = "http://hl7.org/fhir/CompartmentDefinition"
_BACKPORT_SERVER = "http://hl7.org/fhir/uv/subscriptions-backport/CapabilityStatement/backport-subscription-server-r4"
_BULK_SERVER = "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"
_BACKPORT_PROFILE = f"{BACKPORT}backport-subscription"
_TOPIC = f"{BACKPORT}capabilitystatement-subscriptiontopic-canonical"
_SMART = "SMART-on-FHIR"
_OF_EVERY_TYPE = {
    "_content": "string",
    "_filter": "special",
    "_has": "string",
    "_id": "token",
    "_lastUpdated": "date",
    "_list": "string",
    "_profile": "uri",
    "_security": "token",
    "_source": "uri",
    "_tag": "token",
    "_text": "string",
    "_type": "token",
}
"""Parameters that every type has: those a search of everything knows too."""
_PATIENCE = 2.0
"""Seconds to wait for the database; who asks this may be looking whether the server is there at all."""
_HISTORY = {1: "history-system", 2: "history-type", 3: "history-instance"}


def capabilities(call: Call) -> Response:
    """The CapabilityStatement, or with `mode=terminology` the TerminologyCapabilities; the same for everybody.

    `_summary` and `_elements` give a part of it, as of every resource that is read.
    """
    if call.param("mode") == "terminology":
        told = terminology_capabilities(call.base, call.engine.started)
        return _answer(call, "TerminologyCapabilities", told)
    told = _statement(call.base, generation(), call.engine.started, call.engine.router.routes, _profiles(call))
    return _answer(call, "CapabilityStatement", told)


def _profiles(call: Call) -> tuple[tuple[str, str], ...]:
    """(type, url) of the record's profiles: those last known while the database is away, as it can say the rest."""
    definitions = call.engine.definitions
    if call.conn is not None:
        return definitions.profiles(call.conn, alone=True)
    try:
        with call.engine.database.connection(_PATIENCE) as conn:
            return definitions.profiles(conn)
    except Exception as error:
        if not is_retryable(error):
            raise
        return definitions.last_profiles


def _answer(call: Call, type: str, body: bytes) -> Response:
    subset = subset_of(call.params)
    return json_response(200, _part(body, type, subset) if subset else body)


@lru_cache(maxsize=16)
def _part(body: bytes, type: str, subset: Subset) -> bytes:
    return subset.body(type, body)


@lru_cache(maxsize=16)
def _statement(
    base: str,
    _generation: int,
    started: datetime,
    routes: tuple[Route[Any], ...],
    profiles: tuple[tuple[str, str], ...],
) -> bytes:
    supported: dict[str, list[str]] = {}
    for name, url in profiles:
        supported.setdefault(name, []).append(url)
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": started.isoformat(timespec="seconds"),
        "kind": "instance",
        "instantiates": [_BACKPORT_SERVER, _BULK_SERVER],
        "software": {"name": "yteso", "version": __version__},
        "implementation": {"description": "Y tế số", "url": base or "/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json", "application/fhir+xml"],
        "rest": [
            {
                "mode": "server",
                "security": _security((base or "/fhir").removesuffix("/fhir")),
                "resource": [
                    _resource(name, routes, supported.get(name, ())) for name in sorted(RESOURCE_TYPES - {"Parameters"})
                ],
                "interaction": [{"code": code} for code in _system_codes(routes)],
                "searchParam": [_parameter("Resource", name, kind) for name, kind in _OF_EVERY_TYPE.items()],
                "compartment": [f"{_COMPARTMENT}/{name[0].lower()}{name[1:]}" for name in sorted(COMPARTMENTS)],
                **_operations(routes, ""),
            }
        ],
    }
    return json.dumps(statement)


def _security(server: str) -> dict[str, Any]:
    """Where tokens come from (SMART App Launch 2.2 §conformance; all of it is in /.well-known/smart-configuration)."""
    ends = ("authorize", "token", "introspect", "revoke")
    return {
        "cors": True,
        "service": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": _SMART}]}
        ],
        "description": "Authorization: Bearer <token>",
        "extension": [
            {
                "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                "extension": [{"url": end, "valueUri": f"{server}/oauth/{end}"} for end in ends],
            }
        ],
    }


def _audit_event() -> dict[str, Any]:
    """The audit chain: it is looked into, and searched by what `audit_event_query` reads."""
    defined = searchable(audit_event.TYPE)
    kinds = {name: defined[name].kind if name in defined else "string" for name in SEARCHED}
    return {
        "type": audit_event.TYPE,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-supported",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal"],
        "searchParam": [_parameter(audit_event.TYPE, name, kinds[name]) for name in sorted(kinds)],
    }


def _resource(type: str, routes: Sequence[Route[Any]], profiles: Sequence[str]) -> dict[str, Any]:
    if type == audit_event.TYPE:
        return _audit_event()
    parameters = searchable(type)
    own = (*profiles_of(type), *((_BACKPORT_PROFILE,) if type == SUBSCRIPTION else ()))
    supported = dict.fromkeys((*own, *profiles))
    told: dict[str, Any] = {
        "type": type,
        **({"supportedProfile": list(supported)} if supported else {}),
        "interaction": [{"code": code} for code in _type_codes(routes)],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "referencePolicy": ["literal", "logical"],
    }
    includes = [f"{type}:{name}" for name, parameter in sorted(parameters.items()) if parameter.kind == "reference"]
    if includes:
        told["searchInclude"] = ["*", *includes]
    if backwards := _revincludes().get(type):
        told["searchRevInclude"] = backwards
    told["searchParam"] = [_parameter(type, name, parameters[name].kind) for name in sorted(parameters)]
    if type == SUBSCRIPTION:
        told["extension"] = [{"url": _TOPIC, "valueCanonical": topic} for topic in topics()]
    return told | _operations(routes, type)


def _parameter(type: str, name: str, kind: str) -> dict[str, str]:
    """One parameter; `definition` shall be told wherever there is one (FHIR R4, CapabilityStatement)."""
    url = url_of(type, name)
    return {"name": name, **({"definition": url} if url else {}), "type": kind}


@cache
def _revincludes() -> dict[str, list[str]]:
    """Type -> the reference parameters of any type that name it as a target."""
    found: dict[str, list[str]] = {}
    for source in sorted(RESOURCE_TYPES - NO_RECORD):
        for name, parameter in sorted(searchable(source).items()):
            for target in targets_of(parameter):
                found.setdefault(target, []).append(f"{source}:{name}")
    return found


def _operations(routes: Sequence[Route[Any]], type: str) -> dict[str, Any]:
    """The operations of a resource type, on it and on one of its resources; of the whole system without a type."""
    found = {
        route.operation.name: route.operation.canonical
        for route in routes
        if route.operation and (len(route.segments) > 1) == bool(type) and route.serves(type)
    }
    told = [{"name": name, "definition": found[name]} for name in sorted(found)]
    return {"operation": told} if told else {}


def _type_codes(routes: Sequence[Route[Any]]) -> list[str]:
    """The interactions on one type: the routes whose pattern names a type."""
    return sorted({_code(route) for route in routes if route.segments[:1] == ("{type}",) and not route.operation})


def _system_codes(routes: Sequence[Route[Any]]) -> Iterator[str]:
    """The interactions on the whole system; the address that takes a batch takes a transaction too."""
    for route in routes:
        if route.interaction is Interaction.BATCH:
            yield from ("transaction", "batch")
        elif route.interaction is Interaction.HISTORY and len(route.segments) == 1:
            yield _code(route)
        elif route.interaction is Interaction.SEARCH and not route.segments:
            yield "search-system"


def _code(route: Route[Any]) -> str:
    """The code of FHIR R4 type-restful-interaction or system-restful-interaction."""
    if route.interaction is Interaction.HISTORY:
        return _HISTORY[len(route.segments)]
    return "search-type" if route.interaction is Interaction.SEARCH else route.interaction.value
