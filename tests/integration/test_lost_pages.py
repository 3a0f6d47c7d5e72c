"""Which tests begin anew, in two processes as `make test` has them: those whose browser lost its page, and no other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
from playwright.sync_api import Error, TimeoutError

LOST = "Page.evaluate: Execution context was destroyed, most likely because of a navigation"
ABORTED = "Page.goto: net::ERR_ABORTED at http://localhost:8000/login"
times = {}

def fails(name, error, often=9):
    times[name] = times.get(name, 0) + 1
    if times[name] <= often:
        raise error

@pytest.mark.browser
@pytest.mark.parametrize("words", [LOST, ABORTED, "Page.goto: Page crashed", "Page.fill: Target crashed"])
def test_loses_its_page_twice(words):
    fails(words, Error(words), often=2)

@pytest.mark.browser
def test_loses_its_page_always():
    fails("always", Error(LOST))

@pytest.mark.browser
def test_does_not_hold():
    try:
        raise Error(LOST)
    except Error:
        fails("assertion", AssertionError(LOST))

@pytest.mark.browser
def test_waits_in_vain():
    fails("wait", TimeoutError("Page.goto: Timeout 30000ms exceeded."))

@pytest.mark.browser
def test_lasts_too_long():
    try:
        raise Error(LOST)
    except Error:
        pytest.fail("Timeout (>300.0s) from pytest-timeout.")

@pytest.mark.browser
def test_another_fault_of_the_page():
    fails("other", Error("Page.evaluate: TypeError: x is null"))

def test_without_a_browser():
    fails("no browser", Error(LOST))
"""


def test_only_a_lost_page_lets_a_test_begin_anew(tmp_path):
    (tmp_path / "test_pages.py").write_text(TESTS, encoding="utf-8")
    settings = ["-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "-p", "tests.conftest", "-n", "2"]
    command = [sys.executable, "-m", "pytest", *settings, tmp_path]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    told = re.findall(r"^(RERUN|FAILED|ERROR) \S*::(\w+)", ran.stdout, re.MULTILINE)
    again = Counter(name for kind, name in told if kind == "RERUN")
    assert "4 passed" in ran.stdout, ran.stdout + ran.stderr
    assert again == {"test_loses_its_page_always": 2, "test_loses_its_page_twice": 8}
    assert {name for kind, name in told if kind != "RERUN"} == {
        "test_another_fault_of_the_page",
        "test_does_not_hold",
        "test_lasts_too_long",
        "test_loses_its_page_always",
        "test_waits_in_vain",
        "test_without_a_browser",
    }
