"""`yteso up`: PostgreSQL, migrations, guard, then the processes; looks after them; stops them in order.

In go the settings, out comes a running platform. It holds no request and no data itself, so killing it loses nothing:
the children end with it, PostgreSQL stays, and the next start adopts or recovers it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.base.trace import where
from yteso.db.embedded import EmbeddedServer
from yteso.db.server_conf import READER_ROLE
from yteso.ops.children import Child
from yteso.ops.ports import require_free
from yteso.ops.prepare import prepare
from yteso.ops.rules import ALREADY_UP, NOT_ANSWERING

log = logging.getLogger(__name__)
_ROUND_SECONDS = 0.2
_POSTGRES_SECONDS = 1.0


class Supervisor:
    """One platform. `start`, then `watch` until told to stop, then `stop`; all from the main thread."""

    def __init__(self, settings: Settings, *, port: int = 0) -> None:
        """With a `port` the platform serves there, on the loopback only: for a command that needs it for a while."""
        self.settings = replace(settings, host="127.0.0.1", port=port, public_url="") if port else settings
        self.logs = settings.home / "log"
        self._postgres = None if settings.database_url else EmbeddedServer(settings.home)
        self._children: list[Child] = []
        self._lock = -1
        self._next_look = 0.0

    @property
    def local_address(self) -> str:
        """Where this machine finds it."""
        return f"http://{address_host(self.settings.host)}:{self.settings.port}"

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return self.settings.public_url or self.local_address

    def start(self, say: Callable[[str], None] = log.info) -> None:
        """Bring everything up. Raises CannotStart; what had been started is stopped again then."""
        self._take_lock()
        try:
            require_free(self.settings.host, self.settings.port)
            require_free(self.settings.host, self.settings.live_port)
            self._start_postgres()
            say("Cơ sở dữ liệu · Database")
            prepare(self.settings, self._postgres.start if self._postgres else None)
            say("Bảng dữ liệu · Schema")
            self._start_children()
            self._note()
            self._await_answer()
            say("Tiến trình · Processes")
        except BaseException:
            self.stop()
            raise

    def watch(self, stop: threading.Event) -> None:
        """Look after the processes until `stop` is set."""
        while not stop.wait(_ROUND_SECONDS):
            self.tend()

    def tend(self) -> None:
        """One round: what has died is started again, PostgreSQL first."""
        now = time.monotonic()
        if self._postgres is not None and now >= self._next_look:
            self._next_look = now + _POSTGRES_SECONDS
            if not self._postgres.running():
                log.error("PostgreSQL is down; starting it again")
                try:
                    self._postgres.start()
                except (CannotStart, OSError) as error:
                    log.error("PostgreSQL did not start: %s", where(error))
        for child in self._children:
            child.tend()

    def stop(self) -> None:
        """Doors first, so that nothing new is acknowledged; then those who work; PostgreSQL last."""
        doors = [child for child in self._children if child.name in ("web", "live")]
        workers = [child for child in self._children if child not in doors]
        for group in (doors, workers):
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.await_stop()
        self._children = []
        if self._postgres is not None:
            self._postgres.stop()
        if self._lock >= 0:
            (self.settings.home / "up.json").unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1

    # -- the steps ----------------------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        home = self.settings.home
        home.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(home / "up.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise CannotStart(ALREADY_UP.at(home=home)) from error
        self._lock = lock

    def _start_postgres(self) -> None:
        if self._postgres is not None:
            self._postgres.start()
            ours, readers = self._postgres.dsn(), self._postgres.dsn(role=READER_ROLE)
            self.settings = replace(self.settings, database_url=ours, reader_database_url=readers)

    def _start_children(self) -> None:
        environment = environment_of(self.settings) | _shared_counters(self.settings)
        walkers = [(f"walker-{n}", ["-m", "yteso.ops.worker"]) for n in range(1, self.settings.walkers + 1)]
        doors = [("web", ["-m", "yteso.ops.serve", "web"]), ("live", ["-m", "yteso.ops.serve", "live"])]
        parts = [*doors, *walkers, ("exporter", ["-m", "yteso.ops.exporter"])]
        for name, arguments in parts:
            child = Child(name, arguments, environment, self.logs)
            child.start()
            self._children.append(child)

    def _note(self) -> None:
        """Where the running platform is, for the other commands."""
        note = {"pid": os.getpid(), "address": self.local_address}
        (self.settings.home / "up.json").write_text(json.dumps(note), encoding="utf-8")

    def _await_answer(self, timeout: float = 300.0) -> None:
        """An old computer that is busy takes a minute for its processes; only who never answers is given up."""
        deadline = time.monotonic() + timeout
        while not answers(self.local_address):
            if time.monotonic() > deadline:
                raise CannotStart(NOT_ANSWERING.at(address=self.local_address, log=self.logs))
            self.tend()
            time.sleep(0.05)


def answers(address: str, timeout: float = 5.0) -> bool:
    """True when the platform there says it is well."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=timeout) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def address_host(host: str) -> str:
    """The host one can connect to: an address that means "all" is reached at the loopback, IPv6 goes in brackets."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{reachable}]" if ":" in reachable else reachable


def running_address(home: Path) -> str:
    """The address of the platform that runs on this home; empty when none does."""
    try:
        lock = os.open(home / "up.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        try:
            return str(json.loads((home / "up.json").read_text(encoding="utf-8"))["address"])
        except (OSError, ValueError, KeyError):
            return ""
    finally:
        os.close(lock)
    return ""


def environment_of(settings: Settings) -> dict[str, str]:
    """The children's environment: ours, with the settings as they really are."""
    return {
        **os.environ,
        "YTESO_HOME": str(settings.home),
        "YTESO_PORT": str(settings.port),
        "YTESO_HOST": settings.host,
        "YTESO_DATABASE_URL": settings.database_url,
        "YTESO_READER_DATABASE_URL": settings.reader_database_url,
        "YTESO_LANG": settings.language,
        "YTESO_WEB_WORKERS": str(settings.web_workers),
        "YTESO_WEB_THREADS": str(settings.web_threads),
        "YTESO_WALKERS": str(settings.walkers),
        "YTESO_MAX_BODY": str(settings.max_body),
        "YTESO_PUBLIC_URL": settings.public_url,
        "YTESO_SUBSCRIPTION_HOSTS": " ".join(settings.subscription_hosts),
        "PYTHONUNBUFFERED": "1",
    }


def _shared_counters(settings: Settings) -> dict[str, str]:
    """Where several web processes keep their counters together, emptied: only the supervisor may, before they start."""
    if settings.web_workers < 2:
        return {}
    folder = settings.home / "metrics"
    folder.mkdir(mode=0o700, exist_ok=True)
    for stale in folder.glob("*.db"):
        stale.unlink()
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C or SIGTERM sets; a second one does no harm."""
    stop = threading.Event()

    def tell(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    return stop
