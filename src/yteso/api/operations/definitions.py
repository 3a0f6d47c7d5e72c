"""The table of operations -> an OperationDefinition for each: what is offered here, by our own address. Pure.

`base` is the standard's definition that it follows; where less than all of that is offered the CapabilityStatement
names ours (FHIR R4, CapabilityStatement.rest.operation.definition). They come into the record with every start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yteso import __version__
from yteso.api.operation import OWN, Operation, Parameter
from yteso.api.operations.table import OPERATIONS
from yteso.fhir.package import Package

Resource = dict[str, Any]

PACKAGE = "yteso.operations"
_TITLE = "Các phép toán FHIR của nền tảng · the operations that are offered"


def operations_package() -> Package:
    """All of them."""
    return Package(PACKAGE, __version__, _TITLE, tuple(map(definition_of, OPERATIONS)))


def definition_of(operation: Operation[Any]) -> Resource:
    """One definition."""
    name = operation.own_definition.removeprefix(OWN)
    base = {} if operation.definition == operation.own_definition else {"base": operation.definition}
    types = sorted(operation.types or ["Resource"])
    told = [*_told(operation.parameters, "in"), *_told(operation.out, "out")]
    return {
        "resourceType": "OperationDefinition",
        "id": f"yteso-operation-{name}",
        "url": operation.own_definition,
        "version": __version__,
        "name": "".join(part[:1].upper() + part[1:] for part in name.split("-")),
        "title": operation.title,
        "status": "active",
        "kind": "operation",
        "description": operation.title,
        "affectsState": operation.changes,
        "code": operation.name,
        **base,
        "resource": types,
        **{level: level in operation.levels for level in ("system", "type", "instance")},
        **({"parameter": told} if told else {}),
    }


def _told(parameters: Iterable[Parameter], use: str) -> Iterable[Resource]:
    for one in parameters:
        inner = {"part": list(_told(one.parts, use))} if one.type == "part" else {"type": one.type}
        bounds = {"min": int(one.required), "max": "*" if one.repeats else "1"}
        yield {"name": one.name, "use": use, **bounds, **inner}
