"""The export and the database its lake was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.ops.compose import Services
from yteso.ops.export import database_identity, export_once
from yteso.ops.exporter import _round
from yteso.ops.pulse import read_pulse
from yteso.warehouse.refresh import Warehouse


def test_the_lake_of_another_database_is_not_written(database: Database, database_url: str, tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path, database_url=database_url), database)
    with database.connection() as conn:
        assert database_identity(conn) == database_identity(conn)
    with Warehouse(tmp_path) as warehouse:
        export_once(services, warehouse)
    note = tmp_path / "lake" / "source.json"
    with database.connection() as conn:
        assert database_identity(conn) in note.read_text()
    note.write_text('{"database": "7000000000000000000/5"}')
    with Warehouse(tmp_path) as again, pytest.raises(CannotStart, match="WH-0001"):
        export_once(services, again)


def test_the_exporter_says_the_refusal_in_both_languages_and_gives_no_sign_of_life(
    database: Database, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    services = Services(Settings(home=tmp_path, database_url=database_url), database)
    with Warehouse(tmp_path) as warehouse:
        (tmp_path / "lake" / "source.json").write_text('{"database": "another"}')
        assert _round(services, warehouse) >= 60
    assert "WH-0001: Kho số liệu" in caplog.text
    assert "WH-0001: The lake" in caplog.text
    assert read_pulse(tmp_path) is None
