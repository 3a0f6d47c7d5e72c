"""What tests share: one embedded PostgreSQL per run, a migrated template, a fresh clone of it per test."""

from __future__ import annotations

import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from psycopg import sql
from tests.passwords import cost_little

from yteso.base.settings import Settings
from yteso.db import Database
from yteso.db.embedded import EmbeddedServer
from yteso.db.migrate import migrate
from yteso.db.server_conf import ADMIN_ROLE, APP_ROLE, READER_ROLE
from yteso.ops.compose import ROOMS

TEMPLATE = "yteso_template"
_MEMORY = 1024**3
_IN_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
# What a browser does by itself: it loses a page while it exchanges the process, or drops a navigation that another one
# overtakes. Such a test has tested nothing yet. Only these words of Playwright's own Error count: what does not hold,
# and what was awaited in vain, is told at once.
_LOST_PAGE = r"^Error: [\w.]+: (Execution context was destroyed|Target crashed|Page crashed|net::ERR_ABORTED)"
_TOLD_AT_ONCE = [AssertionError, pytest.fail.Exception]

cost_little()
examples.register_profile("house", examples.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("house")  # what a busy machine takes for an example is no finding


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in a browser that lost its page begins anew, at most twice; the summary names it (`R`)."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2, only_rerun=_LOST_PAGE, rerun_except=_TOLD_AT_ONCE))


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A private folder of this run; in memory where there is room, so that no test waits for a disk's fsync."""
    roomy = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="yteso-test-", dir=_IN_MEMORY if roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(memory: Path) -> Iterator[EmbeddedServer]:
    """A PostgreSQL server of this run only, gone at the end."""
    server = EmbeddedServer(memory / "server", memory=_MEMORY)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a database with every migration applied; clones are made from it."""
    clone(server, sql.Identifier(TEMPLATE), "template1")
    migrate(server.dsn(TEMPLATE), ROOMS)
    return TEMPLATE


@pytest.fixture
def database_url(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The connection string of a fresh, migrated database that lives for one test."""
    with _fresh(server, template) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def fresh_database(server: EmbeddedServer, template: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes such databases for tests that share one: `with fresh_database() as dsn`."""
    return lambda: _fresh(server, template)


@pytest.fixture
def empty_database_url(server: EmbeddedServer) -> Iterator[str]:
    """A fresh database without any migration."""
    with _fresh(server, "template0") as dsn:
        yield dsn


@contextmanager
def _fresh(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The same for as long as the block lasts."""
    name = sql.Identifier(f"test_{uuid.uuid4().hex}")
    clone(server, name, template)
    try:
        yield server.dsn(name.as_string().strip('"'))
    finally:
        drop(server, name)


def clone(server: EmbeddedServer, name: sql.Identifier, template: str) -> None:
    """A database of the application's, made by the administrator: the application may make none."""
    text = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy OWNER {}"
    with psycopg.connect(server.dsn("postgres", ADMIN_ROLE), autocommit=True) as conn:
        conn.execute(sql.SQL(text).format(name, sql.Identifier(template), sql.Identifier(APP_ROLE)))


def drop(server: EmbeddedServer, name: sql.Identifier) -> None:
    """FORCE may meet an autovacuum worker, which only a superuser may end; it leaves by itself in a moment."""
    for attempt in range(20):
        try:
            with psycopg.connect(server.dsn("postgres"), autocommit=True) as conn:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if attempt == 19:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def readers_url(server: EmbeddedServer, database_url: str) -> str:
    """The same database by the log-in of who reads for people."""
    return server.dsn(str(psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]), READER_ROLE)


@pytest.fixture
def database(database_url: str, readers_url: str) -> Iterator[Database]:
    """An open pool on a fresh, migrated database, with the second wall."""
    database = Database(database_url, readers=readers_url, max_size=8).open()
    database.raise_wall()
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """The settings of an installation whose home is the test's own folder."""
    return Settings(home=tmp_path, database_url=database_url)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared sample data beside the checkout; the test is skipped, visibly, where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"the shared sample data is not at {folder}")
    return folder
