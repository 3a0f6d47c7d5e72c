"""Operations -> routes: `$name` on system, type and resource, by POST, and by GET where nothing changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from yteso.api.operations.arguments import NO_ARGUMENTS, read_arguments
from yteso.api.operations.operation import Operation
from yteso.api.route import Route, split

if TYPE_CHECKING:
    from yteso.api.call import Call
    from yteso.base.http import Response

PATTERNS = {"system": "", "type": "{type}/", "instance": "{type}/{id}/"}


def operation_routes(operations: Iterable[Operation]) -> Iterator[Route]:
    """Every address of every operation."""
    for operation in operations:
        answer = partial(_answer, operation)
        for level, pattern in PATTERNS.items():
            if level in operation.levels:
                for method in ("POST",) if operation.changes else ("GET", "POST"):
                    segments = split(f"{pattern}${operation.name}")
                    yield Route(method, segments, operation.interaction, answer, operation)


def _answer(operation: Operation, call: Call) -> Response:
    return operation.handler(call, NO_ARGUMENTS if operation.streams else read_arguments(call, operation))
