"""Memory: a file of 200 MB is received with less than 100 MB more, walked and exported with less than 300 MB more."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from yteso.sandbox import Province
from yteso.sandbox.dialects import DIALECTS, claims_file

pytestmark = pytest.mark.slow

SIZE = 200 * 1024 * 1024
CHILD = """
import io, json, re, resource, sys, time
from datetime import timedelta
from pathlib import Path
from yteso.access.principal import Principal, Role
from yteso.base.http import Request
from yteso.db import Database
from yteso.exchange.doors import Doors
from yteso.exchange.walk import Walker
from yteso.signing import load_or_create
from yteso.store.postgres import PostgresStore

url, file, home, facility, visits = sys.argv[1:]
database = Database(url, max_size=4).open()
doors = Doors(database, load_or_create(Path(home)), limit=1 << 28)
token = doors.bearer.issue(Principal("his", Role.FACILITY, facility), timedelta(hours=1))
walker = Walker(database, PostgresStore())

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

def send(stream, name):
    headers = {"authorization": f"Bearer {token}", "content-disposition": f'attachment; filename="{name}"'}
    return doors.handle(Request("POST", "/exchange/bhyt", "", headers, stream, "", ""))

small = Path(file + ".small")
send(small.open("rb"), "small.xml"); walker.drain()
before = peak()
with open(file, "rb") as stream:
    answer = send(stream, "large.xml")
received = peak()
seen = []
def stop():
    seen.append(1)
    return len(seen) > int(visits)
walker.drain(stop)
print(json.dumps({"status": answer.status, "before": before, "received": received, "walked": peak()}))
"""
EXPORTER = """
import re, sys
from dataclasses import replace
from pathlib import Path
from yteso.base.settings import Settings
from yteso.ops.compose import build
from yteso.ops.export import export_once
from yteso.warehouse.refresh import Warehouse

settings = replace(Settings.from_environment(), home=Path(sys.argv[2]), database_url=sys.argv[1])
services = build(settings, application="exporter")

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

with Warehouse(services.settings.home) as warehouse:
    before = peak()
    while export_once(services, warehouse).more:
        pass
print(peak() - before)
services.close()
"""


@pytest.mark.timeout(900)
def test_two_hundred_megabytes_need_less_than_three_hundred_more(database_url, tmp_path):
    province = Province(seed=5, facilities_count=1)
    plans = [plan for plan in province.plans(60) if plan.left and not plan.archive][:20]
    facility, made_at = plans[0].facility.code, plans[0].left
    small = claims_file(DIALECTS["beta"], facility, made_at, [province.tables(plan) for plan in plans], legacy=False)
    head, _, rest = small.partition(b"<HOSO>")
    body, _, tail = rest.rpartition(b"</HOSO>")
    (tmp_path / "large.xml.small").write_bytes(small)
    with (tmp_path / "large.xml").open("wb") as file:
        file.write(head)
        while file.tell() < SIZE:
            file.write(b"<HOSO>" + body + b"</HOSO>")
        file.write(tail)
    arguments = [database_url, str(tmp_path / "large.xml"), str(tmp_path), facility, "3000"]
    child = subprocess.run([sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True)
    assert child.returncode == 0, child.stderr[-2000:]
    said = json.loads(child.stdout.splitlines()[-1])
    assert said["status"] == 202
    assert said["received"] - said["before"] < 100
    assert said["walked"] - said["before"] < 300
    exported = subprocess.run(
        [sys.executable, "-c", EXPORTER, database_url, str(tmp_path)], capture_output=True, text=True
    )
    assert exported.returncode == 0, exported.stderr[-2000:]
    assert int(exported.stdout) < 300
