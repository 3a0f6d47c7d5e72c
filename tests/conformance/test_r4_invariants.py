"""The official examples against the invariants of R4's base definitions. Errors only: recommendations are no faults."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from r4_examples.package import paths
from results import Suite

from yteso.base.errors import Refused
from yteso.fhir import json
from yteso.validate.invariants import check_invariants
from yteso.validate.structure import check_resource

pytestmark = [pytest.mark.slow]

SUITE = Suite(
    "r4-invariants",
    "Invariants of FHIR R4",
    "Every resource of the npm package `hl7.fhir.r4.examples` 4.0.1 of sound structure.",
)
HOLDS = "meets every invariant of its type and datatypes"
ROWS = yaml.safe_load((Path(__file__).parent / "r4_examples/invariants.yaml").read_text(encoding="utf-8"))
EXCLUDED = {(case, row["key"]): row for row in ROWS for case in row["cases"]}


def test_the_examples_meet_the_invariants_of_the_standard():
    try:
        files = paths()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"the package of the examples cannot be had: {type(error).__name__}")
    failed, met = {}, set()
    for path in files:
        document = read(path)
        if document is None or check_resource(document):
            continue
        issues = check_invariants(document, advice=False)
        reasons = [next((row for key, row in EXCLUDED.items() if is_about(key, path, issue)), None) for issue in issues]
        if not issues:
            SUITE.record(HOLDS, path.name, "passed")
        elif all(reasons):
            met |= {(path.name, row["key"]) for row in reasons}
            SUITE.record(HOLDS, path.name, "excluded", reasons[0]["type"], reasons[0]["reason"])
        else:
            SUITE.record(HOLDS, path.name, "failed")
            failed[path.name] = [(issue.text_en, issue.origin.field) for issue in issues]
    assert failed == {}
    assert met == EXCLUDED.keys()


def read(path):
    try:
        document = json.loads(path.read_bytes())
    except Refused:
        return None
    return document if isinstance(document, dict) else None


def is_about(key, path, issue):
    case, invariant = key
    return case == path.name and f" {invariant} " in issue.text_en


def test_the_page_tells_it(published):
    published()
