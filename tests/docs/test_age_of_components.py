"""Locked components that were not brought up to date for a quarter are told by `make check`."""

import importlib.util
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def check_age():
    spec = importlib.util.spec_from_file_location("check_age", ROOT / "scripts" / "check_age.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path):
    for name in ("requirements/base.txt", "requirements/dev.txt", "frontend/package-lock.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "requirements/base.txt", "frontend/package-lock.json")
    git(tmp_path, "commit", "--quiet", "-m", "lock")
    return tmp_path


def git(folder, *words):
    who = {f"GIT_{one}_{what}": "x@example.vn" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{one}_DATE": MADE.isoformat() for one in ("AUTHOR", "COMMITTER")}
    subprocess.run(["git", "-C", str(folder), *words], check=True, env={**os.environ, **who, **when})


def test_a_file_that_was_not_changed_for_a_quarter_is_late_with_its_days(check_age, checkout):
    names = ["frontend/package-lock.json", "requirements/base.txt"]
    found = check_age.late(checkout, MADE + timedelta(days=100))
    assert sorted((str(path.relative_to(checkout)), days) for path, days in found) == [(name, 100) for name in names]
    assert check_age.late(checkout, MADE + timedelta(days=90)) == []


def test_where_git_knows_nothing_nothing_is_told(check_age, tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("x")
    assert check_age.late(tmp_path, MADE + timedelta(days=1000)) == []


def test_every_locked_file_of_this_checkout_is_watched(check_age):
    watched = {path.name for path in check_age.locked(ROOT)}
    assert {"base.txt", "dev.txt", "package-lock.json"} <= watched
