"""Runs every measurement of this folder, one after the other: `make bench`, `yteso bench`. Arguments go to each.

`python benchmarks/run.py [--out FOLDER]` writes the reports there too; the walk is measured after the store, alone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEASUREMENTS = (
    "validation",
    "terminology",
    "store_write",
    "search_latency",
    "walk_http",
    "http_bundles",
    "http_single",
    "http_record",
    "rights_cost",
    "rights_http",
    "second_wall",
    "bulk",
    "paper",
)


def main() -> int:
    """The exit code of the first that fails."""
    for name in MEASUREMENTS:
        print(f"== {name}", flush=True)
        code = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], cwd=ROOT, check=False
        ).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
