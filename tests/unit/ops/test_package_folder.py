"""An unpacked package in a folder."""

import json

import pytest

from yteso.base.errors import Refused
from yteso.fhir.package import package_of
from yteso.ops import package_folder
from yteso.ops.package_folder import read_folder

MANIFEST = json.dumps({"name": "mau.thu", "version": "1.0.0"})


def codes(folder):
    with pytest.raises(Refused) as refused:
        package_of(read_folder(folder))
    return [issue.code for issue in refused.value.issues]


@pytest.mark.parametrize("inside", ["", "package"])
def test_a_folder_is_read_with_or_without_its_inner_folder(tmp_path, inside):
    place = tmp_path / inside
    place.mkdir(exist_ok=True)
    (place / "package.json").write_text(MANIFEST)
    (place / "a.json").write_text('{"resourceType": "ValueSet", "id": "a"}')
    (place / "note.txt").write_text("x")
    assert [one["id"] for one in package_of(read_folder(tmp_path)).resources] == ["a"]


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    assert codes(tmp_path) == ["PKG-0011"]


def test_a_link_in_the_folder_is_refused(tmp_path):
    (tmp_path / "package.json").write_text(MANIFEST)
    (tmp_path / "a.json").symlink_to("/etc/passwd")
    assert codes(tmp_path) == ["PKG-0003"]


def test_a_file_beyond_the_bound_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(package_folder, "LARGEST", 10)
    (tmp_path / "package.json").write_text(MANIFEST)
    assert codes(tmp_path) == ["PKG-0004"]
