"""The matrix of what is asked for now and comes later: files of bulk jobs, live topics, what a Subscription is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as conf
from django.core import signing
from tests.acceptance.matrix import feeds, jobs
from tests.acceptance.matrix.reading import by_role, by_target
from tests.acceptance.matrix.world import TARGETS, TYPES, build, id_of, who

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.ops.hub import Hub
from yteso.ops.live import TicketOrToken, application_of
from yteso.signing.keys import load_or_create
from yteso.store.bulk.desk import BulkDesk
from yteso.store.postgres import PostgresStore
from yteso.web import setup
from yteso.web.live import TICKET_SECONDS


@pytest.fixture(scope="module")
def database(fresh_database) -> Iterator[Database]:
    with fresh_database() as dsn:
        database = Database(dsn, max_size=4).open()
        yield database
        database.close()


@pytest.fixture(scope="module")
def desk(database, tmp_path_factory) -> BulkDesk:
    return BulkDesk(database, PostgresStore(), tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="module")
def api(database, desk):
    api = build(database, bulk=desk)
    jobs.approve(database)
    return api


@pytest.mark.parametrize("kind", ["export", "import"])
def test_every_role_finds_the_results_it_asked_for_and_nobody_elses(api, desk, kind):
    cells_of = by_role("jobs.csv")
    assert set(cells_of) == set(Role)
    of_another = jobs.run(api, desk, jobs.ANOTHER, kind)
    for role, expected in cells_of.items():
        own = jobs.run(api, desk, who(role), kind)
        assert set(jobs.told(api, who(role), own)) == ({"seen"} if expected[kind] == "seen" else set()), role
        others = [jobs.told(api, who(role), of_another)]
        if role not in (Role.INTEGRATOR, Role.SYSTEM):
            others.append(jobs.told(api, jobs.same_name(role), of_another))
        for answers in others:
            assert set(answers) == {expected[f"{kind}-of-another"]}, role
    assert set(jobs.told(api, jobs.ANOTHER, of_another)) == {"seen"}


@pytest.fixture(scope="module")
def live(fresh_database, tmp_path_factory):
    """(what makes the live process's application and its hub, its bearer, the secret of tickets)."""
    with fresh_database() as dsn:
        settings = Settings(home=tmp_path_factory.mktemp("live"), database_url=dsn)
        setup.migrate(settings)
        bearer = Bearer(load_or_create(settings.home))

        def make():
            hub = Hub(feeds.Silent())
            return application_of(settings, hub, TicketOrToken(settings, bearer)), hub

        yield make, bearer, conf.SECRET_KEY
        setup.close()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_hears_its_topics_and_no_other(live, role):
    make, bearer, _ = live
    expected = {topic for topic, cell in by_role("feeds.csv")[role].items() if cell == "heard"}
    token = bearer.issue(who(role), timedelta(minutes=5))
    everything = "intake,marts,record,unknown"
    assert feeds.heard(make, ticket=feeds.ticket(role), topics=everything) == expected
    assert feeds.heard(make, token=token, topics=everything) == expected


def test_nobody_and_no_app_hears_anything(live):
    make, bearer, secret = live
    app_token = bearer.issue(Principal("may", Role.INTEGRATOR, scope="system/*.rs"), timedelta(minutes=5))
    good = bearer.issue(who(Role.DOCTOR), timedelta(minutes=5))
    assert feeds.heard(make, f"{good}x") == feeds.heard(make, app_token) == 401
    mine = signing.loads(feeds.ticket(Role.DOCTOR), key=secret, salt="yteso.live")
    other = signing.loads(feeds.ticket(Role.NURSE), key=secret, salt="yteso.live")

    def signed(said, key=secret, salt="yteso.live"):
        return signing.dumps(said, key=key, salt=salt)

    assert feeds.heard(make, ticket=signed(mine)) != 401
    for credentials in (
        {},
        {"access_token": good},
        {"ticket": signed(mine, key="another")},
        {"ticket": signed(mine, salt="another")},
        {"ticket": signed({"role": "doctor"})},
        {"ticket": signed({**mine, "user": other["user"]})},
        {"ticket": signed({**mine, "session": "0" * 32})},
        {"ticket": signed({**mine, "user": str(mine["user"])})},
        {"ticket": signed([])},
        {"ticket": signing.TimestampSigner(key=secret, salt="yteso.live").sign("{}")},
    ):
        assert feeds.heard(make, **credentials) == 401, credentials
    assert TICKET_SECONDS <= 12 * 3600


@pytest.fixture(scope="module")
def subscribed(database, api):
    feeds.subscribe(database)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_told_of_the_resources_it_sees_and_of_no_other(database, subscribed, role):
    cells = {target: row for target, row in by_target("cells.csv")[role].items() if target != "deleted"}
    assert len(cells) == len(TARGETS) - 1
    for kind in TYPES:
        expected = {id_of(kind, target) for target, row in cells.items() if row[kind] == "seen"}
        assert feeds.told(database, role, kind) == expected, kind
