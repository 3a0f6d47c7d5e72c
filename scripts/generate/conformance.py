"""Results of the official suites -> docs/reference/conformance.md. Run the suites first:

    python -m pytest tests/conformance && python scripts/generate/conformance.py

Suites that were not run keep the part they have; each suite's own test says whether its part is current.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "reference" / "conformance.md"
sys.path.insert(0, str(ROOT / "tests" / "conformance"))

from results import FOLDER, load, section  # noqa: E402

HEAD = """# Conformance

Made by `scripts/generate/conformance.py` from the results of `tests/conformance`; do not edit. Official suites are run
as they come; what is excluded stands here with its reason.
"""


def page() -> str:
    """The page with the parts of all suites that have results now, and the present parts of the others."""
    parts = present()
    for path in sorted(FOLDER.glob("*.jsonl")):
        told = section(load(path))
        parts[told.splitlines()[0]] = told
    return "\n".join([HEAD, *(parts[title] for title in sorted(parts))])


def present() -> dict[str, str]:
    """Title line -> part, of the page as it is."""
    text = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    found = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: part.strip("\n") + "\n" for part in found}


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
