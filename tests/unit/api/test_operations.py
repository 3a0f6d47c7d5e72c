"""Every operation: where it is found, who may come to it, and how its parameters are read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest

from yteso.access.policy import CODE_TYPES, DIRECTORY_TYPES, PATIENT_TYPES, REFERENCE_TYPES, Interaction, restriction
from yteso.access.principal import Principal, Role
from yteso.api.call import Call, Engine, read_params
from yteso.api.operation import OWN, Operation, Parameter, levels
from yteso.api.operations.arguments import read_arguments
from yteso.api.operations.definitions import definition_of
from yteso.api.operations.table import OPERATIONS
from yteso.api.table import ROUTER
from yteso.base.errors import Refused
from yteso.base.http import Request
from yteso.ops.judging import judge_of
from yteso.store.codes import RecordCodes

WHOLE = {Role.DOCTOR, Role.NURSE, Role.STATION, Role.STAFF, Role.CITIZEN, Role.INSPECTOR}
"""Who reads whole records, of their own patients."""
DIRECTORY = {Role.ADMINISTRATOR, Role.OPERATOR, Role.DATA_OFFICER, Role.FACILITY_ADMINISTRATOR, Role.SURVEILLANCE}
"""Who reads where care is given, and so whatever operation reads it."""
PARTS = {Role.LAB, Role.PHARMACIST, Role.CASHIER}
WRITERS = {Role.ADMINISTRATOR, Role.DOCTOR, Role.NURSE, Role.STATION} | PARTS
CODES = {role for role in Role if role is not Role.FACILITY} - {Role.INTEGRATOR, Role.SYSTEM}

MAY = {
    "$meta": WHOLE | DIRECTORY | PARTS,
    **dict.fromkeys(("$everything", "$document", "$summary", "$lastn", "$stats"), WHOLE),
    "$validate": WHOLE | DIRECTORY | PARTS,
    "$meta-add": WRITERS,
    "$meta-delete": WRITERS,
    "$export": set(),
    "$import": set(),
    **dict.fromkeys(("$lookup", "$validate-code", "$expand", "$translate", "$subsumes"), CODES),
    "$status": set(),
    "$events": set(),
    "$get-ws-binding-token": set(),
}
"""Who may, besides the integrator and the platform itself; who is not named here may not."""

EVERYBODY = {Role.INTEGRATOR, Role.SYSTEM}


def test_every_operation_has_one_interaction_and_every_such_interaction_one_operation():
    assert sorted({o.interaction for o in OPERATIONS}) == sorted(i for i in Interaction if i.startswith("$"))
    assert set(MAY) == {o.interaction.value for o in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_use_an_operation(operation, role):
    who = Principal("an", role, "79001", person="p") if role else None
    types = operation.types or PATIENT_TYPES | REFERENCE_TYPES | {"AuditEvent"}
    reached = {name for name in types if restriction(who, operation.interaction, name) is not None}
    assert bool(reached) == (role in MAY[operation.interaction] | EVERYBODY)
    if role not in EVERYBODY:
        assert reached <= PATIENT_TYPES | REFERENCE_TYPES | {"AuditEvent"}
    if role in (Role.ADMINISTRATOR, Role.OPERATOR, Role.ANALYST, Role.FACILITY_ADMINISTRATOR, Role.DATA_OFFICER):
        assert not reached & PATIENT_TYPES
    if role is Role.OPERATOR:
        assert reached <= DIRECTORY_TYPES | CODE_TYPES
    if reached and role in (Role.DOCTOR, Role.STAFF):
        assert all(
            restriction(who, operation.interaction, name).care_facility == "79001" for name in reached & PATIENT_TYPES
        )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_is_found_at_its_levels_and_get_only_when_it_changes_nothing(operation):
    name = sorted(operation.types or {"Patient"})[0]
    starts = {"system": "", "type": f"{name}/", "instance": f"{name}/a/"}
    reached = {
        (level, method)
        for level, start in starts.items()
        for method in ("GET", "POST")
        if reaches(operation, method, f"/{start}${operation.name}")
    }
    assert reached == {(level, method) for level in operation.levels for method in ("GET", "POST")[operation.changes :]}


def test_every_definition_is_sound_and_names_what_is_read(tmp_path):
    judge = judge_of([], ())
    addresses = set()
    for operation in OPERATIONS:
        told = definition_of(operation)
        assert [issue for issue in judge(told) if issue.blocks] == []
        given = {one["name"] for one in told.get("parameter", ()) if one["use"] == "in"}
        assert given == {one.name for one in operation.parameters}
        addresses.add(told["url"])
    assert len(addresses) == len(OPERATIONS)


def test_a_standards_definition_is_named_only_where_all_of_it_is_offered():
    named = {operation.own_definition: operation.canonical for operation in OPERATIONS}
    assert named[f"{OWN}Resource-validate"] == "http://hl7.org/fhir/OperationDefinition/Resource-validate"
    assert named[f"{OWN}group-export"] == "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export"
    assert named[f"{OWN}ValueSet-expand"] == f"{OWN}ValueSet-expand", "without `context`"
    assert named[f"{OWN}Patient-everything"] == f"{OWN}Patient-everything", "of one patient at a time"


def reaches(operation, method, path):
    try:
        return ROUTER.match(method, path)[0].operation is operation
    except Refused:
        return False


def asked(query: str = "", body: bytes | dict | None = None, method: str = "POST") -> Call:
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    request = Request(method, "/$try", query, {}, BytesIO(data))
    engine = Engine(None, None, lambda: datetime.now(UTC), datetime.now(UTC), ROUTER, RecordCodes(None))
    return Call(engine, request, Principal("an", Role.INTEGRATOR), params=read_params(query))


TRY = Operation(
    Interaction.META,
    lambda call, given: None,
    levels("system"),
    "urn:test",
    "",
    parameters=(
        Parameter("code", "code"),
        Parameter("count", "positiveInt"),
        Parameter("exact", "boolean"),
        Parameter("start", "date"),
        Parameter("kind", "code", repeats=True),
        Parameter("coding", "Coding"),
        Parameter("resource", "Resource"),
        Parameter("property", "part", repeats=True),
    ),
)


def parameters(*rows):
    return {"resourceType": "Parameters", "parameter": list(rows)}


def test_parameters_are_read_from_the_address_and_from_the_body():
    given = read_arguments(asked("code=a&kind=x&_format=json", parameters({"name": "kind", "valueString": "y"})), TRY)
    assert (given.text("code"), given.all("kind"), given.flag("exact"), given.number("count", 7)) == (
        "a",
        ["x", "y"],
        False,
        7,
    )
    given = read_arguments(asked("exact=true&count=3&start=2026-01", method="GET"), TRY)
    assert (given.flag("exact"), given.number("count", 7), given.text("start")) == (True, 3, "2026-01")


def test_a_resource_may_be_the_whole_body_and_is_not_judged_here():
    patient = {"resourceType": "Patient", "nonsense": 1}
    assert read_arguments(asked(body=patient), TRY).one("resource") == patient
    wrapped = parameters({"name": "resource", "resource": patient})
    assert read_arguments(asked(body=wrapped), TRY).one("resource") == patient


def test_parameters_may_be_the_whole_body_at_their_own_address():
    bare = parameters({"name": "code", "valueString": "x"})
    assert read_arguments(replace(asked(body=bare), type="Parameters"), TRY).one("resource") == bare
    wrapped = parameters({"name": "resource", "resource": bare})
    assert read_arguments(replace(asked(body=wrapped), type="Parameters"), TRY).one("resource") == bare
    assert read_arguments(replace(asked(body=bare), type="Patient"), TRY).one("resource") is None


def test_groups_and_complex_values_come_as_they_are():
    part = [{"name": "code", "valueCode": "x"}]
    body = parameters(
        {"name": "coding", "valueCoding": {"code": "c"}}, {"name": "property", "part": part}
    )  # fmt: skip
    given = read_arguments(asked(body=body), TRY)
    assert (given.one("coding"), given.all("property")) == ({"code": "c"}, [part])


@pytest.mark.parametrize(
    ("query", "body", "code", "name"),
    [
        ("never=1", None, "API-1001", "never"),
        ("", parameters({"name": "never", "valueString": "x"}), "API-1001", "never"),
        ("count=0", None, "API-1003", "count"),
        ("count=x", None, "API-1003", "count"),
        ("exact=1", None, "API-1003", "exact"),
        ("start=never", None, "API-1003", "start"),
        ("code=", None, "API-1003", "code"),
        ("", parameters({"name": "count", "valueString": "3"}), "API-1003", "count"),
        ("", parameters({"name": "property", "valueString": "3"}), "API-1003", "property"),
        ("", parameters({"name": "resource", "valueString": "3"}), "API-1003", "resource"),
        ("code=a&code=b", None, "API-1004", "code"),
        ("code=a", parameters({"name": "code", "valueCode": "a"}), "API-1004", "code"),
        ("coding=a", None, "API-1005", "coding"),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(query, body, code, name):
    with pytest.raises(Refused) as refused:
        read_arguments(asked(query, body), TRY)
    issue = refused.value.issues[0]
    assert (refused.value.status, issue.code, issue.origin.field) == (400, code, name)


def test_what_is_required_must_be_there():
    needed = Operation(
        Interaction.META, TRY.handler, levels("system"), "", "", parameters=(Parameter("a", "code", required=True),)
    )
    with pytest.raises(Refused) as refused:
        read_arguments(asked(), needed)
    assert refused.value.issues[0].code == "API-1002"
    with pytest.raises(Refused) as refused:
        read_arguments(asked(body={"resourceType": "Patient"}), needed)
    assert refused.value.issues[0].code == "API-1006"


def test_a_body_of_parameters_must_be_sound():
    with pytest.raises(Refused) as refused:
        read_arguments(asked(body={"resourceType": "Parameters", "parameter": [{"valueString": "x"}]}), TRY)
    assert refused.value.issues[0].code.startswith("FHIR-20")
