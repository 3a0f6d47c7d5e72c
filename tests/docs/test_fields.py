"""Every field that docs/reference/security.md gives a right of its own has a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| .+ \| `((?:api|store)[a-z_/]*(?:\.py)?)` \| `([\w/.]+)::(\w+)` \|$", re.M)


def test_every_rule_of_a_field_is_proved():
    text = (ROOT / "docs" / "reference" / "security.md").read_text(encoding="utf-8")
    part = text.partition("## Fields with rights of their own")[2].partition("\n## ")[0]
    rows = ROW.findall(part)
    assert len(rows) == part.count("\n| ") - 2, "each row names its place and its proof"
    for place, path, test in rows:
        assert (ROOT / "src" / "yteso" / place).exists(), place
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.M), test
