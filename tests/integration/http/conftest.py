"""A real web process on a fresh database, for public clients and for what only a socket can show."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
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
    """The server's address, its processes, and a token of the administrator."""

    base: str
    process: subprocess.Popen[bytes]
    bearer: Bearer

    def token(self, role: Role = Role.ADMINISTRATOR, facility: str = "") -> str:
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


def serve(database_url: str, home: Path) -> Served:
    port = free_pair()
    environment = {
        **os.environ,
        "YTESO_HOME": str(home),
        "YTESO_DATABASE_URL": database_url,
        "YTESO_PORT": str(port),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "yteso.ops.serve", "web"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    served = Served(f"http://127.0.0.1:{port}/fhir", process, Bearer(load_or_create(home)))
    served.await_answer()
    return served


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    served = serve(database_url, tmp_path)
    try:
        yield served
    finally:
        served.process.terminate()
        served.process.wait(30)
