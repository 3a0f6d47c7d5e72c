"""The validator of the command line: VN Core without loading it, and the profiles of a package at hand."""

import json

import pytest

from yteso.base.errors import Refused
from yteso.ops.judging import judge_of

VN = "http://fhir.hl7.org.vn/core/StructureDefinition/"
PATIENT = {"resourceType": "Patient", "name": [{"family": "Thử"}]}


def codes(issues):
    return [issue.code for issue in issues]


def test_vn_core_is_known_without_a_record():
    assert codes(judge_of([], [VN + "vn-core-patient"])(PATIENT)) == ["FHIR-2401"]
    assert codes(judge_of([], [])(PATIENT)) == []


def test_profiles_of_a_package_are_judged_by(tmp_path):
    url = "http://example.org/p"
    profile = {
        "resourceType": "StructureDefinition", "id": "p", "url": url, "name": "P", "type": "Patient",
        "baseDefinition": VN + "vn-core-patient", "derivation": "constraint",
        "differential": {"element": [{"path": "Patient.birthDate", "min": 1}]},
    }  # fmt: skip
    (tmp_path / "package.json").write_text(json.dumps({"name": "mau.thu", "version": "1.0.0"}))
    (tmp_path / "p.json").write_text(json.dumps(profile))
    assert codes(judge_of([tmp_path], [url])(PATIENT)) == ["FHIR-2401", "FHIR-2401"]
    assert codes(judge_of([], [url])(PATIENT)) == ["FHIR-2427"]


def test_a_package_that_cannot_be_read_is_refused_with_its_number(tmp_path):
    (tmp_path / "x.tgz").write_bytes(b"no package")
    with pytest.raises(Refused) as refused:
        judge_of([tmp_path / "x.tgz"], [])
    assert codes(refused.value.issues) == ["PKG-0001"]
