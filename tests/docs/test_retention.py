"""How long docs/reference/security.md says that something stays is how long the code keeps it."""

import ast
import re
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yteso"
PAGE = ROOT / "docs" / "reference" / "security.md"
ROW = re.compile(r"^\| [^|]+ \| (\d+) (seconds|hours|days) \| `([a-z_/]+)\.py ([A-Z_]+)` \|$", re.M)


def test_every_time_that_is_told_is_the_one_that_holds():
    told = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(told) == 7
    for number, unit, place, name in told:
        held = value_of(SOURCE / f"{place}.py", name)
        wanted = timedelta(**{unit: int(number)})
        assert held == (wanted if isinstance(held, timedelta) else wanted.total_seconds()), (place, name)


def value_of(path: Path, name: str):
    """What a module says, without loading it: some need a web framework."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return eval(compile(ast.Expression(node.value), str(path), "eval"), {"timedelta": timedelta})
    raise AssertionError(name)
