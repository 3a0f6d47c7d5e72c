"""FHIR packages: what is read of them, and what is refused before anybody looks inside."""

import gzip
import io
import json
import tarfile

import pytest

from yteso.base.errors import Refused
from yteso.fhir import package
from yteso.fhir.package import package_of, read_archive

MANIFEST = {"name": "mau.thu", "version": "1.0.0", "fhirVersions": ["4.0.1"]}
VALUE_SET = {"resourceType": "ValueSet", "id": "a", "status": "draft"}


def tgz(files, kind=tarfile.REGTYPE, link=""):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            raw = data if isinstance(data, bytes) else json.dumps(data).encode()
            info.size = len(raw) if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(raw))
    return io.BytesIO(out.getvalue())


def refusal(stream):
    with pytest.raises(Refused) as refused:
        package_of(read_archive(stream))
    return [issue.code for issue in refused.value.issues]


def test_conformance_resources_of_the_package_folder_are_read_and_examples_stay_out():
    files = {
        "package/package.json": MANIFEST,
        "package/ValueSet-a.json": VALUE_SET,
        "package/.index.json": {"files": []},
        "package/Patient-x.json": {"resourceType": "Patient"},
        "package/example/ValueSet-b.json": VALUE_SET,
        "package/other/readme.md": b"#",
    }
    found = package_of(read_archive(tgz(files)))
    assert (found.name, found.version, [one["id"] for one in found.resources]) == ("mau.thu", "1.0.0", ["a"])
    assert found.issues == ()


def test_a_file_that_is_no_json_is_told_and_left_out():
    found = package_of(read_archive(tgz({"package/package.json": MANIFEST, "package/x.json": b"{"})))
    assert [(issue.code, issue.origin.file) for issue in found.issues] == [("PKG-0007", "x.json")]


@pytest.mark.parametrize(
    "name", ["../package.json", "/package/package.json", "package/../../x.json", "package\\x.json", "package//x.json"]
)
def test_paths_that_lead_elsewhere_are_refused(name):
    assert refusal(tgz({name: MANIFEST})) == ["PKG-0002"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(kind):
    assert refusal(tgz({"package/package.json": MANIFEST}, kind, "/etc/passwd")) == ["PKG-0003"]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"{}", gzip.compress(b"not a tar"), gzip.compress(b"\0" * 100)[:15], b"\x1f\x8b\x08"],
    ids=["nothing", "a zip", "JSON", "no tar inside", "cut short", "its first bytes"],
)
def test_what_is_no_gzipped_tar_is_refused(data):
    assert refusal(io.BytesIO(data)) in (["PKG-0001"], ["PKG-0005"])


def test_a_cut_off_archive_is_refused():
    whole = tgz({"package/package.json": MANIFEST, "package/a.json": {"x": [*range(5000)]}}).getvalue()
    assert refusal(io.BytesIO(whole[: len(whole) // 2])) == ["PKG-0001"]


def test_a_file_beyond_the_bound_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(package, "LARGEST", 100)
    assert refusal(tgz({"package/a.json": b" " * 101})) == ["PKG-0004"]


def test_an_archive_beyond_the_bound_is_refused(monkeypatch):
    monkeypatch.setattr(package, "MOST_BYTES", 1000)
    assert refusal(tgz({f"package/{n}.json": b" " * 300 for n in range(5)})) == ["PKG-0004"]


def test_a_header_that_unpacks_to_more_than_the_bound_is_refused(monkeypatch):
    monkeypatch.setattr(package, "MOST_BYTES", 100_000)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("package/" + "x" * 1_000_000))
    assert refusal(io.BytesIO(out.getvalue())) == ["PKG-0004"]


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(package, "MOST_FILES", 3)
    assert refusal(tgz({f"package/{n}.json": b"{}" for n in range(5)})) == ["PKG-0004"]


@pytest.mark.parametrize(
    "manifest",
    [None, [], {}, {"name": "X Y", "version": "1"}, {"name": "../x", "version": "1"}, {"name": "x", "version": 1}],
)
def test_a_package_without_a_usable_manifest_is_refused(manifest):
    files = {} if manifest is None else {"package/package.json": manifest}
    assert refusal(tgz({**files, "package/a.json": VALUE_SET})) == ["PKG-0005"]


def test_a_package_for_another_version_of_fhir_is_refused():
    assert refusal(tgz({"package/package.json": {**MANIFEST, "fhirVersions": ["5.0.0"]}})) == ["PKG-0006"]
