"""The results of an official suite, case by case: JSON lines under `build/conformance`, and their part of the page.

A test module that runs a suite has a module-level `SUITE = Suite(...)`. With `by_case` every parametrised test is one
case, recorded by `conftest.py`; a test that looks at many cases in one go records them by `suite.record`. The page
`docs/reference/conformance.md` is made from the lines by `scripts/generate/conformance.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "conformance"
OUTCOMES = ("passed", "excluded", "failed")


@dataclass(frozen=True)
class Line:
    """One case under one check. `kind` and `reason` say why a case is excluded."""

    check: str
    case: str
    outcome: str
    kind: str = ""
    reason: str = ""


@dataclass
class Suite:
    """An official suite: a short name, a title, where its cases come from, and what was found."""

    name: str
    title: str
    source: str
    by_case: str = ""
    note: str = ""
    lines: list[Line] = field(default_factory=list)

    def record(self, check: str, case: str, outcome: str, kind: str = "", reason: str = "") -> None:
        """One case; a later word about the same case and check counts beside, not instead of, the first."""
        assert outcome in OUTCOMES
        self.lines.append(Line(check, case, outcome, kind, reason))

    def save(self) -> None:
        """Write the lines down, the suite itself first. Checks that were not run keep what they had."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self.name}.jsonl"
        run = {line.check for line in self.lines}
        before = [line for line in load(path).lines if line.check not in run] if path.exists() else []
        head = {"name": self.name, "title": self.title, "source": self.source, "note": self.note}
        rows = [head, *(asdict(line) for line in [*before, *self.lines])]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text(text, encoding="utf-8")


def load(path: Path) -> Suite:
    """A suite as it was saved."""
    head, *rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return Suite(**head, lines=[Line(**row) for row in rows])


def section(suite: Suite) -> str:
    """The suite's part of the page: counts of each check, then every case that is not passed, with its reason."""
    told = [
        f"## {suite.title}",
        "",
        suite.source,
        "",
        "| check | passed | excluded | failed |",
        "| --- | ---: | ---: | ---: |",
        *checks(suite),
    ]
    if suite.note:
        told += ["", suite.note]
    if left := gaps(suite):
        told += ["", "| not passed | type | reason |", "| --- | --- | --- |", *left]
    return "\n".join(told) + "\n"


def checks(suite: Suite) -> list[str]:
    """A row of the page for each check."""
    counts = Counter((line.check, line.outcome) for line in suite.lines)
    names = dict.fromkeys(line.check for line in suite.lines)
    cells = [[name, *(str(counts[name, outcome]) for outcome in OUTCOMES)] for name in names]
    return [f"| {' | '.join(row)} |" for row in cells]


def gaps(suite: Suite) -> list[str]:
    """A row of the page for each case that is not passed."""
    left = {(line.case, line.kind or line.outcome, line.reason) for line in suite.lines if line.outcome != "passed"}
    return [f"| {_cell(case)} | {kind} | {_cell(reason)} |" for case, kind, reason in sorted(left)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
