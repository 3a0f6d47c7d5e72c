"""$validate: what is wrong with a resource, without writing it (FHIR R4 resource-operation-validate).

The resource comes as the body, in Parameters, or is the stored one of the address. Out: 200 with an OperationOutcome
whatever is found, also for a body that is no FHIR at all; the worst first. `profile` names profiles to judge by beside
those it claims; `mode=profile` judges by profiles only, `create` and `update` as a whole, `delete` tells whether the
caller may delete what is there.
"""

from __future__ import annotations

from typing import Any

from yteso.access.policy import Interaction, require
from yteso.api import rules as door
from yteso.api.answer import json_response
from yteso.api.call import Call
from yteso.api.operation import Operation, Parameter, levels, returned
from yteso.api.operations import rules
from yteso.api.operations.arguments import Arguments
from yteso.api.outcome import MOST_ISSUES
from yteso.api.profiles import judge_document
from yteso.api.read import refuse_absent
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Issue, Origin, Rule, Severity
from yteso.db import Connection
from yteso.fhir import json
from yteso.fhir.outcome import operation_outcome

ALL_WELL = Rule(
    "FHIR-2440",
    Severity.INFORMATION,
    "Không phát hiện lỗi",
    "nothing wrong was found",
)
NOTHING_TO_JUDGE = Rule(
    "FHIR-2441",
    Severity.ERROR,
    "Không có tài nguyên để kiểm tra",
    "there is no resource to validate",
    "Gửi tài nguyên trong nội dung yêu cầu hoặc trong tham số resource, hoặc gọi trên một tài nguyên đã lưu",
    "send the resource as the body or in the parameter resource, or ask at a stored one",
)
MODE = Rule(
    "FHIR-2442",
    Severity.ERROR,
    "mode phải là một trong: {known}",
    "mode must be one of: {known}",
    "Sửa tham số mode",
    "correct the parameter mode",
)
OTHER_ID = Rule(
    "FHIR-2443",
    Severity.ERROR,
    "id của tài nguyên khác với id trong địa chỉ",
    "the resource's id is not the id of the address",
    "Dùng cùng một id",
    "use one id",
)
_MODES = ("create", "update", "delete", "profile")


def validate(call: Call, given: Arguments) -> Response:
    """200 with an OperationOutcome; 404 and 410 as for a read when the stored resource is asked about."""
    mode = given.text("mode")
    if mode and mode not in _MODES:
        raise Refused(MODE.at(Origin(field="mode"), known=", ".join(_MODES)), status=400)
    document = given.one("resource")
    with call.connection() as conn:
        if mode == "delete":
            return told(_deletion(call, conn))
        if document is None:
            document = _stored(call, conn)
        profiles = [str(url) for url in given.all("profile")]
        issues = judge_document(call, conn, document, profiles, base=mode != "profile")
    return told([*_misplaced(call, document), *issues])


def unreadable(refused: Refused) -> Response:
    """The answer for a body that could not be read: its issues are what validation found."""
    return told(refused.issues)


def told(issues: Any) -> Response:
    """200 with the issues, or with one that says there are none."""
    shown = tuple(issues)[:MOST_ISSUES] or (ALL_WELL.at(),)
    return json_response(200, json.dumps(operation_outcome(shown, "invalid")))


def _stored(call: Call, conn: Connection) -> Any:
    if not call.id:
        raise Refused(NOTHING_TO_JUDGE.at(), status=400)
    limit = require(call.who, Interaction.READ, call.type)
    stored = refuse_absent(call.type, call.engine.store.read(conn, call.who, limit, call.type, call.id))
    return json.loads(stored.body)


def _misplaced(call: Call, document: Any) -> list[Issue]:
    """The resource is of another type or id than the address names."""
    found = []
    if call.type and isinstance(document, dict) and document.get("resourceType") != call.type:
        found.append(door.OTHER_TYPE.at(Origin(field="resourceType"), type=call.type))
    elif call.id and isinstance(document, dict) and document.get("id") != call.id:
        found.append(OTHER_ID.at(Origin(field=f"{call.type}.id")))
    return found


def _deletion(call: Call, conn: Connection) -> list[Issue]:
    """Nothing, when the caller may delete what is there; rights as for the delete itself."""
    if not call.id:
        raise Refused(rules.MISSING.at(Origin(field="id"), name="id"), status=400)
    try:
        require(call.who, Interaction.DELETE, call.type)
    except Refused as refused:
        return list(refused.issues)
    _stored(call, conn)
    return []


VALIDATE = Operation(
    Interaction.VALIDATE,
    validate,
    levels("system type instance"),
    "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    "What is wrong with a resource, without writing it.",
    parameters=(
        Parameter("resource", "Resource"),
        Parameter("mode", "code"),
        Parameter("profile", "canonical", repeats=True),
    ),
    unreadable=unreadable,
    out=returned("OperationOutcome"),
)
