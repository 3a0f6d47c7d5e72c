"""Issues -> an OperationOutcome (FHIR R4 §2.33), number and place of each issue in it. Pure; chooses no status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yteso.base.issue import Issue, Severity

ISSUE_SYSTEM = "urn:yteso:issue"
"""The system of our issue numbers in `OperationOutcome.issue.details.coding`."""


def operation_outcome(issues: Iterable[Issue], kind: str) -> dict[str, Any]:
    """The OperationOutcome of some issues; `kind` is a FHIR R4 issue-type."""
    return {"resourceType": "OperationOutcome", "issue": [outcome_issue(issue, kind) for issue in issues]}


def outcome_issue(issue: Issue, kind: str) -> dict[str, Any]:
    """`details.text` is Vietnamese with the fix; `diagnostics` says the same in English."""
    told: dict[str, Any] = {
        "severity": issue.severity.value,
        "code": "informational" if issue.severity is Severity.INFORMATION else issue.kind or kind,
        "details": {
            "coding": [{"system": ISSUE_SYSTEM, "code": issue.code, "display": issue.text_en}],
            "text": _with_fix(issue.text, issue.fix),
        },
        "diagnostics": _with_fix(issue.text_en, issue.fix_en),
    }
    if issue.origin.field:
        told["expression"] = [issue.origin.field]
    return told


def _with_fix(text: str, fix: str) -> str:
    return f"{text} → {fix}" if fix else text
