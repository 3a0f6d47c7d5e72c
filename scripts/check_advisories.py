"""Which locked components have a published flaw, and which of them longer than `docs/reference/security.md` allows.

In: advisories in the form of OSV (https://ossf.github.io/osv-schema/), as folders or zip archives of JSON files that
somebody carried here, say `all.zip` of PyPI and of npm from osv.dev. Asks nobody; reads `requirements/*.txt` and
`frontend/package-lock.json`. A flaw is usable from outside without a log-in when its CVSS vector says so, or says
nothing. `python scripts/check_advisories.py FILE…` tells all and ends with 1 when one is late.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE, INSIDE, OTHERWISE = timedelta(days=7), timedelta(days=30), timedelta(days=90)
"""Time until a release: usable from outside without a log-in, with one, otherwise."""
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.M)
Components = Mapping[tuple[str, str], frozenset[str]]
"""(ecosystem, name) -> versions."""


@dataclass(frozen=True, order=True)
class Flaw:
    """One advisory about one component. `due` is None while nobody published a version without it."""

    component: str
    version: str
    advisory: str
    due: datetime | None


def components(root: Path) -> Components:
    """What the lock files name."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted((root / "requirements").glob("*.txt")):
        for name, version in _LOCKED.findall(path.read_text(encoding="utf-8")):
            found.setdefault(("PyPI", canonicalize_name(name)), set()).add(version)
    packages = json.loads((root / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for place, package in packages.items():
        if place:
            found.setdefault(("npm", place.rpartition("node_modules/")[2]), set()).add(package["version"])
    return {key: frozenset(versions) for key, versions in found.items()}


def advisories(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Every advisory that was not withdrawn."""
    for path in paths:
        for text in _texts(path):
            one = json.loads(text)
            if "withdrawn" not in one:
                yield one


def flaws(there: Components, told: Iterable[dict[str, Any]]) -> list[Flaw]:
    """What is told about these components in these versions."""
    found = set()
    for one in told:
        for affected in one.get("affected", []):
            ecosystem, name = affected["package"]["ecosystem"], affected["package"]["name"]
            name = canonicalize_name(name) if ecosystem == "PyPI" else name
            for version in there.get((ecosystem, name), ()):
                if _is_affected(version, affected):
                    found.add(Flaw(name, version, one["id"], _due(one, affected)))
    return sorted(found, key=lambda flaw: (flaw.component, flaw.version, flaw.advisory))


def late(found: Iterable[Flaw], now: datetime) -> list[Flaw]:
    """Those whose time is over."""
    return [flaw for flaw in found if flaw.due and flaw.due < now]


def _texts(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        yield from (file.read_bytes() for file in sorted(path.rglob("*.json")))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist() if name.endswith(".json"))
    else:
        yield path.read_bytes()


def _is_affected(version: str, affected: dict[str, Any]) -> bool:
    """By the list of versions or a range (OSV, Evaluation); a version that cannot be compared is taken for affected."""
    ranges = [one for one in affected.get("ranges", []) if one["type"] in ("ECOSYSTEM", "SEMVER")]
    return version in affected.get("versions", []) or any(_is_within(version, one["events"]) for one in ranges)


def _is_within(version: str, events: Iterable[dict[str, str]]) -> bool:
    try:
        own, affected = Version(version), False
        told = ((Version(at), kind) for event in events for kind, at in event.items() if kind != "limit")
        for at, kind in sorted(told, key=lambda one: one[0]):
            if kind == "introduced" and own >= at:
                affected = True
            elif (kind == "fixed" and own >= at) or (kind == "last_affected" and own > at):
                affected = False
    except InvalidVersion:
        return True
    return affected


def _due(advisory: dict[str, Any], affected: dict[str, Any]) -> datetime | None:
    events = [event for one in affected.get("ranges", []) for event in one["events"]]
    if not any("fixed" in event for event in events):
        return None
    return datetime.fromisoformat(advisory["published"]).astimezone(UTC) + _time(advisory, affected)


def _time(advisory: dict[str, Any], affected: dict[str, Any]) -> timedelta:
    told = [*advisory.get("severity", []), *affected.get("severity", [])]
    vectors = [one["score"] for one in told if one["score"].startswith("CVSS:")]
    if not vectors or any("/AV:N" in one and "/PR:N" in one for one in vectors):
        return OUTSIDE
    return INSIDE if any("/AV:N" in one for one in vectors) else OTHERWISE


def main() -> int:
    """1 when one is late, 2 without advisories."""
    told = list(advisories(map(Path, sys.argv[1:])))
    if not told:
        print("no advisories: name folders or archives of OSV", file=sys.stderr)
        return 2
    found = flaws(components(ROOT), told)
    over = set(late(found, datetime.now(UTC)))
    for flaw in found:
        due = "late" if flaw in over else f"due {flaw.due:%Y-%m-%d}" if flaw.due else "no fix yet"
        print(f"{due}: {flaw.component} {flaw.version} {flaw.advisory}")
    print(f"{len(told)} advisories, {len(found)} about our components, {len(over)} late")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
