"""`yteso up` as a user runs it, with a home and ports of its own: asked over HTTP, looked at by its processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yteso.db.embedded import EmbeddedServer
from yteso.ops.ports import free_pair


class Platform:
    """One `yteso up` with a home and ports of its own."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="yteso-test-"))
        self.port = free_pair()
        self.environment = {**os.environ, "YTESO_HOME": str(self.home), "YTESO_PORT": str(self.port)}
        self.environment.pop("YTESO_DATABASE_URL", None)
        self.process = self.run("up")

    def run(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from yteso.ops.cli import main; main()", *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def stop(self) -> str:
        """Ctrl-C; returns everything it printed."""
        assert self.process.stdout is not None
        if self.process.stdout.closed:
            return ""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=240)[0]

    def health(self) -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as response:
            return json.load(response)

    def await_health(self) -> dict[str, object]:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            try:
                return self.health()
            except OSError:
                assert self.process.poll() is None, self.process.communicate()[0]
                time.sleep(0.1)
        raise AssertionError((self.home / "log" / "web.log").read_text())

    def children(self) -> dict[int, str]:
        """Every process below `yteso up`, with its command line."""
        found: dict[int, str] = {}
        parents = {self.process.pid}
        while parents:
            below = {
                int(entry.name)
                for entry in Path("/proc").glob("[0-9]*")
                if parent_of(entry) in parents and int(entry.name) not in found
            }
            found |= {pid: command_of(pid) for pid in below}
            parents = below
        return found


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@contextmanager
def running() -> Iterator[Platform]:
    """A platform that answers; nothing of it is left afterwards."""
    platform = Platform()
    try:
        platform.await_health()
        yield platform
    finally:
        platform.stop()
        EmbeddedServer(platform.home).stop()
        shutil.rmtree(platform.home)
