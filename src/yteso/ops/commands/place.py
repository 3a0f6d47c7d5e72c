"""What commands need to know about this installation: its settings, whether it runs, its database for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from yteso.base.errors import CannotStart
from yteso.base.settings import Settings
from yteso.ops.rules import BAD_SETTING, NOTHING_HERE, OTHER_RELEASE

if TYPE_CHECKING:
    from yteso.db.embedded import EmbeddedServer

console = Console()
errors = Console(stderr=True)


def settings() -> Settings:
    """The settings from the environment. Raises CannotStart (OPS-0003)."""
    try:
        return Settings.from_environment()
    except ValueError as error:
        raise CannotStart(BAD_SETTING.at(reason=error)) from error


def address() -> str:
    """Where the platform of this home runs; empty when it does not."""
    from yteso.ops.supervisor import running_address

    return running_address(settings().home)


@contextmanager
def at_database(*, existing: bool = False, untouched: bool = False) -> Iterator[Settings]:
    """The settings with a database that runs and is up to date; an embedded one we started is stopped again after.

    Beside a running platform nothing is brought up to date: it did that when it started. With `existing` an
    installation is never made: raises CannotStart (OPS-0024), which says where was looked. With `untouched` the
    database stays as it is, as evidence has to: raises CannotStart (OPS-0033) for one of an earlier release.
    """
    from yteso.db.embedded import EmbeddedServer
    from yteso.ops.prepare import prepare

    given = settings()
    if given.database_url:
        if untouched:
            _require_current(given.database_url)
        else:
            prepare(given)
        yield given
        return
    if existing and not (given.home / "postgres").is_dir():
        raise CannotStart(NOTHING_HERE.at(home=given.home.absolute()))
    server = EmbeddedServer(given.home)
    was_running = server.running()
    if was_running and address():
        yield _at(server, given)
        return
    server.start()
    try:
        there = _at(server, given)
        if untouched:
            _require_current(there.database_url)
        else:
            prepare(there, server.start)
        yield there
    finally:
        if not was_running:
            server.stop()


def _require_current(dsn: str) -> None:
    from yteso.db import is_away
    from yteso.db.migrate import outstanding
    from yteso.db.refusals import NO_ANSWER
    from yteso.ops.compose import ROOMS

    try:
        missing = outstanding(dsn, ROOMS)
    except Exception as error:
        if is_away(error):
            raise CannotStart(NO_ANSWER.at()) from error
        raise
    if missing:
        raise CannotStart(OTHER_RELEASE.at(migration=missing[0]))


def _at(server: EmbeddedServer, given: Settings) -> Settings:
    from yteso.db.server_conf import READER_ROLE

    return replace(given, database_url=server.dsn(), reader_database_url=server.dsn(role=READER_ROLE))
