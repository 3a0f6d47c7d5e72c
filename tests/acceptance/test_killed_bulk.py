"""Workers of bulk jobs are killed again and again: no line is lost or there twice, in the files and in the record."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from yteso.access.principal import Principal, Role
from yteso.store.bulk.desk import BulkDesk
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put

pytestmark = pytest.mark.slow

OFFICER = Principal("bảo vệ dữ liệu Mẫu", Role.DATA_OFFICER)
WHO = Principal("tích hợp Mẫu", Role.INTEGRATOR)
MANY = 4_000
WORKER = """
import sys
from pathlib import Path
from yteso.db import Database
from yteso.store.bulk import chunks, export
from yteso.store.bulk.desk import BulkDesk
from yteso.store.bulk.job import fetch_job
from yteso.store.postgres import PostgresStore
export.ROWS = 40
database = Database(sys.argv[1], max_size=2).open()
desk = BulkDesk(database, PostgresStore(), Path(sys.argv[2]))
print("working", flush=True)
while True:
    with database.connection() as conn:
        if fetch_job(conn, sys.argv[3]).state != "waiting":
            break
    desk.work(lambda: False, job=sys.argv[3], place=0)
"""


def work_with_kills(database_url, home, job, kills):
    """Start workers and kill them; the last one may end. Returns how many were killed at work."""
    killed = 0
    for attempt in range(kills + 200):
        process = subprocess.Popen([sys.executable, "-c", WORKER, database_url, str(home), job], stdout=subprocess.PIPE)
        process.stdout.readline()
        if attempt < kills:
            time.sleep(0.02 + 0.03 * (attempt % 5))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
        code = process.wait()
        process.stdout.close()
        if code == 0:
            return killed
    raise AssertionError("the job was never done")


def patients(first, last):
    return [
        {"resourceType": "Patient", "id": f"p{n}", "name": [{"text": f"Người Thử {n}"}]} for n in range(first, last)
    ]


@pytest.fixture
def desk(database, tmp_path):
    return BulkDesk(database, PostgresStore(), tmp_path)


@pytest.mark.timeout(600)
def test_a_killed_export_goes_on_and_holds_every_line_once(database, database_url, desk, tmp_path):
    with database.connection() as conn:
        desk.store.write(conn, WHO, [Put(one) for one in patients(0, MANY)])
        job_id = desk.start_export(conn, WHO, "$export", {"level": "system"})
        assert desk.decide_export(conn, OFFICER, job_id, "waiting", "Chuyển kho dữ liệu")
    killed = work_with_kills(database_url, tmp_path, job_id, 12)
    assert killed >= 5
    with database.connection() as conn:
        job, files = desk.find(conn, WHO, job_id)
    assert job.state == "done"
    lines = [line for file in files for line in (tmp_path / "bulk" / job_id / file.name).read_bytes().splitlines()]
    assert sorted(json.loads(line)["id"] for line in lines) == sorted(f"p{n}" for n in range(MANY))
    assert sum(file.written for file in files) == MANY


@pytest.mark.timeout(600)
def test_a_killed_import_goes_on_and_writes_every_line_once(database, database_url, desk, tmp_path, monkeypatch):
    from yteso.store.bulk import chunks

    monkeypatch.setattr(chunks, "LINES", 50)
    body = b"\n".join(json.dumps(one).encode() for one in patients(0, MANY))
    job_id = desk.import_upload(WHO, "$import", "", io.BytesIO(body))
    killed = work_with_kills(database_url, tmp_path, job_id, 12)
    assert killed >= 5
    with database.connection() as conn:
        job, _ = desk.find(conn, WHO, job_id)
        counts = desk.counts(conn, job)
        stored = conn.execute("SELECT count(*), max(ver) FROM store.resource").fetchone()
        past = conn.execute("SELECT count(*) FROM store.history").fetchone()[0]
    assert (job.state, counts.created, counts.failed) == ("done", MANY, 0)
    assert stored == (MANY, 1)
    assert past == 0
