"""A whole site on a real database: a small simulated province that came in through the real desk and walker.

Made once per run; tests only read it or work on accounts of their own. `site` is also what the browser tests open.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.test import Client
from playwright.sync_api import Browser
from psycopg import sql
from tests.browsers import chromium_here, launched, quiet_stream
from tests.conftest import clone, drop

from yteso.access.principal import Principal, Role
from yteso.base.clock import VIETNAM
from yteso.base.settings import Settings
from yteso.db.embedded import EmbeddedServer
from yteso.exchange.adapters.bhyt.receive import receive
from yteso.exchange.sender import Sender, save_sender
from yteso.exchange.spool import drain_into
from yteso.ops.compose import Services, build
from yteso.ops.export import export_once
from yteso.sandbox.province import Province
from yteso.store.protocol import Put
from yteso.warehouse.refresh import Warehouse
from yteso.web import setup
from yteso.web.services import Services as Shown
from yteso.web.services import install, installed

PASSWORD = "mat khau mau cho kiem thu"
ROLES = {
    "quantri": Role.ADMINISTRATOR,
    "dieuhanh": Role.OPERATOR,
    "nhanvien": Role.STAFF,
    "bacsi": Role.DOCTOR,
    "dieuduong": Role.NURSE,
    "xetnghiem": Role.LAB,
    "duocsi": Role.PHARMACIST,
    "thungan": Role.CASHIER,
    "quantricoso": Role.FACILITY_ADMINISTRATOR,
    "tram": Role.STATION,
    "giamsat": Role.SURVEILLANCE,
    "thanhtra": Role.INSPECTOR,
    "phantich": Role.ANALYST,
    "baovedulieu": Role.DATA_OFFICER,
}


@dataclass(frozen=True)
class Site:
    """The services, one file and one person of the facility whose staff and doctor have accounts."""

    services: Services
    facility: str
    file: str
    patient: str
    visit: str
    document: str = ""
    result: str = ""

    def client(self, username: str = "") -> Client:
        """A browser without scripts, signed in when a name is given."""
        client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
        if username:
            answer = client.post("/login", {"username": username, "password": PASSWORD})
            assert answer.status_code == 302, username
        return client


@pytest.fixture(scope="session")
def made_site(
    server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, Shown]]:
    name = sql.Identifier("site")
    clone(server, name, template)
    settings = Settings(home=tmp_path_factory.mktemp("site"), database_url=server.dsn("site"))
    setup.migrate(settings)
    services = build(settings, application="yteso test site")
    services.pages()
    facility = _fill(services)
    _create_people(facility)
    with services.database.connection() as conn:
        # The tests clear away whom they made; that nobody else does is proved in test_ops_accounts.
        conn.execute("ALTER TABLE web.accounts_user DISABLE TRIGGER accounts_are_kept")
        order = "INSERT INTO store.inspection VALUES (0, 'QD-1', 'thanhtra', %s, now(), now() + interval '1 day')"
        conn.execute(order, [facility])
    yield _opened(services, facility), installed()
    setup.close()
    services.close()
    drop(server, name)


@pytest.fixture(scope="module")
def site(made_site: tuple[Site, Shown]) -> Site:
    """The site, which the process's pages show again when another module's installation came between."""
    site, shown = made_site
    setup.configure(site.services.settings)
    install(shown)
    return site


def _fill(services: Services) -> str:
    province = Province(3, 3, until=datetime.now(VIETNAM), fault_rate=0.1)
    with services.database.connection() as conn:
        services.store.write(conn, Principal("system", Role.SYSTEM), [Put(one) for one in province.organizations()])
        for sender in province.senders():
            save_sender(conn, Sender(sender.username, sender.facility), sender.password)
    files = list(province.files(40))
    for file in files:
        with services.desk.spool() as spool:
            drain_into(spool, io.BytesIO(file.content), None)
            receive(services.desk, Principal(file.username, Role.FACILITY, file.facility), spool, name=file.name)
    services.walker().drain()
    with Warehouse(services.settings.home) as warehouse:
        while export_once(services, warehouse).more:
            pass
    return next(file.facility for file in files if file.faults)  # whose pages have something to correct, on any day


def _create_people(facility: str) -> None:
    from yteso.web.accounts import people

    for username, role in ROLES.items():
        bound = facility if role in people.BOUND else ""
        people.create_user(username, PASSWORD, role, display_name=f"{username} Mẫu", facility=bound, demo=True)


def _opened(services: Services, facility: str) -> Site:
    site = Site(services, facility, "", "", "")
    client = site.client("nhanvien")
    listed = client.get(f"/intake/?facility={facility}&state=done").content.decode()
    for file in re.findall(r'href="/intake/file/([0-9a-f-]{36})"', listed):
        page = client.get(f"/intake/file/{file}").content.decode()
        if person := re.search(r'href="/record/([0-9a-f-]{36})"', page):
            record = client.get(f"/record/{person[1]}").content.decode()
            visit = re.search(r'/visit/([0-9a-f-]{36})"', record)
            notes = client.get(f"/record/{person[1]}/notes").content.decode()
            paper = re.search(rf'/record/{person[1]}/document/([^"]+)"', notes)
            tests = client.get(f"/record/{person[1]}/tests").content.decode()
            result = re.search(r'/trend/([0-9a-f-]{36})"', tests)
            assert visit is not None
            if paper and result:
                return Site(services, facility, file, person[1], visit[1], paper[1], result[1])
    raise AssertionError("no file of the facility reached the record")


@pytest.fixture(scope="session")
def chromium() -> str:
    return chromium_here()


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    from django.db import connections

    from yteso.web.wsgi import application

    # Each request has a thread of its own here, which must not leave its connection behind.
    connections["default"].settings_dict["CONN_MAX_AGE"] = 0
    server = make_server("127.0.0.1", 0, application, Threaded, Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with quiet_stream():
        yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with launched(chromium) as browser:
        yield browser
