"""The people of a breach are told once each, though what tells them is killed again and again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.client.breaches import Breaches, Suspicion, Told
from yteso.search.keys import number, patient_key
from yteso.store import audit
from yteso.store.audit import Asked, Note
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

pytestmark = pytest.mark.slow

PEOPLE, KILLS = 400, 3
DOCTOR = Principal("bac-si", Role.DOCTOR, "79001")
OFFICER = Principal("phu-trach-du-lieu", Role.DATA_OFFICER)
WORDS = "Hồ sơ của bạn có thể đã bị xem trái phép trong đêm qua. Đầu mối: cán bộ bảo vệ dữ liệu."
TELLER = """
import sys
from yteso.base.clock import system_clock
from yteso.db import Database
from yteso.store.inbox import Teller
from yteso.store.postgres import PostgresStore
teller = Teller(Database(sys.argv[1], max_size=2).open(), PostgresStore(), set, system_clock, batch=2)
print("telling", flush=True)
while teller.step(sys.argv[2]):
    pass
"""


def teller(url: str, breach: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", TELLER, url, breach], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_everybody_is_told_once_after_three_kills(database, database_url):
    store, now = PostgresStore(), datetime.now(UTC)
    people = [f"nguoi-{n}" for n in range(PEOPLE)]
    with database.connection() as conn:
        patients = [Put({"resourceType": "Patient", "id": one}) for one in people]
        store.write(conn, Principal("system", Role.SYSTEM), patients)
        keys = [number(patient_key(one)) for one in people]
        audit.write_notes(conn, [Note(DOCTOR, "R", "Patient", "", keys[at : at + 50]) for at in range(0, PEOPLE, 50)])
    desk = Breaches(database, store, system_clock)
    suspicion = Suspicion("bac-si", "", now - timedelta(hours=1), now + timedelta(hours=1))
    breach = desk.open(OFFICER, "Tài khoản bị lộ mật khẩu", now - timedelta(hours=1), suspicion)
    desk.have_told(OFFICER, breach, WORDS)
    kills, progress = 0, []
    for _ in range(KILLS):
        process, before = teller(database_url, breach), desk.told(OFFICER, breach).told
        while process.poll() is None and desk.told(OFFICER, breach).told == before:
            time.sleep(0.01)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        process.stdout.close()
        progress.append(desk.told(OFFICER, breach).told)
    last = teller(database_url, breach)
    last.stdout.close()
    assert last.wait() == 0
    assert kills == KILLS
    assert 0 < progress[-1] < PEOPLE
    assert desk.told(OFFICER, breach) == Told(PEOPLE, 0, 0)
    with database.connection() as conn:
        told = conn.execute("SELECT count(*), count(DISTINCT pat) FROM store.inbox").fetchone()
        rows = audit.find(conn, Asked(who=OFFICER.name, action="C", count=1000))
        named = conn.execute(
            "SELECT count(*), count(DISTINCT p) FROM store.audit CROSS JOIN unnest(pats) p WHERE what = %s",
            [f"breach/{breach}/notice"],
        ).fetchone()
    assert told == named == (PEOPLE, PEOPLE)
    assert len([one for one in rows if one.what.endswith("/notice")]) == PEOPLE // 2
