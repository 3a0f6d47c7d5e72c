"""The secret that signs sessions and forms: made at first start, kept under `home/keys`, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def load_or_create_secret(home: Path) -> str:
    """The installation's secret (64 characters). Two processes starting together end with the same one."""
    path = home / "keys" / "web.secret"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return _create(path)


def _create(path: Path) -> str:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A hard link fails when the other process was first: then its secret is the one.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii")
