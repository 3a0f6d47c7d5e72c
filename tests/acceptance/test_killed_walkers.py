"""Law 5: nothing acknowledged is ever lost, nothing is applied twice, though walkers are killed twenty times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from yteso.access.principal import Principal, Role
from yteso.exchange.adapters.bhyt.receive import Desk, receive
from yteso.exchange.claim import waiting
from yteso.sandbox import Province
from yteso.signing import load_or_create

pytestmark = pytest.mark.slow

KILLS = 20
WALKER = """
import sys
from yteso.db import Database
from yteso.exchange.walk import Walker
from yteso.store.postgres import PostgresStore
database = Database(sys.argv[1], max_size=2).open()
walker = Walker(database, PostgresStore(), batch=5)
print("walking", flush=True)
walker.drain()
"""


def send(database, folder, files):
    """Every file through the door; returns how many visits were acknowledged."""
    desk = Desk(database, load_or_create(folder), 1 << 26)
    for file in files:
        with desk.spool() as spool:
            spool.write(file.content)
            receive(desk, Principal(file.username, Role.FACILITY, file.facility), spool.finish(), name=file.name)


def walker(url):
    process = subprocess.Popen([sys.executable, "-c", WALKER, url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.timeout(900)
def test_every_acknowledged_visit_is_there_once_after_twenty_kills(database, database_url, tmp_path):
    files = [file for file in Province(seed=11, facilities_count=4).files(500) if file.kind == "claims"]
    send(database, tmp_path, files)
    kills = 0
    while kills < KILLS:
        with database.connection() as conn:
            if not waiting(conn):
                break
        process = walker(database_url)
        time.sleep(0.05 + 0.02 * (kills % 7))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        process.stdout.close()
    last = walker(database_url)
    last.stdout.close()
    assert last.wait() == 0
    assert kills == KILLS
    with database.connection() as conn:
        assert waiting(conn) == 0
        states = dict(conn.execute("SELECT state, count(*) FROM exchange.intake GROUP BY 1").fetchall())
        results = conn.execute("SELECT intake, pos, count(*) FROM exchange.visit GROUP BY 1, 2").fetchall()
        held = conn.execute("SELECT count(*) FROM exchange.held").fetchone()[0]
        written = dict(
            conn.execute("SELECT state, count(*) FROM exchange.visit GROUP BY 1").fetchall(),
        )
    assert states == {"done": len(files)}
    assert len(results) == sum(len(file.visits) for file in files)
    assert {count for _, _, count in results} == {1}
    assert held == len({(file.facility, visit) for file in files for visit in file.visits})
    assert set(written) <= {"accepted", "unchanged", "outdated"}
    assert _encounters(database) == held


def _encounters(database):
    """Encounters in the record, each once, none with a version nobody sent."""
    import json

    from yteso.store.postgres import PostgresStore

    with database.connection() as conn:
        found = [one for one in PostgresStore().changes_since(conn, 0, 10**6) if one.type == "Encounter"]
    keys = {identifier["value"] for one in found for identifier in json.loads(one.body)["identifier"][:1]}
    assert len(keys) == len(found)
    return len(found)
