"""The matrix of what is asked for now and comes later: files of bulk jobs, live topics, what a Subscription is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import signing
from tests.acceptance.matrix import feeds, jobs
from tests.acceptance.matrix.reading import by_role, by_target
from tests.acceptance.matrix.world import TARGETS, TYPES, build, id_of, who

from yteso.access.bearer import Bearer
from yteso.access.principal import Principal, Role
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.ops.hub import Hub
from yteso.ops.live import application_of, ticket_or_token
from yteso.signing.keys import load_or_create
from yteso.store.bulk.desk import BulkDesk
from yteso.store.postgres import PostgresStore
from yteso.web.live import TICKET_SECONDS
from yteso.web.secret import load_or_create_secret


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
def live(tmp_path_factory):
    """(the live process's application, its hub, its bearer, its secret)."""
    settings, hub = Settings(home=tmp_path_factory.mktemp("live")), Hub(None)  # type: ignore[arg-type]
    bearer = Bearer(load_or_create(settings.home))
    app = application_of(settings, hub, ticket_or_token(settings, bearer))
    return app, hub, bearer, load_or_create_secret(settings.home)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_hears_its_topics_and_no_other(live, role):
    app, hub, bearer, secret = live
    expected = {topic for topic, cell in by_role("feeds.csv")[role].items() if cell == "heard"}
    ticket = signing.dumps({"role": role.value}, key=secret, salt="yteso.live")
    token = bearer.issue(who(role), timedelta(minutes=5))
    everything = "intake,marts,record,unknown"
    assert feeds.heard(app, hub, ticket=ticket, topics=everything) == expected
    assert feeds.heard(app, hub, token=token, topics=everything) == expected


def test_nobody_and_no_app_hears_anything(live):
    app, hub, bearer, secret = live
    app_token = bearer.issue(Principal("may", Role.INTEGRATOR, scope="system/*.rs"), timedelta(minutes=5))
    old = signing.TimestampSigner(key=secret, salt="yteso.live")
    good = bearer.issue(who(Role.DOCTOR), timedelta(minutes=5))
    assert feeds.heard(app, hub, f"{good}x") == feeds.heard(app, hub, app_token) == 401
    for credentials in (
        {},
        {"access_token": good},
        {"ticket": signing.dumps({"role": "doctor"}, key="another", salt="yteso.live")},
        {"ticket": signing.dumps({"role": "doctor"}, key=secret, salt="another")},
        {"ticket": signing.dumps({"role": "no such role"}, key=secret, salt="yteso.live")},
        {"ticket": old.sign("{}")},
    ):
        assert feeds.heard(app, hub, **credentials) == 401, credentials
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
