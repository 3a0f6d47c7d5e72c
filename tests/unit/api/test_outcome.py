"""Issues and exceptions as OperationOutcome: one place, numbers in it, and nothing of the patient."""

from __future__ import annotations

import json
import logging

import pytest

from yteso.api import rules
from yteso.api.outcome import MOST_ISSUES, operation_outcome, outcome_response, refusal_of
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.store.protocol import Gone, VersionConflict


def test_an_issue_becomes_number_text_and_place_in_both_languages():
    outcome = operation_outcome([rules.OTHER_ID.at(Origin(field="Patient.id"))], 400)
    assert outcome == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "invalid",
                "details": {
                    "coding": [{"system": "urn:yteso:issue", "code": "API-0016", "display": rules.OTHER_ID.text_en}],
                    "text": f"{rules.OTHER_ID.text} → {rules.OTHER_ID.fix}",
                },
                "diagnostics": f"{rules.OTHER_ID.text_en} → {rules.OTHER_ID.fix_en}",
                "expression": ["Patient.id"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (VersionConflict(), 412, "API-0006"),
        (Gone(), 410, "API-0005"),
        (Refused(rules.EMPTY.at(), status=400), 400, "API-0013"),
        (RuntimeError("Nguyễn Thử 079099000001"), 500, "API-0009"),
    ],
)
def test_an_exception_becomes_its_status(error, status, code):
    response = refusal_of(error)
    told = json.loads(response.body)
    assert (response.status, told["issue"][0]["details"]["coding"][0]["code"]) == (status, code)


def test_an_unexpected_error_is_logged_by_class_and_place_and_says_nothing_of_its_message(caplog):
    try:
        raise RuntimeError("Nguyễn Thử 079099000001")
    except RuntimeError as error:
        with caplog.at_level(logging.ERROR):
            response = refusal_of(error)
    assert "RuntimeError at test_outcome.py" in caplog.text
    assert "Thử" not in caplog.text + response.body.decode()


def test_who_is_not_logged_in_is_told_how():
    assert refusal_of(Refused(rules.EMPTY.at(), status=401)).headers["WWW-Authenticate"].startswith("Bearer")


def test_a_thousand_issues_are_told_by_their_first():
    response = outcome_response([rules.EMPTY.at()] * 1000, 400)
    assert len(json.loads(response.body)["issue"]) == MOST_ISSUES
