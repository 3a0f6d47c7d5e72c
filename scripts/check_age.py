"""Tells when a file of locked components was not brought up to date within the quarter of `docs/reference/security.md`.

Asks git when each was last changed, and nobody outside; without git there is nothing to tell.
`python scripts/check_age.py` tells and goes on, `--strict` ends with 1.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUARTER = timedelta(days=92)


def locked(root: Path) -> list[Path]:
    """Every file that names versions with their hashes."""
    return sorted([*(root / "requirements").glob("*.txt"), root / "frontend" / "package-lock.json"])


def changed(path: Path) -> datetime | None:
    """When it was last committed; None where git does not know it."""
    asked = ["git", "-C", str(path.parent), "log", "-1", "--format=%cI", "--", path.name]
    try:
        answer = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    return datetime.fromisoformat(answer) if answer else None


def late(root: Path, now: datetime) -> list[tuple[Path, int]]:
    """(file, days) of those that are older than a quarter."""
    ages = ((path, now - when) for path in locked(root) if (when := changed(path)))
    return [(path, age.days) for path, age in ages if age > QUARTER]


def main() -> int:
    """1 with `--strict` when anything is late."""
    found = late(ROOT, datetime.now(UTC))
    for path, days in found:
        print(f"late: {path.relative_to(ROOT)} is {days} days old: make lock UPGRADE=--upgrade", file=sys.stderr)
    return int(bool(found) and "--strict" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
