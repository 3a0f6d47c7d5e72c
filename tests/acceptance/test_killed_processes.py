"""Law 5 on the whole platform: every kind of process killed, twenty times in all, while facilities send."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import cycle

import pytest
from tests.running import Platform, running

from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.sandbox import Province
from yteso.sandbox.province import SimFile
from yteso.store.postgres import PostgresStore
from yteso.store.verify import verify_chains, verify_versions

pytestmark = pytest.mark.slow

KILLS = 20
KINDS = ("ops.worker", "serve web", "postmaster", "ops.exporter", "serve live")
SENDERS = 3
PAUSE = 0.25
"""Seconds between two files of a sender, so that they last as long as the kills."""


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform:
        yield platform


class Facilities:
    """What facilities do: each sends its files one after the other, again until it holds a receipt."""

    def __init__(self, platform: Platform, files: Sequence[SimFile]) -> None:
        self.platform = platform
        self.waiting = list(files)
        self.acknowledged: dict[str, str] = {}
        self.refused: list[int] = []
        self.over = threading.Event()
        self.tokens = {(one.username, one.facility): "" for one in files}
        for name, facility in self.tokens:
            self._yteso("user", "add", name, "--role", "facility", "--facility", facility)
            self.tokens[name, facility] = self._yteso("token", "--user", name).split()[-1]

    def _yteso(self, *arguments: str) -> str:
        process = self.platform.run(*arguments)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output
        return output

    def send(self) -> None:
        """A file every now and then until it is over."""
        while not self.over.wait(PAUSE):
            file = self.waiting.pop()
            while not self._accepted(file):
                time.sleep(PAUSE)

    def _accepted(self, file: SimFile) -> bool:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.platform.port}/exchange/bhyt",
            data=file.content,
            headers={
                "Authorization": f"Bearer {self.tokens[file.username, file.facility]}",
                "Content-Type": "application/xml",
            },
        )
        try:
            with urllib.request.urlopen(asked, timeout=20) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                self.refused.append(error.code)
                return True
            return False
        except (OSError, ValueError):
            return False
        self.acknowledged[answer["intake"]] = sha256(file.content).hexdigest()
        return True


def process_of(platform: Platform, kind: str) -> int | None:
    """A running process of this kind."""
    if kind == "postmaster":
        return EmbeddedServer(platform.home).pid()
    return next((pid for pid, command in platform.children().items() if kind in command), None)


def settle(platform: Platform) -> None:
    """Until everything that was received has been walked."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        with suppress(OSError):
            state = platform.health()
            if state["status"] == "ok" and state["backlog"] == 0:
                return
        time.sleep(0.5)
    raise AssertionError(platform.health())


@pytest.mark.timeout(900)
def test_every_acknowledged_file_is_there_once_after_twenty_kills_of_any_process(platform: Platform) -> None:
    files = [file for file in Province(seed=23, facilities_count=3).files(1_500) if file.kind == "claims"]
    facilities = Facilities(platform, files)
    senders = [threading.Thread(target=facilities.send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    killed: Counter[str] = Counter()
    kinds = cycle(KINDS)
    while killed.total() < KILLS:
        kind = next(kinds)
        time.sleep(1 + 0.13 * (killed.total() % 7))
        pid = process_of(platform, kind)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed[kind] += 1
    facilities.over.set()
    for sender in senders:
        sender.join()
    assert facilities.waiting, "the kills must fall into the sending"
    assert facilities.refused == []
    assert len(facilities.acknowledged) > KILLS
    assert set(killed) == set(KINDS)
    settle(platform)
    there(platform, facilities)


def there(platform: Platform, facilities: Facilities) -> None:
    """Each acknowledged file once, walked to its end; the audit chain unbroken and every version told by it."""
    database = Database(EmbeddedServer(platform.home).dsn()).open()
    try:
        with database.connection() as conn:
            rows = conn.execute("SELECT id::text, encode(sha256, 'hex'), state FROM exchange.intake").fetchall()
            assert {one: digest for one, digest, _ in rows if one in facilities.acknowledged} == facilities.acknowledged
            assert Counter(digest for _, digest, _ in rows).most_common(1)[0][1] == 1
            assert {state for _, _, state in rows} == {"done"}
            twice = conn.execute(
                "SELECT count(*) FROM (SELECT FROM exchange.visit GROUP BY intake, pos HAVING count(*) > 1) x"
            )
            assert twice.fetchone() == (0,)
            assert verify_chains(conn) is None
            assert verify_versions(conn, PostgresStore().codec(conn)) is None
    finally:
        database.close()
