"""`GET [base]/openapi.json`: the interface as OpenAPI 3.1, made from the tables of routes and operations. Open to all.

Resources are told as objects with a `resourceType`; what FHIR R4 says about their content is not repeated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from yteso import __version__
from yteso.access.policy import Interaction
from yteso.api.call import Call
from yteso.api.formats import FHIR_JSON, FHIR_XML, JSON_PATCH
from yteso.api.operation import Parameter
from yteso.api.operations.arguments import SIMPLE
from yteso.api.route import Route
from yteso.base.http import Response
from yteso.fhir import json
from yteso.standards.fhir_r4 import RESOURCE_TYPES

Document = dict[str, Any]

_TITLES = {
    Interaction.CAPABILITIES: "What this server can do",
    Interaction.BATCH: "A transaction or a batch",
    Interaction.READ: "Read",
    Interaction.VREAD: "Read one version",
    Interaction.SEARCH: "Search",
    Interaction.HISTORY: "Versions",
    Interaction.CREATE: "Create",
    Interaction.UPDATE: "Update, or create under a known id",
    Interaction.PATCH: "Patch",
    Interaction.DELETE: "Delete",
}
_TEXT: Document = {"type": "string"}
_COUNT: Document = {"type": "integer", "minimum": 0, "maximum": 1000}
_QUERIES: dict[Interaction, dict[str, Document]] = {
    Interaction.SEARCH: {
        "_id": _TEXT,
        "_lastUpdated": _TEXT,
        "_count": _COUNT,
        "_sort": _TEXT,
        "_total": {"type": "string", "enum": ["none", "estimate", "accurate"]},
        "_include": _TEXT,
    },
    Interaction.HISTORY: {
        "_since": {"type": "string", "format": "date-time"},
        "_at": _TEXT,
        "_count": _COUNT,
        "_sort": {"type": "string", "enum": ["_lastUpdated", "-_lastUpdated"]},
    },
}
_SCHEMAS = {"boolean": {"type": "boolean"}, "decimal": {"type": "number"}} | {
    name: {"type": "integer", "minimum": lowest, "maximum": 2**31 - 1}
    for name, lowest in (("integer", -(2**31)), ("unsignedInt", 0), ("positiveInt", 1))
}
_GENERAL: dict[str, Document] = {
    "_format": {"type": "string", "enum": ["json", "xml"]},
    "_pretty": {"type": "boolean"},
}
_CONDITIONS = {
    Interaction.READ: ("If-None-Match", "If-Modified-Since"),
    Interaction.VREAD: ("If-None-Match", "If-Modified-Since"),
    Interaction.CREATE: ("If-None-Exist", "Prefer"),
    Interaction.UPDATE: ("If-Match", "If-None-Match", "Prefer"),
    Interaction.PATCH: ("If-Match", "Prefer"),
    Interaction.DELETE: ("If-Match", "Prefer"),
    Interaction.SEARCH: ("Prefer",),
    Interaction.BATCH: ("Prefer",),
}


def openapi(call: Call) -> Response:
    """The document; the same for all."""
    return Response(200, _document(call.base, call.engine.router.routes), {"Content-Type": "application/json"})


@lru_cache(maxsize=16)
def _document(base: str, routes: tuple[Route[Any], ...]) -> bytes:
    paths: dict[str, Document] = {}
    for route in routes:
        path = paths.setdefault("/" + "/".join(route.segments), {})
        method = route.method.lower()
        path[method] = _joined(path[method], _operation(route)) if method in path else _operation(route)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Y tế số FHIR R4", "version": __version__},
        "servers": [{"url": base or "/fhir"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}, "schemas": _schemas()},
    }
    return json.dumps(document)


def _operation(route: Route[Any]) -> Document:
    told: Document = {
        "summary": route.operation.title
        if route.operation
        else _TITLES.get(route.interaction, route.interaction.value),
        "parameters": [*_in_path(route), *_in_query(route), *_in_header(route)],
        "responses": {
            "default": {"description": "A resource, or an OperationOutcome", "content": _content("Resource")}
        },
    }
    if route.interaction is Interaction.CAPABILITIES:
        told["security"] = []
    if body := _body(route):
        told["requestBody"] = {"required": route.operation is None, "content": body}
    return told


def _joined(one: Document, other: Document) -> Document:
    """One address for several operations of a name, each for types of its own."""
    parameters = {(row["in"], row["name"]): row for row in (*one["parameters"], *other["parameters"])}
    kinds = sorted({*_kinds(one), *_kinds(other)})
    if kinds:
        parameters["path", "type"] = _path_parameter("type", {"type": "string", "enum": kinds})
    return {**one, "parameters": list(parameters.values())}


def _kinds(operation: Document) -> Sequence[str]:
    return next((row["schema"]["enum"] for row in operation["parameters"] if row["name"] == "type"), ())


def _in_path(route: Route[Any]) -> Iterable[Document]:
    if "{type}" in route.segments:
        kinds = route.operation.types if route.operation else None
        yield _path_parameter("type", {"type": "string", "enum": sorted(kinds or _addressed(route))})
    if "{id}" in route.segments:
        yield _path_parameter("id", {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"})
    if "{vid}" in route.segments:
        yield _path_parameter("vid", {"type": "string", "pattern": "^[0-9]{1,9}$"})


def _addressed(route: Route[Any]) -> frozenset[str]:
    """The types that have this address: Parameters have those of operations alone."""
    return RESOURCE_TYPES if route.operation else RESOURCE_TYPES - {"Parameters"}


def _path_parameter(name: str, schema: Document) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(route: Route[Any]) -> Iterable[Document]:
    found = dict(_QUERIES.get(route.interaction, {}))
    if route.interaction is Interaction.SEARCH and not route.segments:
        found = {"_type": _TEXT, **found}
    if route.operation:
        found = {one.name: _schema(one) for one in route.operation.parameters if one.type in SIMPLE}
    for name, schema in (found | _GENERAL).items():
        yield {"name": name, "in": "query", "schema": schema}


def _schema(parameter: Parameter) -> Document:
    return _SCHEMAS.get(parameter.type, _TEXT)


def _in_header(route: Route[Any]) -> Iterable[Document]:
    for name in _CONDITIONS.get(route.interaction, ()):
        yield {"name": name, "in": "header", "schema": _TEXT}


def _body(route: Route[Any]) -> Document:
    if route.method == "PATCH":
        return {JSON_PATCH: _named("JsonPatch"), **_content("Parameters")}
    if route.interaction is Interaction.SEARCH and route.method == "POST":
        return {"application/x-www-form-urlencoded": {"schema": {"type": "object", "additionalProperties": _TEXT}}}
    if route.operation and route.method == "POST":
        return _content("Parameters")
    if route.interaction is Interaction.BATCH:
        return _content("Bundle")
    return _content("Resource") if route.method in ("POST", "PUT") else {}


def _content(schema: str) -> Document:
    return {essence.partition(";")[0]: _named(schema) for essence in (FHIR_JSON, FHIR_XML)}


def _named(schema: str) -> Document:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}}


def _schemas() -> Document:
    entry = {
        "type": "object",
        "required": ["request"],
        "properties": {
            "fullUrl": _TEXT,
            "resource": {"$ref": "#/components/schemas/Resource"},
            "request": {
                "type": "object",
                "required": ["method", "url"],
                "properties": {"method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]}, "url": _TEXT},
            },
        },
    }
    return {
        "Resource": _resource(sorted(RESOURCE_TYPES)),
        "Parameters": _resource(
            ["Parameters"],
            parameter={
                "type": "array",
                "items": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}},
            },
        ),
        "Bundle": _resource(
            ["Bundle"], type={"enum": ["transaction", "batch"]}, entry={"type": "array", "items": entry}
        ),
        "JsonPatch": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["op", "path"],
                "properties": {
                    "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
                    "path": _TEXT,
                    "from": _TEXT,
                    "value": {},
                },
            },
        },
    }


def _resource(types: Sequence[str], **properties: Document) -> Document:
    return {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"enum": list(types)}, "id": _TEXT, **properties},
    }
