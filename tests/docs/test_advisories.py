"""Published flaws of locked components, and how long they may stay (docs/reference/security.md)."""

import importlib.util
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOLD = datetime(2026, 3, 1, tzinfo=UTC)
OUTSIDE, INSIDE, LOCAL = (f"CVSS:3.1/AV:{at}/AC:L/PR:{proof}/UI:N" for at, proof in ("NN", "NL", "LN"))


@pytest.fixture(scope="module")
def check():
    spec = importlib.util.spec_from_file_location("check_advisories", ROOT / "scripts" / "check_advisories.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def advisory(*events, name="Some_Thing", ecosystem="PyPI", vector=OUTSIDE, **more):
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    return {
        "id": "OSV-1",
        "published": "2026-03-01T00:00:00Z",
        "severity": [{"type": "CVSS_V3", "score": vector}] if vector else [],
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges}],
        **more,
    }


def found(check, *told, ecosystem="PyPI", version="1.10.0"):
    return check.flaws({(ecosystem, "some-thing"): frozenset([version])}, told)


@pytest.mark.parametrize(
    ("events", "version", "is_affected"),
    [
        ([{"introduced": "0"}, {"fixed": "1.9"}], "1.10.0", False),
        ([{"introduced": "0"}, {"fixed": "1.11"}], "1.10.0", True),
        ([{"introduced": "1.10.0"}, {"fixed": "1.10.1"}], "1.10.0", True),
        ([{"introduced": "1.10.1"}], "1.10.0", False),
        ([{"introduced": "0"}, {"last_affected": "1.10.0"}], "1.10.0", True),
        ([{"introduced": "0"}, {"last_affected": "1.9.9"}], "1.10.0", False),
        ([{"fixed": "1.2"}, {"introduced": "0"}, {"introduced": "1.5"}, {"fixed": "1.6"}], "1.3", False),
        ([{"introduced": "0"}, {"fixed": "2.0.0"}], "1.0.0-beta.1", True),
        ([{"introduced": "0"}, {"fixed": "not a version"}], "1.10.0", True),
    ],
)
def test_ranges_are_read_as_osv_says(check, events, version, is_affected):
    assert bool(found(check, advisory(*events), version=version)) == is_affected


@pytest.mark.parametrize(("vector", "days"), [(OUTSIDE, 7), (INSIDE, 30), (LOCAL, 90), ("", 7)])
def test_a_flaw_may_stay_as_long_as_who_can_use_it_says(check, vector, days):
    flaws = found(check, advisory({"introduced": "0"}, {"fixed": "2"}, vector=vector))
    assert check.late(flaws, TOLD + timedelta(days=days)) == []
    assert check.late(flaws, TOLD + timedelta(days=days, seconds=1)) == flaws


def test_without_a_fix_it_is_told_and_not_late(check):
    flaws = found(check, advisory({"introduced": "0"}))
    assert len(flaws) == 1
    assert check.late(flaws, TOLD + timedelta(days=1000)) == []


def test_other_components_and_ecosystems_are_left_alone(check):
    event = {"introduced": "0"}
    assert found(check, advisory(event, name="other"), advisory(event, ecosystem="npm")) == []


def test_folders_and_archives_are_read_and_withdrawn_ones_left_out(check, tmp_path):
    whole, gone = advisory({"introduced": "0"}), advisory({"introduced": "0"}, withdrawn="2026-03-02T00:00:00Z")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.json").write_text(json.dumps(whole))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("b.json", json.dumps(whole))
        archive.writestr("c.json", json.dumps(gone))
    assert list(check.advisories([tmp_path / "folder", tmp_path / "all.zip"])) == [whole, whole]


def test_every_locked_component_of_this_checkout_is_asked_for(check):
    there = check.components(ROOT)
    assert ("PyPI", "django") in there
    assert ("npm", "htmx.org") in there
    assert ("npm", "@fontsource/be-vietnam-pro") in there
