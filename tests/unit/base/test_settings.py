"""Settings: read once from the environment, with plain defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from yteso.base.settings import Settings


def test_without_variables_the_defaults_hold() -> None:
    settings = Settings.from_environment({})
    assert (settings.port, settings.live_port, settings.host) == (8080, 8081, "127.0.0.1")
    assert (settings.walkers, settings.web_threads, settings.language) == (2, 32, "vi")
    assert settings.home == Path("var").absolute()


def test_variables_are_read() -> None:
    settings = Settings.from_environment({"YTESO_PORT": "9000", "YTESO_HOME": "/srv/y tế", "YTESO_LANG": "en"})
    assert (settings.port, settings.home, settings.language) == (9000, Path("/srv/y tế"), "en")


def test_a_number_that_is_none_names_its_variable() -> None:
    with pytest.raises(ValueError, match="YTESO_WALKERS"):
        Settings.from_environment({"YTESO_WALKERS": "two"})


def test_modes_of_profiles_are_read_by_source_and_facility() -> None:
    settings = Settings.from_environment({"YTESO_PROFILES": "fhir=refuse, bhyt=warn,79001=off import=warn"})
    assert settings.profile_modes == (("fhir", "refuse"), ("bhyt", "warn"), ("79001", "off"), ("import", "warn"))


@pytest.mark.parametrize("text", ["fhir", "fhir=maybe", "export=warn", "7900=off", "fhir=warn;bhyt=off"])
def test_a_mode_that_is_none_names_its_variable(text: str) -> None:
    with pytest.raises(ValueError, match="YTESO_PROFILES"):
        Settings.from_environment({"YTESO_PROFILES": text})


def test_days_of_requests_are_read_for_the_kinds_that_are_to_be_confirmed() -> None:
    read = Settings.from_environment({"YTESO_REQUEST_DAYS": "access=18, erasure=5"})
    assert read.request_days == (("access", 18), ("erasure", 5))
    for wrong in ("withdrawal=3", "access=0", "access=200", "access"):
        with pytest.raises(ValueError, match="YTESO_REQUEST_DAYS"):
            Settings.from_environment({"YTESO_REQUEST_DAYS": wrong})


def test_the_age_from_which_a_child_decides_is_read_within_its_bounds() -> None:
    assert Settings.from_environment({}).child_decides == 16
    assert Settings.from_environment({"YTESO_CHILD_DECIDES": "14"}).child_decides == 14
    for wrong in ("6", "19"):
        with pytest.raises(ValueError, match="YTESO_CHILD_DECIDES"):
            Settings.from_environment({"YTESO_CHILD_DECIDES": wrong})


def test_a_password_comes_from_a_file_or_a_credential_and_never_from_two_places(tmp_path):
    file = tmp_path / "url"
    file.write_text("postgresql://from-a-file\n")
    read = Settings.from_environment({"YTESO_DATABASE_URL_FILE": str(file)})
    assert (read.database_url, read.reader_database_url) == ("postgresql://from-a-file", "")
    (tmp_path / "yteso_reader_database_url").write_text("postgresql://a-credential")
    credentials = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert Settings.from_environment(credentials).reader_database_url == "postgresql://a-credential"
    given = Settings.from_environment({**credentials, "YTESO_READER_DATABASE_URL": "postgresql://given"})
    assert given.reader_database_url == "postgresql://given"
    for wrong in ({"YTESO_DATABASE_URL": "x"}, {"YTESO_DATABASE_URL_FILE": str(tmp_path / "none")}):
        with pytest.raises(ValueError, match="YTESO_DATABASE_URL_FILE"):
            Settings.from_environment({"YTESO_DATABASE_URL_FILE": str(file), **wrong})


def test_a_scanner_is_an_address_or_a_socket():
    assert Settings.from_environment({"YTESO_CLAMD": "/run/clamav/clamd.ctl"}).clamd == "/run/clamav/clamd.ctl"
    with pytest.raises(ValueError, match="YTESO_CLAMD"):
        Settings.from_environment({"YTESO_CLAMD": "scanner"})
