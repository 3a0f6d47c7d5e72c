"""One `yteso up` for the tests of this folder: a home of its own in memory, free ports, commands run there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from yteso.db.embedded import EmbeddedServer
from yteso.ops.ports import free_pair

PASSWORD = "mat khau mau cho kiem thu"


@dataclass
class Place:
    """A home and a port; commands run there as processes of their own."""

    home: Path
    port: int = field(default_factory=free_pair)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from yteso.ops.cli import main; main()", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        ours = {"YTESO_HOME": str(self.home), "YTESO_PORT": str(self.port), "YTESO_DATABASE_URL": ""}
        return {**os.environ, **ours, "YTESO_PUBLIC_URL": "", "COLUMNS": "200"}

    def run(self, *arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """The command's exit code and what it printed."""
        return subprocess.run(
            self.command(*arguments),
            env={**self.environment, **environment},
            input=given,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def ask(self, path: str, port: int = 0, **headers: str) -> Any:
        """An open answer of the platform."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", headers=named)
        return urllib.request.urlopen(request, timeout=20)

    def status_of(self, path: str, port: int = 0, **headers: str) -> int:
        """The status with which the platform answers, also a refusal's."""
        try:
            with self.ask(path, port, **headers) as response:
                return int(response.status)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return int(refusal.code)

    def health(self) -> dict[str, Any]:
        with self.ask("/healthz") as response:
            return json.load(response)

    @contextmanager
    def up(self) -> Iterator[Place]:
        """Running while the block lasts."""
        output = (self.home.parent / f"{self.home.name}.log").open("w+")
        process = subprocess.Popen(self.command("up"), env=self.environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            self._await_answer(process, output)
            yield self
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
            output.close()
            EmbeddedServer(self.home).stop()

    def _await_answer(self, process: subprocess.Popen[bytes], output: Any) -> None:
        deadline = time.monotonic() + 240
        while True:
            try:
                assert self.health()["status"] == "ok"
                return
            except (OSError, AssertionError):
                output.seek(0)
                assert process.poll() is None, output.read()
                assert time.monotonic() < deadline, output.read()
                time.sleep(0.1)


@pytest.fixture(scope="session")
def platform(memory: Path) -> Iterator[Place]:
    """A running platform with an administrator, an integrator, a doctor and a facility's machine account."""
    with Place(memory / "platform").up() as place:
        for name, role, facility in (
            ("quantri", "administrator", ""),
            ("tichhop", "integrator", ""),
            ("bacsi", "doctor", "01001"),
            ("his-01001", "facility", "01001"),
        ):
            arguments = ("user", "add", name, "--role", role, "--facility", facility, "--password", "-")
            done = place.run(*arguments, given=PASSWORD + "\n")
            assert done.returncode == 0, done.stderr
        yield place
