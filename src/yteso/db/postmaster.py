"""What `postmaster.pid` says, whether that process really is this folder's server, and what a killed one left."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_LINES = 8
_LEFTOVER_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running (or once running) server: `ready` is False while it recovers from a crash or shuts down."""

    pid: int
    socket: Path
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """The server named in the data folder, alive or not; None without a (complete) pid file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    lines += [""] * (_LINES - len(lines))
    return Postmaster(int(lines[0]), Path(lines[4].strip()), lines[7].strip() == "ready")


def is_alive(postmaster: Postmaster, data: Path) -> bool:
    """True when that pid is a PostgreSQL server of this folder, not another process that got the same number.

    A container that restarts gives out the same small numbers again, so the number alone proves nothing. The server's
    working directory is its data folder; where /proc is missing, the number has to do.
    """
    try:
        os.kill(postmaster.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if not Path("/proc/self").exists():
        return True
    try:
        return os.path.samefile(f"/proc/{postmaster.pid}/cwd", data)
    except OSError:
        return False


def is_gone(pid: int) -> bool:
    """True when no process has this number any more, or only a dead one nobody has collected yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return Path("/proc/self").exists()
    return state in "ZX"


def end_leftovers(data: Path, patience: float = _LEFTOVER_SECONDS) -> None:
    """Wait for the children of a killed server to notice and end; those that do not are killed.

    They still hold the old shared memory, and no two servers may ever work on one folder. Losing them costs nothing
    that was acknowledged: the next start recovers from the log.
    """
    deadline = time.monotonic() + patience
    while left := processes_in(data):
        if time.monotonic() > deadline:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def processes_in(data: Path) -> list[int]:
    """Processes whose working directory is the data folder, as every process of a server has it."""
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if not is_gone(int(entry.name)) and _works_in(entry, data)
    ]


def _works_in(process: Path, data: Path) -> bool:
    try:
        return os.path.samefile(process / "cwd", data)
    except OSError:
        return False
