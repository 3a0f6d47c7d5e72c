"""Fails when a generated file is not what its generator would write now. Changes nothing.

Only generators that need nothing but this checkout are asked; those that read published lists say so in line 1 of what
they wrote.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "generate"
GENERATORS = ("jobs_schema", "bhyt_mapping", "issue_codes", "roles")


def main() -> int:
    """1 when any file is stale."""
    stale = [name for name in GENERATORS if (FOLDER / f"{name}.py").exists() and not is_current(name)]
    for name in stale:
        print(f"stale: run python scripts/generate/{name}.py", file=sys.stderr)
    return 1 if stale else 0


def is_current(name: str) -> bool:
    """Every generator has a `TARGET` and a `page()` that says what should stand there."""
    spec = importlib.util.spec_from_file_location(f"generate_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target: Path = module.TARGET
    return target.exists() and target.read_text(encoding="utf-8") == module.page()


if __name__ == "__main__":
    sys.exit(main())
