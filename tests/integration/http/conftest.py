"""A real web process on a fresh database, for public clients and for what only a socket can show."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.ops.ports import free_pair
from yteso.signing import load_or_create


@dataclass
class Served:
    """The server's address, its processes, and a token of the integrator."""

    base: str
    process: subprocess.Popen[bytes]
    bearer: Bearer
    environment: dict[str, str]

    def kill(self) -> None:
        """kill -9 of every process of the server, then a new one on the same port."""
        for pid in [*self.workers(), self.process.pid]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(30)
        self.process = started(self.environment)
        self.await_answer()

    def token(self, role: Role = Role.INTEGRATOR, facility: str = "") -> str:
        return self.bearer.issue(Principal("máy Mẫu", role, facility), timedelta(hours=1))

    def workers(self) -> list[int]:
        """The processes below the server's own: those that answer."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid:
                found.append(int(entry.name))
        return found

    def await_answer(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.base}/metadata", timeout=5).close()
            except (OSError, urllib.error.URLError):
                assert self.process.poll() is None
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server does not answer")


def started(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "yteso.ops.serve", "web"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def serve(database_url: str, home: Path) -> Served:
    port = free_pair()
    environment = {
        **os.environ,
        "YTESO_HOME": str(home),
        "YTESO_DATABASE_URL": database_url,
        "YTESO_PORT": str(port),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    bearer = Bearer(load_or_create(home))
    served = Served(f"http://127.0.0.1:{port}/fhir", started(environment), bearer, environment)
    served.await_answer()
    return served


@pytest.fixture
def serve_on(tmp_path: Path) -> Iterator[Callable[[str], Served]]:
    """Starts a web process on a database; it ends with the test."""
    running: list[Served] = []

    def start(database_url: str) -> Served:
        running.append(serve(database_url, tmp_path))
        return running[-1]

    yield start
    for served in running:
        served.process.terminate()
        served.process.wait(30)


@pytest.fixture
def served(serve_on: Callable[[str], Served], database_url: str) -> Served:
    return serve_on(database_url)
