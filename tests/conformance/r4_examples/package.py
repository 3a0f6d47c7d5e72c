"""The official examples of FHIR R4: the npm package named in `package.json`, installed once into the user's cache."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FILES = ("package.json", "package-lock.json")
NAME = "hl7.fhir.r4.examples"
NO_RESOURCES = ("package.json", ".index.json")


def folder() -> Path:
    """Where the package's files are. OSError or CalledProcessError when it cannot be had."""
    lock = (HERE / FILES[1]).read_bytes()
    place = cache() / f"{NAME}-{sha256(lock).hexdigest()[:16]}"
    if not place.is_dir():
        _install(place)
    return place / "node_modules" / NAME


def cache() -> Path:
    """Where tests of this user keep what they fetched."""
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yteso-tests"
    place.mkdir(parents=True, exist_ok=True)
    return place


def paths() -> list[Path]:
    """The file of every example."""
    return sorted(path for path in folder().glob("*.json") if path.name not in NO_RESOURCES)


def _install(place: Path) -> None:
    """Into a folder beside, then renamed: a run that is broken off leaves nothing half-done."""
    build = runpy.run_path(str(ROOT / "scripts" / "build_frontend.py"), run_name="imported")
    node, npm = build["system_node"]() or build["packaged_node"]()
    environment = {**os.environ, "PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    with tempfile.TemporaryDirectory(dir=cache()) as made:
        fresh = Path(made) / "package"
        fresh.mkdir()
        for name in FILES:
            shutil.copy(HERE / name, fresh)
        quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        command = [*npm, "ci", "--ignore-scripts", *quiet]
        subprocess.run(command, cwd=fresh, env=environment, check=True, timeout=240)
        try:
            fresh.rename(place)
        except OSError:
            if not place.is_dir():
                raise
