"""PostgreSQL killed (kill -9 of its postmaster) at each step of a start and of the demo: waited for, or told."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.db.postmaster import processes_in
from yteso.db.server_conf import READER_ROLE
from yteso.ops import accounts, prepare, province
from yteso.ops.exits import NOT_RUNNING, code_of
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.web import setup

from .conftest import Place

pytestmark = pytest.mark.slow


class Home:
    """An installation of its own whose server may be killed."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedServer(folder, memory=1024**3)
        self.server.start()
        ours, readers = self.server.dsn(), self.server.dsn(role=READER_ROLE)
        self.settings = Settings(home=folder, database_url=ours, reader_database_url=readers)

    def kill(self) -> None:
        """With all that serves connections: each ends when it notices, which on a busy machine is not at once."""
        pid, there = self.server.pid(), processes_in(self.server.data)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while not set(there).isdisjoint(processes_in(self.server.data)):
            assert time.monotonic() < deadline, "a killed server's processes go on"
            time.sleep(0.01)

    def kill_before(self, room: object, step: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The server is gone when this step is called for the first time; how often it was is what is returned."""
        real, calls = getattr(room, step), []

        def killed_first(*given: object, **named: object) -> object:
            calls.append(1)
            if len(calls) == 1:
                self.kill()
            return real(*given, **named)

        monkeypatch.setattr(room, step, killed_first)
        return calls


@pytest.fixture(scope="module")
def prepared(memory: Path) -> Iterator[Home]:
    home = Home(memory / "killed")
    try:
        prepare.prepare(home.settings)
        yield home
    finally:
        home.server.stop()


@pytest.fixture
def home(prepared: Home) -> Iterator[Home]:
    prepared.server.start()
    yield prepared
    setup.close()


@pytest.mark.parametrize(
    "step", ["migrate", "_migrate_pages", "_lock_samples", "_adopt", "_require_reader", "_load_own_packages"]
)
def test_a_start_goes_on_when_its_server_is_killed(home: Home, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = home.kill_before(prepare, step, monkeypatch)
    prepare.prepare(home.settings, home.server.start)
    assert len(calls) == 2


def test_a_server_of_ones_own_that_stays_away_is_not_taken_for_a_log_in_that_is_wrong(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yteso.ops.patience._SECONDS", 0.0)
    home.kill_before(prepare, "_require_reader", monkeypatch)
    with pytest.raises(CannotStart) as told:
        prepare.prepare(home.settings, lambda: None)
    assert told.value.issue.code == "DB-0010"


def test_an_address_that_never_answers_is_told_as_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yteso.ops.patience._SECONDS", 0.0)
    home.kill()
    with pytest.raises(CannotStart) as told:
        prepare.prepare(home.settings)
    assert told.value.issue.code == "DB-0007"


@contextmanager
def brought_back(home: Home) -> Iterator[None]:
    """Somebody starts the server again when it is gone, as the supervisor does beside the demo's building."""
    over = threading.Event()

    def tend() -> None:
        while not over.wait(0.1):
            if not home.server.running():
                home.server.start()

    tender = threading.Thread(target=tend)
    tender.start()
    try:
        yield
    finally:
        over.set()
        tender.join()


@pytest.mark.parametrize("step", ["_make_accounts", "_order"])
def test_a_province_is_planned_though_the_server_is_killed(
    home: Home, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = home.kill_before(province, step, monkeypatch)
    with brought_back(home):
        what = province.plan(home.settings, visits=5, facilities=2, seed=len(step))
    assert len(calls) == 2
    assert not what.fed


def test_the_citizen_of_a_province_is_made_though_the_server_is_killed_within_an_accounts_transaction(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yteso.web.accounts import held

    with Database(home.settings.database_url).open().connection() as conn:
        one = [{"resourceType": "Patient", "id": "kham"}, encounter("kham")]
        PostgresStore().write(conn, Principal("thu", Role.SYSTEM), [Put(each) for each in one])
    calls = home.kill_before(held, "account", monkeypatch)
    with brought_back(home):
        province.make_citizen(home.settings)
    assert len(calls) == 2
    assert accounts.principal_of(home.settings, "citizen").person == "kham"


def test_a_command_whose_server_is_gone_says_so_by_its_number_and_what_to_do(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.listed(home.settings)
    home.kill()
    with pytest.raises(Exception) as lost:
        accounts.listed(home.settings)
    assert type(lost.value).__module__ == "django.db.utils"
    assert code_of(lost.value) == NOT_RUNNING
    said = capsys.readouterr().err
    assert "DB-0010: PostgreSQL không trả lời nữa" in said
    assert "DB-0010: PostgreSQL stopped answering" in said
    assert "goes on where it stopped" in said


def test_a_demo_goes_on_when_its_postgres_is_killed_twice(memory: Path) -> None:
    place = Place(memory / "killed-demo")
    server = EmbeddedServer(place.home)
    arguments = place.command("demo", "--no-serve", "--visits", "25", "--facilities", "2")
    process = subprocess.Popen(
        arguments, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        for sign in (server.data / "postmaster.pid", place.home / "up.json"):
            while not (sign.exists() and server.running()):
                assert process.poll() is None, process.communicate()[0]
                time.sleep(0.02)
            pid = server.pid()
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
        output = process.communicate(timeout=240)[0]
        assert process.returncode == 0, output
        assert "Unexpected" not in output
    finally:
        process.kill()
        process.wait()
        server.stop()


def encounter(person: str) -> dict[str, object]:
    return {
        "resourceType": "Encounter",
        "id": f"e-{person}",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{person}"},
    }
