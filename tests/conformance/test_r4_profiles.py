"""The official examples against the profiles they claim and the standard's own extensions; the profiles themselves.

Errors only: a value set without content and a profile of somebody else are told by the validator as such.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from r4_examples.package import paths
from results import Suite

from yteso.base.errors import Refused
from yteso.fhir import json
from yteso.standards.fhir_r4 import STRUCTURES, is_type
from yteso.terminology.builtin import TERMINOLOGY
from yteso.validate.profiles import Library, Shelf, check_profiles, makes_claims
from yteso.validate.profiles.model import Profile

pytestmark = [pytest.mark.slow]

SUITE = Suite(
    "r4-profiles",
    "Profiles and extensions of FHIR R4",
    "Every resource of the npm package `hl7.fhir.r4.examples` 4.0.1 that claims a profile or holds an extension, and "
    "every profile and extension that R4 defines.",
)
MEETS = "meets the profiles it claims and the definitions of its extensions"
COMPILES = "gets its snapshot and is compiled"
EXCLUSIONS = yaml.safe_load((Path(__file__).parent / "r4_examples/profiles.yaml").read_text(encoding="utf-8"))


def test_the_examples_meet_the_profiles_they_claim():
    try:
        files = paths()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"the package of the examples cannot be had: {type(error).__name__}")
    library = Library(Shelf())
    failed = {}
    for path in files:
        raw = path.read_bytes()
        document = read(raw)
        if not isinstance(document, dict) or not (makes_claims(document) or b'xtension"' in raw):
            continue
        wrong = [issue for issue in check_profiles(document, library, TERMINOLOGY) if issue.blocks]
        reasons = [excluded(issue) for issue in wrong]
        if not wrong:
            SUITE.record(MEETS, path.name, "passed")
        elif all(reasons):
            SUITE.record(MEETS, reasons[0]["definition"], "excluded", reasons[0]["type"], reasons[0]["reason"])
        else:
            SUITE.record(MEETS, path.name, "failed")
            failed[path.name] = [(issue.code, issue.origin.field) for issue in wrong if not excluded(issue)]
    assert failed == {}


def read(raw):
    try:
        return json.loads(raw)
    except Refused:
        return None


def excluded(issue):
    """The row that says why, when the issue is about that definition."""
    rows = (row for row in EXCLUSIONS if row["code"] == issue.code and f" {row['definition']} " in issue.text_en)
    return next(rows, None)


def test_every_profile_and_extension_of_the_standard_compiles():
    library = Library(Shelf())
    failed = []
    for name, definition in STRUCTURES.items():
        if not is_type(name):
            good = isinstance(library.profile(definition["url"]), Profile)
            SUITE.record(COMPILES, name, "passed" if good else "failed")
            failed += [] if good else [name]
    assert failed == []


def test_the_page_tells_it(published):
    published()
