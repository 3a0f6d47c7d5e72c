"""The limits in docs/reference/security.md are those of the code."""

import importlib
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "security.md"
ROW = re.compile(r"^\| [^|]+ \| (\d+) \| `([a-z0-9_/]+)\.py ([A-Z_]+)` \|$", re.M)


def test_every_limit_that_is_told_is_the_one_that_holds():
    told = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(told) > 15
    for value, place, name in told:
        module = importlib.import_module(f"yteso.{place.replace('/', '.')}")
        assert getattr(module, name) == int(value), (place, name)
