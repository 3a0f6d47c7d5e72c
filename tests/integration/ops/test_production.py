"""An installation that is open to others holds nothing that is for trying: no sample account, no demo, no samples."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from yteso.base.errors import CannotStart, Refused
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.exchange.sender import authenticate, md5_of
from yteso.ops import accounts, province
from yteso.ops.accounts import Row
from yteso.ops.commands.demo import demo
from yteso.ops.prepare import prepare
from yteso.web import setup

OPEN = ({"public_url": "https://yte.example.vn"}, {"host": "0.0.0.0"})
OWN = "mot cau cua rieng ai do"
LOADED = """
import json, sys
from yteso.base.settings import Settings
from yteso.ops.compose import build
from yteso.ops.wsgi import front_of
front_of(build(Settings.from_environment(), application="thu"))
from django.conf import settings
from django.urls import get_resolver
names = sorted(str(one.pattern) for one in get_resolver().url_patterns)
print(json.dumps([sorted(sys.modules), settings.DEBUG, settings.INSTALLED_APPS, names]))
"""


@pytest.fixture
def site(settings: Settings) -> Iterator[Settings]:
    setup.migrate(settings)
    yield settings
    setup.close()


@pytest.mark.parametrize("change", OPEN, ids=["behind a proxy", "on the network"])
def test_who_tried_it_first_and_opens_it_then_has_no_account_that_others_know(
    site: Settings, database: Database, change: dict[str, str]
) -> None:
    plan = province.plan(site, visits=5, facilities=2, seed=3)
    one, other = plan.province.senders()
    accounts.set_password(site, "operator", OWN)
    accounts.set_password(site, other.username, OWN)
    prepare(site)
    assert all(row.active for row in accounts.listed(site)), "on this machine they are for trying"
    setup.close()
    prepare(replace(site, **change))
    left = {row.name for row in accounts.listed(site) if row.active}
    assert left == {"operator", other.username}, "a password of one's own is nobody else's"
    with pytest.raises(Refused):
        authenticate(database, one.username, md5_of(one.password), "192.0.2.1")
    with pytest.raises(Refused):
        accounts.principal_of(site, "admin")
    setup.close()


def test_accounts_of_ones_own_stay(site: Settings) -> None:
    accounts.save(site, Row("bacsi", "doctor", "01001", active=True), OWN)
    accounts.save(site, Row("his-01001", "facility", "01001", active=True), OWN)
    prepare(replace(site, **OPEN[0]))
    assert all(row.active for row in accounts.listed(site))


@pytest.mark.parametrize("change", OPEN, ids=["behind a proxy", "on the network"])
def test_the_demo_is_not_built_where_others_come(monkeypatch: pytest.MonkeyPatch, change: dict[str, str]) -> None:
    for name, value in change.items():
        monkeypatch.setenv(f"YTESO_{name.upper()}", value)
    with pytest.raises(CannotStart, match="OPS-0031"):
        demo()


def test_the_web_process_loads_no_code_of_the_demo_the_simulator_or_the_tests(site: Settings) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("YTESO_")},
        "YTESO_HOME": str(site.home),
        "YTESO_DATABASE_URL": site.database_url,
        "YTESO_PUBLIC_URL": "https://yte.example.vn",
    }
    command = [sys.executable, "-c", LOADED]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ, check=True)
    modules, debug, apps, routes = json.loads(answer.stdout.splitlines()[-1])
    foreign = ("yteso.sandbox", "yteso.ops.province", "yteso.ops.commands", "pytest", "tests", "django.contrib.admin")
    assert [name for name in modules if name.startswith(foreign)] == []
    assert debug is False
    assert not {"django.contrib.admin", "django.contrib.staticfiles", "debug_toolbar"} & set(apps)
    assert not [one for one in routes if any(word in one for word in ("demo", "sandbox", "admin", "debug", "test"))]
