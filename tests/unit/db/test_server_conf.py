"""The embedded server's configuration text."""

from __future__ import annotations

from pathlib import Path

from yteso.db.server_conf import pg_hba_conf, pg_ident_conf, postgresql_conf


def conf(memory: int = 8 * 1024**3, place: str = "/srv/y tế/it's") -> dict[str, str]:
    folder = Path(place)
    text = postgresql_conf(memory=memory, socket=folder / "run", logs=folder / "log", site=folder / "site.conf")
    return dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)


def test_what_was_acknowledged_is_never_lost() -> None:
    settings = conf()
    assert settings["fsync"] == settings["full_page_writes"] == settings["synchronous_commit"] == "'on'"


def test_nobody_gets_in_from_outside() -> None:
    assert conf()["listen_addresses"] == "''"
    assert conf()["unix_socket_permissions"] == "'0700'"
    rules = [line.split() for line in pg_hba_conf().splitlines() if not line.startswith("#")]
    assert rules == [["local", "all", "all", "peer", "map=house"]]


def test_logs_hold_no_statement_and_no_detail() -> None:
    assert conf()["log_min_error_statement"] == "'panic'"
    assert conf()["log_error_verbosity"] == "'terse'"


def test_memory_is_bounded_below_and_above() -> None:
    assert conf(memory=1)["shared_buffers"] == "'128MB'"
    assert conf(memory=1024**5)["shared_buffers"] == "'2048MB'"


def test_whole_pages_go_to_the_log_as_they_are() -> None:
    assert conf()["wal_compression"] == "'off'"


def test_quotes_in_a_path_are_doubled() -> None:
    assert conf()["log_directory"] == "'/srv/y tế/it''s/log'"


def test_each_user_may_be_both_roles() -> None:
    assert 'house "an" "yteso"' in pg_ident_conf({"an": None})
    assert 'house "an" "postgres"' in pg_ident_conf({"an": None})
