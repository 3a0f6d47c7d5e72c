"""HL7's own test cases: patches make what they shall, and what the standard's validator takes is taken here too.

What it finds wrong that is not looked for here (displays of SNOMED CT and LOINC, HTML in texts, links inside Bundles,
measures) is no part of this: a resource that is refused for nothing is the worse fault.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from fhir_cases.cases import Cases, document
from results import Suite

from yteso.api.fhirpath_patch import apply_fhirpath_patch
from yteso.api.json_patch import apply_json_patch
from yteso.base.errors import Refused
from yteso.terminology.engine import Engine
from yteso.terminology.held import Held
from yteso.validate.judge import judge
from yteso.validate.profiles import Library, Shelf

pytestmark = [pytest.mark.slow]

SUITE = Suite(
    "fhir-cases",
    "HL7's test cases",
    "The Maven package `org.hl7.fhir.testcases:fhir-test-cases` 1.7.48: patches, and the cases of R4 of the validator.",
)
PATCHED = "FHIRPath Patch makes what the case expects"
JSON_PATCHED = "JSON Patch makes what the case expects"
TAKEN = "what HL7's validator finds no error in is taken"
EXCLUSIONS = {
    row["case"]: row
    for row in yaml.safe_load((Path(__file__).parent / "fhir_cases/exclusions.yaml").read_text(encoding="utf-8"))
}


@pytest.fixture(scope="module")
def cases():
    try:
        return Cases()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        pytest.skip(f"the package of the cases cannot be had: {type(error).__name__}")


def test_patches(cases):
    failed = []
    for name, resource, patch, expected in cases.patches():
        try:
            found = apply_fhirpath_patch(resource, patch)
        except Refused:
            found = None
        SUITE.record(PATCHED, name, "passed" if found == expected else "failed")
        failed += [] if found == expected else [(name, found)]
    assert failed == []


def test_json_patches(cases):
    failed = []
    for case in cases.json_patches():
        try:
            good = apply_json_patch(case["doc"], case["patch"]) == case.get("expected")
        except Refused:
            good = "error" in case
        SUITE.record(JSON_PATCHED, case["comment"], "passed" if good else "failed")
        failed += [] if good else [case["comment"]]
    assert failed == []


def test_what_the_validator_of_the_standard_takes_is_taken(cases):
    failed = {}
    for case in cases.judged():
        if case.errors:
            continue
        wrong = errors_of(case)
        row = EXCLUSIONS.get(case.name)
        assert not (row and not wrong), f"{case.name} passes now: take it out of exclusions.yaml"
        if wrong and row:
            SUITE.record(TAKEN, case.name, "excluded", row["type"], row["reason"])
        else:
            SUITE.record(TAKEN, case.name, "failed" if wrong else "passed")
            failed |= {case.name: wrong} if wrong else {}
    assert failed == {}


def errors_of(case):
    library, codes = Library(Shelf(case.definitions)), Engine(Held(case.definitions))
    try:
        issues = judge(document(case.document), library, codes, profiles=case.profiles)
    except Refused as refused:
        issues = refused.issues
    return [(issue.code, issue.origin.field) for issue in issues if issue.blocks]


def test_the_page_tells_it(published):
    published()
