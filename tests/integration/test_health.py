"""/healthz and /metrics: what they say when all is well and when a part is missing."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from yteso.access.principal import Principal, Role
from yteso.base.http import Request
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.exchange.adapters.bhyt.receive import receive
from yteso.jobs import Worker
from yteso.ops.compose import build
from yteso.ops.health import Backlog, Health
from yteso.ops.pulse import Pulse, read_pulse, write_pulse
from yteso.sandbox.province import Province

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BACKLOG = Backlog(7, (("plain", "done", 5, 0), ("insurer", "quarantined", 2, 2)), 90, NOW - timedelta(seconds=12))
REQUEST = Request("GET", "/healthz", "", {}, io.BytesIO())


def health(database: Database, home: Path) -> Health:
    return Health(database, home, lambda conn, exported: BACKLOG, lambda: NOW)


def test_without_a_walker_the_platform_is_down(database: Database, tmp_path: Path) -> None:
    answer = health(database, tmp_path).healthz(REQUEST)
    assert answer.status == 503
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body)["walkers"] == "down"


def test_with_a_walker_and_a_fresh_export_it_is_well(database: Database, tmp_path: Path) -> None:
    Worker(database, []).run_one()
    write_pulse(tmp_path, Pulse(NOW - timedelta(seconds=3), 42))
    answer = health(database, tmp_path).healthz(REQUEST)
    assert isinstance(answer.body, bytes)
    state = json.loads(answer.body)
    assert answer.status == 200
    assert (state["status"], state["exporter"], state["backlog"], state["exported"]) == ("ok", "ok", 7, 42)
    assert state["exporter_age_seconds"] == 3.0


def test_connections_that_died_with_the_database_are_not_taken_for_a_dead_database(
    database: Database, tmp_path: Path
) -> None:
    Worker(database, []).run_one()
    asked = health(database, tmp_path)
    with database.connection() as one, database.connection() as two:
        numbers = [conn.info.backend_pid for conn in (one, two)]
    with psycopg.connect(database.dsn, autocommit=True) as killer:
        for number in numbers:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    assert asked.healthz(REQUEST).status == 200
    with database.connection() as one, database.connection() as two:
        assert not {one.info.backend_pid, two.info.backend_pid} & {*numbers}


def test_an_old_export_is_said_but_does_not_make_the_platform_ill(database: Database, tmp_path: Path) -> None:
    Worker(database, []).run_one()
    write_pulse(tmp_path, Pulse(NOW - timedelta(hours=1), 42))
    answer = health(database, tmp_path).healthz(REQUEST)
    assert isinstance(answer.body, bytes)
    assert answer.status == 200
    assert json.loads(answer.body)["exporter"] == "down"


def test_without_a_database_it_is_503_and_says_so(database: Database, tmp_path: Path) -> None:
    database.close()
    answer = health(database, tmp_path).healthz(REQUEST)
    assert answer.status == 503
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body)["database"] == "down"


def test_metrics_are_prometheus_text_with_the_backlog(database: Database, tmp_path: Path) -> None:
    answer = health(database, tmp_path).metrics(REQUEST)
    assert isinstance(answer.body, bytes)
    assert b"\nyteso_intake_backlog 7.0\n" in answer.body
    assert b'yteso_up{part="database"} 1.0' in answer.body


def test_metrics_tell_files_by_door_and_how_far_the_warehouse_is_behind(database: Database, tmp_path: Path) -> None:
    write_pulse(tmp_path, Pulse(NOW, 42))
    answer = health(database, tmp_path).metrics(REQUEST)
    assert isinstance(answer.body, bytes)
    lines = answer.body.decode().splitlines()
    for line in (
        'yteso_intake_files{door="plain",state="done"} 5.0',
        'yteso_intake_files_with_findings{door="insurer",state="quarantined"} 2.0',
        "yteso_store_transaction 90.0",
        "yteso_export_transaction 42.0",
        "yteso_export_lag_seconds 12.0",
    ):
        assert line in lines


def test_the_rooms_tell_what_came_in_today_and_what_the_warehouse_lacks(settings: Settings) -> None:
    services = build(settings, application="test", connections=4)
    try:
        file = next(iter(Province(seed=5, facilities_count=1).files(1)))
        spool = services.desk.spool()
        spool.write(file.content)
        receive(services.desk, Principal("thử", Role.SYSTEM), spool.finish())
        spool.close()
        with services.database.connection() as conn:
            before = services.backlog(conn, 0)
        services.walker().drain()
        with services.database.connection() as conn:
            behind = services.backlog(conn, 0)
            level = services.backlog(conn, behind.newest_t)
    finally:
        services.close()
    assert (before.waiting, before.files, before.newest_t) == (1, (("plain", "received", 1, 0),), 0)
    assert (behind.waiting, [count for _, _, count, _ in behind.files]) == (0, [1])
    assert behind.newest_t > 0
    assert behind.unexported_since is not None
    assert level.unexported_since is None


def test_half_a_pulse_is_no_pulse(tmp_path: Path) -> None:
    (tmp_path / "exporter.json").write_text('{"at": "2026')
    assert read_pulse(tmp_path) is None
