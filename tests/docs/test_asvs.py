"""docs/reference/asvs.csv: every claim has evidence that exists; what is missing says so."""

import csv
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATES = {"pass", "partial", "missing", "not-applicable", "deployment"}
ITEMS = {"1": 70, "2": 183}
"""How many items of level 1 and of level 2 OWASP ASVS 5.0.0 has."""


def rows():
    with (ROOT / "docs" / "reference" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def exists(evidence: str) -> bool:
    path, _, test = evidence.partition("::")
    file = ROOT / path
    return file.is_file() and (not test or bool(re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.M)))


def test_every_item_of_levels_one_and_two_is_there_once():
    assert Counter(row["level"] for row in rows()) == ITEMS
    assert len({row["id"] for row in rows()}) == sum(ITEMS.values())


def test_every_evidence_exists_and_no_claim_lacks_one():
    wrong = [row["id"] for row in rows() if row["evidence"] and not exists(row["evidence"])]
    assert wrong == []
    assert [row["id"] for row in rows() if row["status"] in ("pass", "partial") and not row["evidence"]] == []


def test_what_is_not_passed_says_why():
    assert {row["status"] for row in rows()} <= STATES
    assert [row["id"] for row in rows() if row["status"] in ("missing", "not-applicable") and not row["note"]] == []
