"""`yteso up` as a user runs it: all parts come up, a killed one comes back, Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.running import Platform, running

from yteso.base.settings import Settings
from yteso.db.embedded import EmbeddedServer
from yteso.db.postmaster import is_gone
from yteso.ops import supervisor
from yteso.ops.ports import free_pair
from yteso.ops.supervisor import Supervisor, answers

pytestmark = pytest.mark.slow


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform:
        yield platform


def test_everything_comes_up_and_ctrl_c_leaves_no_process(platform: Platform) -> None:
    state = platform.await_health()
    assert state["status"] == "ok"
    assert state["database"] == "ok"
    children = platform.children()
    assert {part for part in ("serve web", "serve live", "ops.worker", "ops.exporter") if part in str(children)} == {
        "serve web",
        "serve live",
        "ops.worker",
        "ops.exporter",
    }
    postgres = EmbeddedServer(platform.home).pid()
    assert postgres is not None
    started = time.monotonic()
    output = platform.stop()
    assert platform.process.returncode == 0, output
    assert time.monotonic() - started < 60
    assert [pid for pid in (*children, postgres) if not is_gone(pid)] == []


@pytest.mark.parametrize("part", ["ops.worker", "serve web"])
def test_a_killed_process_is_started_again(platform: Platform, part: str) -> None:
    killed = [pid for pid, command in platform.children().items() if part in command]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        fresh = {pid for pid, command in platform.children().items() if part in command and not is_gone(pid)}
        if fresh - set(killed):
            break
        time.sleep(0.1)
    assert fresh - set(killed)
    assert platform.await_health()["status"] == "ok"


def test_a_killed_postgres_comes_back(platform: Platform) -> None:
    server = EmbeddedServer(platform.home)
    before = server.pid()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (server.pid() in (None, before) or not server.running()):
        time.sleep(0.1)
    assert server.pid() not in (None, before)
    while time.monotonic() < deadline:
        try:
            assert platform.health()["status"] == "ok"
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the platform did not recover")


def test_postgres_killed_while_the_platform_starts_is_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(tempfile.mkdtemp(prefix="yteso-test-"))
    monkeypatch.delenv("YTESO_DATABASE_URL", raising=False)
    server = EmbeddedServer(home)
    starting = Supervisor(Settings(home=home), port=free_pair())
    killed: list[int] = []

    def answers_after_a_kill(address: str) -> bool:
        if not killed:
            postgres = server.pid()
            assert postgres is not None
            os.kill(postgres, signal.SIGKILL)
            killed.append(postgres)
            return False
        return answers(address)

    monkeypatch.setattr(supervisor, "answers", answers_after_a_kill)
    try:
        starting.start()
        assert server.pid() not in (None, *killed)
    finally:
        starting.stop()
        server.stop()
        shutil.rmtree(home)


def test_after_kill_9_of_the_supervisor_its_children_go_and_the_next_start_works(platform: Platform) -> None:
    children = platform.children()
    platform.process.kill()
    platform.process.communicate()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and [pid for pid in children if not is_gone(pid)]:
        time.sleep(0.1)
    assert [command for pid, command in children.items() if not is_gone(pid)] == []
    platform.process = platform.run("up")
    assert platform.await_health()["status"] == "ok"


def test_a_second_start_on_the_same_data_or_port_is_refused_with_a_number(platform: Platform) -> None:
    same_home = platform.run("up")
    assert "OPS-0002" in same_home.communicate(timeout=240)[0]
    assert same_home.returncode == 4
    other = Path(tempfile.mkdtemp(prefix="yteso-test-"))
    platform.environment["YTESO_HOME"] = str(other)
    same_port = platform.run("up")
    output = same_port.communicate(timeout=240)[0]
    platform.environment["YTESO_HOME"] = str(platform.home)
    shutil.rmtree(other)
    assert "OPS-0001" in output
    assert str(platform.port) in output
    assert same_port.returncode == 4
