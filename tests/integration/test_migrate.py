"""Migrations: applied once, taken up again after a kill, never changed afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from yteso.base.errors import CannotStart
from yteso.db import Database
from yteso.db.migrate import migrate


def write(root: Path, room: str, name: str, text: str) -> Path:
    file = root / room / "migrations" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_files_are_applied_in_order_and_only_once(database_url: str, tmp_path: Path) -> None:
    write(tmp_path, "one", "0002_post_more.sql", "INSERT INTO one.thing VALUES (1);")
    write(tmp_path, "one", "0001_pre_first.sql", "CREATE SCHEMA one; CREATE TABLE one.thing (n int);")
    assert [str(m) for m in migrate(database_url, ["one", "absent"], root=tmp_path)] == [
        "one/0001_pre_first",
        "one/0002_post_more",
    ]
    assert migrate(database_url, ["one"], root=tmp_path) == []
    with psycopg.connect(database_url) as conn:
        assert conn.execute("SELECT count(*) FROM one.thing").fetchone() == (1,)


def test_a_changed_applied_file_is_refused_with_its_number(database_url: str, tmp_path: Path) -> None:
    file = write(tmp_path, "one", "0001_pre_first.sql", "CREATE SCHEMA one;")
    migrate(database_url, ["one"], root=tmp_path)
    file.write_text("CREATE SCHEMA one; -- changed")
    with pytest.raises(CannotStart) as refusal:
        migrate(database_url, ["one"], root=tmp_path)
    assert refusal.value.issue.code == "DB-0005"


def test_a_failing_file_leaves_nothing_of_itself_behind(database_url: str, tmp_path: Path) -> None:
    write(tmp_path, "one", "0001_pre_first.sql", "CREATE SCHEMA one;")
    bad = write(tmp_path, "one", "0002_pre_bad.sql", "CREATE TABLE one.half (n int); SELECT 1/0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(database_url, ["one"], root=tmp_path)
    bad.write_text("CREATE TABLE one.half (n int);")
    assert [str(m) for m in migrate(database_url, ["one"], root=tmp_path)] == ["one/0002_pre_bad"]


def test_a_run_killed_in_the_middle_is_finished_by_the_next(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    write(tmp_path, "one", "0001_pre_first.sql", "CREATE SCHEMA one;")
    slow = write(tmp_path, "one", "0002_pre_slow.sql", "CREATE TABLE one.thing (n int); SELECT pg_sleep(60);")
    code = (
        "import sys; from pathlib import Path; from yteso.db.migrate import migrate;"
        "migrate(sys.argv[1], ['one'], root=Path(sys.argv[2]))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, database_url, str(tmp_path)])
    wait_for_sleep(database)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    with database.connection() as conn:
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yteso migrate'")
    slow.write_text("CREATE TABLE one.thing (n int);")
    assert [str(m) for m in migrate(database_url, ["one"], root=tmp_path)] == ["one/0002_pre_slow"]


def wait_for_sleep(database: Database) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with database.connection() as conn:
            row = conn.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fetchone()
        if row == (1,):
            return
        time.sleep(0.02)
    raise AssertionError("the migration did not get to its slow statement")
