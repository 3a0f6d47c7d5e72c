"""Operations -> routes: `$name` on system, type and resource, by POST, and by GET where nothing changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from yteso.api import rules
from yteso.api.call import Call, Handler
from yteso.api.operation import Operation
from yteso.api.operations.arguments import NO_ARGUMENTS, Answering, read_arguments
from yteso.api.route import Route, split
from yteso.base.errors import Refused
from yteso.base.http import Response

PATTERNS = {"system": "", "type": "{type}/", "instance": "{type}/{id}/"}


def operation_routes(operations: Iterable[Operation[Answering]]) -> Iterator[Route[Handler]]:
    """Every address of every operation."""
    for operation in operations:
        answer = partial(_answer, operation)
        for level, pattern in PATTERNS.items():
            if level in operation.levels:
                for method in ("POST",) if operation.changes else ("GET", "POST"):
                    segments = split(f"{pattern}${operation.name}")
                    yield Route(method, segments, operation.interaction, answer, operation)


def _answer(operation: Operation[Answering], call: Call) -> Response:
    if operation.streams:
        return operation.handler(call, NO_ARGUMENTS)
    try:
        given = read_arguments(call, operation)
    except Refused as refused:
        if operation.unreadable is None or not _is_of_the_body(refused):
            raise
        return operation.unreadable(refused)
    return operation.handler(call, given)


def _is_of_the_body(refused: Refused) -> bool:
    """True when what was sent is no resource; not when it is too large, of another format or a wrong parameter."""
    codes = (issue.code for issue in refused.issues)
    return refused.status == 400 and all(code.startswith("FHIR-") or code in _NO_RESOURCE for code in codes)


_NO_RESOURCE = frozenset([rules.NOT_A_RESOURCE.code, rules.UNKNOWN_TYPE.code])
