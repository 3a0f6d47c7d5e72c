"""One child process: started in a group of its own, started again when it dies, stopped with a grace. No policy.

Its output goes to a log file. When it dies, what is left of its group goes too: a server's own worker processes must
not keep the port.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)
_LARGEST_LOG = 10 * 1024 * 1024
_LONGEST_WAIT = 30.0
_STEADY_SECONDS = 60.0


@dataclass
class Child:
    """`arguments` follow the Python interpreter. `grace` is how many seconds it gets to end in good order."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    logs: Path
    grace: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it. The process watches its parent and ends when the parent is gone (see `orphan.py`)."""
        path = self.logs / f"{self.name}.log"
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as output:
            os.fchmod(output.fileno(), 0o600)
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**self.environment, "YTESO_PARENT": str(os.getpid())},
                start_new_session=True,
            )
        self.started = time.monotonic()

    def tend(self) -> None:
        """Start it again when it has died: at once the first time, then after 0.5, 1, 2 … 30 seconds."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self._kill_group()
            self.process = None
            self.failures = 0 if now - self.started > _STEADY_SECONDS else self.failures + 1
            wait = 0.0 if self.failures <= 1 else min(_LONGEST_WAIT, 0.25 * 2 ** min(self.failures - 1, 8))
            self.not_before = now + wait
            log.error("%s ended with code %s; starting it again in %.1f s", self.name, code, wait)
        if now >= self.not_before:
            self.start()

    def ask_to_stop(self) -> None:
        """Tell it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def await_stop(self) -> None:
        """Wait until it ended; after the grace it is killed. Nothing of its group stays."""
        if self.process is None:
            return
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            log.error("%s did not stop within %.0f s and is killed", self.name, self.grace)
        self._kill_group()
        self.process.wait()
        self.process = None

    def _kill_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
