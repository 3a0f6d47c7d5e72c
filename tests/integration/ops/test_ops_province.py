"""`yteso demo`: a province is noted once, fed once, and a second run doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM, system_clock
from yteso.base.settings import Settings
from yteso.client.representations import Representations
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.exchange.export import expected_facilities
from yteso.ops import accounts, province
from yteso.ops.pulse import Pulse, write_pulse
from yteso.store.postgres import PostgresStore
from yteso.store.protocol import Put
from yteso.web import setup

from .conftest import Place


@pytest.fixture
def site(settings: Settings) -> Iterator[Settings]:
    setup.migrate(settings)
    yield settings
    setup.close()


def test_a_plan_is_the_same_province_each_time_with_one_account_per_role_and_facility(
    site: Settings, database: Database
) -> None:
    first = province.plan(site, visits=5, facilities=2, seed=3)
    before = accounts.listed(site)
    again = province.plan(site, visits=5, facilities=2, seed=3)
    assert not again.fed
    assert [file.content for file in again.province.files(5)] == [file.content for file in first.province.files(5)]
    assert accounts.listed(site) == before
    assert {row.role for row in before} == {*Role} - {Role.SYSTEM, Role.CITIZEN}
    for login in province.logins(first.province.facilities[0].code):
        assert accounts.principal_of(site, login.name).role == login.role
    with database.connection() as conn:
        assert set(expected_facilities(conn)) == {facility.code for facility in first.province.facilities}
        count = conn.execute("SELECT count(*) FROM store.resource").fetchone()
    assert count == (len(first.province.organizations()),)


def test_the_person_with_most_visits_gets_a_log_in_once(site: Settings, database: Database) -> None:
    province.make_citizen(site)
    assert accounts.listed(site) == []
    visits = [
        {
            "resourceType": "Encounter",
            "id": f"e{n}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/{'often' if n else 'once'}"},
        }
        for n in range(3)
    ]
    people = [{"resourceType": "Patient", "id": name} for name in ("once", "often")]
    people.append({"resourceType": "Patient", "id": "child", "birthDate": f"{datetime.now(VIETNAM).year - 5}-01-01"})
    with database.connection() as conn:
        PostgresStore().write(conn, Principal("thu", Role.SYSTEM), [Put(one) for one in (*people, *visits)])
    province.make_citizen(site)
    assert accounts.principal_of(site, "citizen") == Principal("citizen", Role.CITIZEN, "", "PATRQT", "often")
    book = Representations(database, PostgresStore(), system_clock)
    (represented,) = book.by_me(Principal("citizen", Role.CITIZEN, person="often"))
    assert (represented.person.id, represented.by.relationship) == ("child", "GUARD")
    accounts.disable(site, "citizen")
    province.make_citizen(site)
    assert not accounts.listed(site)[0].active


def test_an_account_somebody_changed_is_left_alone(site: Settings) -> None:
    province.plan(site, visits=5, facilities=2, seed=3)
    accounts.disable(site, "operator")
    province.plan(site, visits=5, facilities=2, seed=3)
    assert not next(row for row in accounts.listed(site) if row.name == "operator").active


def test_figures_are_awaited_until_a_whole_round_began_after_the_walk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([3, 1, 0])
    monkeypatch.setattr(province, "backlog", lambda address: next(waits, 0))
    rounds: list[int] = []

    def beat(seconds: float) -> None:
        rounds.append(1)
        write_pulse(settings.home, Pulse(province.datetime.now(province.VIETNAM), len(rounds)))

    monkeypatch.setattr(province.time, "sleep", beat)
    seen: list[int] = []
    assert province.await_figures(settings, "http://127.0.0.1:1", seen.append)
    assert seen == [3, 1]
    assert len(rounds) >= 4


def test_a_platform_that_never_ends_its_work_is_not_awaited_for_ever(settings: Settings) -> None:
    assert province.backlog("http://127.0.0.1:1") == -1
    assert not province.await_figures(settings, "http://127.0.0.1:1", lambda _: None, timeout=0.1)


@pytest.mark.slow
def test_a_demo_without_serving_builds_once_and_ends(memory: Path) -> None:
    place = Place(memory / "demo")
    try:
        arguments = ("demo", "--no-serve", "--visits", "25", "--facilities", "2")
        first = place.run(*arguments)
        assert first.returncode == 0, first.stdout + first.stderr
        counts = counted(place)
        second = place.run(*arguments)
        assert second.returncode == 0, second.stdout + second.stderr
        assert counted(place) == counts
        assert counts[0] > 10
        assert counts[1] == 0
        assert (place.home / "lake").is_dir()
    finally:
        EmbeddedServer(place.home).stop()


def counted(place: Place) -> tuple[int, int, int]:
    """Files, files that wait, resources; looked at while nothing else runs."""
    server = EmbeddedServer(place.home)
    server.start()
    try:
        with psycopg.connect(server.dsn()) as conn:
            row = conn.execute(
                "SELECT (SELECT count(*) FROM exchange.intake),"
                " (SELECT count(*) FROM exchange.intake WHERE state IN ('received', 'walking')),"
                " (SELECT count(*) FROM store.resource)"
            ).fetchone()
        assert row is not None
        return row
    finally:
        server.stop()
