"""docs/reference/issue-codes.md from every declared rule. Run: python scripts/generate/issue_codes.py"""

from __future__ import annotations

import importlib
import pkgutil
from itertools import groupby
from pathlib import Path

import yteso
from yteso.base.issue import Rule

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "issue-codes.md"
_HEAD = """<!-- made by scripts/generate/issue_codes.py; do not edit -->
# Issue codes / Mã lỗi

A code is given once and never used for anything else. *error* and *fatal* stop what they are about (a visit is
quarantined, a request refused); *warning* and *information* are kept beside the result. Words in `{}` are names and
numbers of the rule, never a person's data.
"""
_FAMILIES = {
    "API": "FHIR REST",
    "AUTH": "accounts, tokens",
    "BHYT-0": "BHYT: reading a file",
    "BHYT-1": "BHYT: form of fields",
    "BHYT-2": "BHYT: fields against each other",
    "BHYT-3": "BHYT: money",
    "BULK": "bulk export and import",
    "EXC": "doors and the walk of a file",
    "FHIR-0": "JSON",
    "FHIR-1": "FHIR documents",
    "FHIR-2": "structure of resources",
    "KEY": "keys that a vault gives",
    "OAUTH": "apps and machines",
    "SCAN": "files inside resources",
    "SRCH": "search",
    "SUB": "subscriptions",
    "TERM": "codes, value sets and maps",
    "WEB": "pages",
    "WH": "warehouse",
}
# Rooms whose import needs a configured web framework declare their rules in plain modules named so.
_SKIPPED = ("yteso.web", "yteso.apps", "yteso.ops")


def rules() -> list[Rule]:
    """Every rule of the product, by code."""
    for module in pkgutil.walk_packages(yteso.__path__, "yteso."):
        if not module.name.startswith(_SKIPPED) or module.name.endswith("rules"):
            importlib.import_module(module.name)
    return [Rule.registry[code] for code in sorted(Rule.registry)]


def family(rule: Rule) -> str:
    """The heading a rule stands under."""
    return next((name for start, name in _FAMILIES.items() if rule.code.startswith(start)), rule.code.split("-")[0])


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for heading, found in groupby(rules(), family):
        parts.append(
            f"\n## {heading}\n\n| code | severity | text | what to do | basis |\n| --- | --- | --- | --- | --- |\n"
        )
        parts.extend(_row(rule) for rule in found)
    return "".join(parts)


def _row(rule: Rule) -> str:
    both = (f"{rule.text}<br>*{rule.text_en}*", f"{rule.fix}<br>*{rule.fix_en}*" if rule.fix else "")
    text, fix = (part.replace("|", "\\|") for part in both)
    return f"| {rule.code} | {rule.severity.value} | {text} | {fix} | {rule.basis.replace('|', '')} |\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")
