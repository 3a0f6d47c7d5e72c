"""People's and machines' accounts by one set of functions, on a real database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from yteso.access.principal import Principal, Role
from yteso.base.errors import Refused
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.exchange.sender import authenticate, md5_of
from yteso.ops import accounts
from yteso.ops.accounts import Row
from yteso.ops.compose import build
from yteso.web import setup

PASSWORD = "mat khau mau cho kiem thu"


@pytest.fixture
def site(settings: Settings) -> Iterator[Settings]:
    setup.migrate(settings)
    yield settings
    setup.close()


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [issue.code for issue in refusal.value.issues]


def test_a_person_and_a_machine_are_saved_listed_and_act_as_themselves(site: Settings) -> None:
    accounts.save(site, Row("bacsi", "doctor", "01001", active=True), PASSWORD, display_name="Bác sĩ Thử")
    accounts.save(site, Row("his-01001", "facility", "01001", active=True), PASSWORD)
    assert accounts.listed(site) == [
        Row("bacsi", "doctor", "01001", active=True),
        Row("his-01001", "facility", "01001", active=True),
    ]
    assert accounts.principal_of(site, "bacsi") == Principal("bacsi", Role.DOCTOR, "01001")
    assert accounts.principal_of(site, "his-01001") == Principal("his-01001", Role.FACILITY, "01001")


def test_saving_again_brings_the_account_to_the_new_values(site: Settings) -> None:
    accounts.save(site, Row("nguoi", "operator", "", active=True), PASSWORD)
    accounts.save(site, Row("nguoi", "staff", "01002", active=True), PASSWORD)
    assert accounts.listed(site) == [Row("nguoi", "staff", "01002", active=True)]


def test_a_machines_password_is_what_the_insurers_api_carries(site: Settings, database: Database) -> None:
    accounts.save(site, Row("his-01001", "facility", "01001", active=True), PASSWORD)
    accounts.set_password(site, "his-01001", "mot mat khau khac")
    assert authenticate(database, "his-01001", md5_of("mot mat khau khac"), "192.0.2.1").facility == "01001"
    with pytest.raises(Refused):
        authenticate(database, "his-01001", md5_of(PASSWORD), "192.0.2.1")


@pytest.mark.parametrize(
    "act", ["DELETE FROM web.accounts_user", "UPDATE web.accounts_user SET username = 'khac' WHERE username = 'nguoi'"]
)
def test_a_name_stays_its_accounts_whoever_asks(site: Settings, database: Database, act: str) -> None:
    """Tokens and the audit know people by it: given again, the next one would stand in the rows of the first."""
    accounts.save(site, Row("nguoi", "operator", "", active=True), PASSWORD)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), database.connection() as conn:
        conn.execute(act)
    assert accounts.listed(site) == [Row("nguoi", "operator", "", active=True)]


@pytest.mark.parametrize(("role", "facility"), [("operator", ""), ("facility", "01001")])
def test_who_is_locked_cannot_act_and_saving_opens_again(site: Settings, role: str, facility: str) -> None:
    row = Row("ai-do", role, facility, active=True)
    accounts.save(site, row, PASSWORD)
    accounts.disable(site, "ai-do")
    assert [one.active for one in accounts.listed(site)] == [False]
    with pytest.raises(Refused):
        accounts.principal_of(site, "ai-do")
    accounts.save(site, row, PASSWORD)
    assert accounts.principal_of(site, "ai-do").role == role


def test_what_does_not_exist_or_is_not_complete_is_refused_with_its_number(site: Settings) -> None:
    for act in (accounts.disable, accounts.principal_of):
        with pytest.raises(Refused) as refusal:
            act(site, "khong-co")
        assert codes(refusal) == ["WEB-0004"]
    with pytest.raises(Refused) as refusal:
        accounts.set_password(site, "khong-co", PASSWORD)
    assert codes(refusal) == ["WEB-0004"]
    with pytest.raises(Refused) as refusal:
        accounts.save(site, Row("bacsi", "doctor", "", active=True), PASSWORD)
    assert codes(refusal) == ["WEB-0003"]
    with pytest.raises(Refused) as refusal:
        accounts.save(site, Row("vanhanh", "operator", "", active=True), "ngắn")
    assert codes(refusal) == ["WEB-0001"]
    for facility in ("", "1", "x" * 6):
        with pytest.raises(Refused) as refusal:
            accounts.save(site, Row("his", "facility", facility, active=True), PASSWORD)
        assert codes(refusal) == ["OPS-0022"]
    assert accounts.listed(site) == []


@pytest.mark.parametrize(("first", "second"), [("operator", "facility"), ("facility", "operator")])
def test_a_name_is_a_persons_or_a_machines_never_both(site: Settings, first: str, second: str) -> None:
    accounts.save(site, Row("chung-ten", first, "01001", active=True), PASSWORD)
    with pytest.raises(Refused) as refusal:
        accounts.save(site, Row("chung-ten", second, "01001", active=True), PASSWORD)
    assert codes(refusal) == ["OPS-0023"]


def test_an_account_is_opened_again_its_sessions_ended_and_a_link_given(site: Settings) -> None:
    accounts.save(site, Row("vanhanh", "operator", "", active=True), PASSWORD)
    accounts.disable(site, "vanhanh")
    accounts.enable(site, "vanhanh")
    assert [row.active for row in accounts.listed(site)] == [True]
    assert accounts.end_sessions(site, "vanhanh") == 0
    first = accounts.one_time_link(site, "vanhanh", reset_factors=False)
    assert first.startswith("http://127.0.0.1:8080/recover/")
    assert accounts.one_time_link(site, "vanhanh", reset_factors=True) != first
    for act in (accounts.enable, accounts.end_sessions):
        with pytest.raises(Refused, match="WEB-0004"):
            act(site, "khong-co")


@pytest.mark.parametrize(
    "act",
    [
        lambda site: accounts.end_sessions(site, "vanhanh"),
        lambda site: accounts.one_time_link(site, "vanhanh", reset_factors=False),
        lambda site: accounts.set_password(site, "vanhanh", "mot cau hoan toan khac day"),
    ],
)
def test_what_ends_sessions_by_the_command_line_ends_tokens_too(site: Settings, database: Database, act) -> None:
    accounts.save(site, Row("vanhanh", "operator", "", active=True), PASSWORD)
    asked = "SELECT at FROM oauth.ended WHERE kind = 'account' AND key = 'vanhanh'"
    with database.connection() as conn:
        (before,) = conn.execute(asked).fetchone()
    act(site)
    with database.connection() as conn:
        (after,) = conn.execute(asked).fetchone()
    assert after > before


def test_the_daily_job_looks_after_accounts(site: Settings) -> None:
    accounts.save(site, Row("vanhanh", "operator", "", active=True), PASSWORD)
    services = build(site, application="yteso test")
    try:
        services.maintain_accounts()
    finally:
        services.close()
    assert [row.active for row in accounts.listed(site)] == [True]


def test_walkers_whose_day_begins_together_disable_an_account_once(site: Settings, database: Database) -> None:
    """Every walker does what belongs to a day at midnight; the chain tells each act once."""
    accounts.save(site, Row("vanhanh", "operator", "", active=True), PASSWORD)
    from django.db import connections

    from yteso.web.accounts.idle import disable_idle

    def upkeep(_: int) -> list[str]:
        try:
            return disable_idle()
        finally:
            connections.close_all()

    away = "UPDATE web.accounts_user SET created = now() - interval '46 days', last_active = NULL"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.connection() as conn, ThreadPoolExecutor(2) as walkers, psycopg.connect(site.database_url) as other:
        conn.execute(away)
        conn.commit()
        conn.execute("SELECT FROM web.accounts_user FOR UPDATE")
        done = walkers.map(upkeep, range(2))
        deadline = time.monotonic() + 20
        while other.execute(waiting).fetchone() != (2,) and time.monotonic() < deadline:
            other.rollback()
            time.sleep(0.02)
        conn.rollback()
        assert sorted(done) == [[], ["vanhanh"]]


def test_a_citizen_is_tied_to_the_own_record(site: Settings) -> None:
    accounts.save(site, Row("nguoidan", "citizen", "", active=True), PASSWORD, person="p-1")
    assert accounts.principal_of(site, "nguoidan") == Principal("nguoidan", Role.CITIZEN, "", "PATRQT", "p-1")


def test_a_new_installation_has_no_account_no_machine_and_no_app(site: Settings) -> None:
    """Nobody gets in by a name and password that are in the package (ASVS 6.3.2)."""
    assert accounts.listed(site) == []
    services = build(site, application="test")
    try:
        assert services.oauth.apps() == []
    finally:
        services.close()
