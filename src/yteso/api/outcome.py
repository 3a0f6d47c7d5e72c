"""Issues and exceptions -> OperationOutcome and HTTP status: the one place where the FHIR door says "no".

In: issues, or whatever was raised. Out: a document or a whole answer. An unexpected exception is logged by its class
and place only, because a driver's message may quote a patient's values.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from yteso.api import rules
from yteso.api.formats import FHIR_JSON
from yteso.api.route import MethodNotAllowed
from yteso.base.errors import Refused
from yteso.base.http import Response
from yteso.base.issue import Issue
from yteso.base.trace import where
from yteso.db import is_conflict, is_retryable
from yteso.fhir import json, outcome
from yteso.store.protocol import Gone, VersionConflict

MOST_ISSUES = 200
"""So many issues are named in one answer; a client with more has the first ones to begin with."""

_log = logging.getLogger("yteso.api")

_ISSUE_TYPE = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    500: "exception",
    503: "transient",
}
"""HTTP status -> FHIR R4 issue-type; a finding beside a good answer is "informational"."""


def operation_outcome(issues: Iterable[Issue], status: int = 400) -> dict[str, Any]:
    """The OperationOutcome of some issues; `status` chooses the issue type."""
    return outcome.operation_outcome(issues, _ISSUE_TYPE.get(status, "informational"))


def outcome_response(issues: Iterable[Issue], status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A whole answer that consists of issues."""
    shown = tuple(issues)[:MOST_ISSUES]
    body = json.dumps(operation_outcome(shown, status))
    return Response(status, body, {"Content-Type": FHIR_JSON, "Cache-Control": "no-store", **(headers or {})})


def refusal_of(error: Exception) -> Response:
    """The answer for anything raised while a request was handled."""
    if isinstance(error, Refused):
        return outcome_response(error.issues, error.status, _refusal_headers(error))
    if isinstance(error, VersionConflict):
        return outcome_response([rules.CONFLICT.at()], 412)
    if isinstance(error, Gone):
        return outcome_response([rules.GONE.at(type="")], 410)
    if is_conflict(error):
        return outcome_response([rules.BUSY.at()], 409, {"Retry-After": "1"})
    if is_retryable(error):
        _log.error("request failed: %s", where(error))
        return outcome_response([rules.UNAVAILABLE.at()], 503, {"Retry-After": "5"})
    _log.error("request failed: %s", where(error))
    return outcome_response([rules.INTERNAL.at()], 500)


def _refusal_headers(error: Refused) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"Allow": error.allowed}
    if error.retry_after:
        return {"Retry-After": str(error.retry_after)}
    return {"WWW-Authenticate": 'Bearer realm="yteso"'} if error.status == 401 else {}
