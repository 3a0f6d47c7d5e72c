"""Keeps the results of the official suites: see `results.py`."""

from __future__ import annotations

import pytest
from results import ROOT, Suite, checks, gaps

PAGE = ROOT / "docs" / "reference" / "conformance.md"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """One case for each parametrised test of a suite that counts so; `record_property("excluded", …)` marks gaps."""
    done = yield
    report = done.get_result()
    suite = getattr(item.module, "SUITE", None) if isinstance(item, pytest.Function) else None
    if suite is None or not suite.by_case or report.when != "call" or not hasattr(item, "callspec"):
        return
    properties = dict(item.user_properties)
    excluded = report.outcome == "passed" and "excluded" in properties
    outcome = "excluded" if excluded else report.outcome
    if outcome != "skipped":
        case = str(properties.get("case", item.callspec.id))
        suite.record(suite.by_case, case, outcome, properties.get("kind", ""), properties.get("excluded", ""))


@pytest.fixture(scope="module", autouse=True)
def kept(request):
    """Saves what the module's suite found."""
    yield
    suite = getattr(request.module, "SUITE", None)
    if isinstance(suite, Suite) and suite.lines:
        suite.save()


@pytest.fixture
def published(request):
    """Says whether the page tells what this run found; skips, visibly, after a part of the suite."""

    def check():
        suite = request.module.SUITE
        if not suite.lines or request.config.getoption("keyword") or any("::" in each for each in request.config.args):
            pytest.skip("only a part of the suite was run")
        page = PAGE.read_text(encoding="utf-8").splitlines()
        told = page[page.index(f"## {suite.title}") :]
        missing = [row for row in (*checks(suite), *gaps(suite)) if row not in told]
        assert not missing, "run python scripts/generate/conformance.py"

    return check
