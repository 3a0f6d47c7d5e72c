"""Exit codes: one place, as documented."""

from __future__ import annotations

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from yteso.base.errors import CannotStart, Refused, YtesoError
from yteso.ops.cli import run
from yteso.ops.exits import code_of
from yteso.ops.rules import PORT_BUSY, TOO_LARGE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CannotStart(PORT_BUSY.at(host="127.0.0.1", port=1)), 4),
        (Refused(TOO_LARGE.at(limit=1)), 3),
        (YtesoError("no"), 1),
        (FileNotFoundError(2, "missing", "file.xml"), 1),
        (RuntimeError("a value"), 1),
    ],
)
def test_every_kind_of_failure_has_its_code(error: Exception, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(error) == code
    assert "a value" not in capsys.readouterr().err


def test_a_numbered_refusal_is_said_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    code_of(CannotStart(PORT_BUSY.at(host="127.0.0.1", port=8080)))
    said = capsys.readouterr().err
    assert "OPS-0001: Cổng 8080" in said
    assert "OPS-0001: Port 8080" in said


@pytest.mark.parametrize(
    "lost", [psycopg.OperationalError("gone"), psycopg.errors.AdminShutdown("ends"), PoolTimeout("nobody")]
)
def test_a_database_that_went_away_is_told_by_its_number_also_behind_an_error_of_djangos(
    lost: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    wrapped = RuntimeError("as Django raises one of its own from it")
    wrapped.__cause__ = lost
    for error in (lost, wrapped):
        assert code_of(error) == 4
        assert capsys.readouterr().err.count("DB-0010: ") == 2


def test_a_database_that_answers_no_is_not_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(psycopg.errors.DiskFull("full")) == 1
    assert "DiskFull" in capsys.readouterr().err


def test_help_ends_well_and_wrong_usage_is_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    help_text = capsys.readouterr().out
    assert "Exit codes" in help_text
    assert "Mã kết thúc" in help_text
    assert run(["no-such-command"]) == 2
    assert run(["up", "--no-such-option"]) == 2


def test_a_bad_number_in_the_environment_is_a_numbered_refusal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YTESO_PORT", "eighty")
    assert run(["status"]) == 4
    assert "OPS-0003" in capsys.readouterr().err
