"""People's and machines' accounts behind one set of functions, for the command line and the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from yteso.access.principal import Principal, Role
from yteso.base.clock import system_clock
from yteso.base.errors import Refused
from yteso.base.settings import Settings
from yteso.db import Database
from yteso.exchange import sender as machines
from yteso.oauth.ended import end
from yteso.ops.rules import BAD_MACHINE, LOCKED, NAME_TAKEN
from yteso.standards.identifiers import valid_facility

_SHORTEST = 8
"""Characters of a machine's password: it is random and not typed, but some systems allow few characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One account as it is listed."""

    name: str
    role: str
    facility: str
    active: bool


def principal_of(settings: Settings, name: str, database: Database | None = None) -> Principal:
    """Who the account of that name acts as; a person's account first, then a facility's. Raises Refused (WEB-0004).

    `database`: the caller's own, where it has one.
    """
    people = _people(settings)
    try:
        account = people.find(name)
    except Refused:
        with nullcontext(database) if database else _connected(settings) as reached, reached.connection() as conn:
            machine = machines.fetch_sender(conn, name)
        if machine is None or not machine.active:
            raise
        return Principal(machine.name, Role.FACILITY, machine.facility)
    if not account.active:
        raise Refused(LOCKED.at(), status=403)
    principal: Principal = account.principal
    return principal


def acting(name: str) -> Principal | None:
    """Who a person's account acts as now; None: there is none, or it is locked. For a process that serves pages."""
    from yteso.web import setup
    from yteso.web.accounts import people

    try:
        account = people.find(name)
    except Refused:
        return None
    finally:
        setup.close()
    principal: Principal = account.principal
    return principal if account.active else None


def practitioner_of(name: str) -> str:
    """The id of the Practitioner that a person's account names; empty when it names none."""
    from yteso.web import setup
    from yteso.web.accounts import people

    try:
        return str(people.find(name).practitioner)
    except Refused:
        return ""
    finally:
        setup.close()


def save(
    settings: Settings,
    row: Row,
    password: str,
    *,
    display_name: str = "",
    person: str = "",
    practitioner: str = "",
    demo: bool = False,
) -> None:
    """Create the account or bring it to these values. Raises Refused (WEB-0001…0003, OPS-0022, OPS-0023)."""
    if row.role == Role.FACILITY:
        _save_machine(settings, row, password)
        return
    if _machine(settings, row.name) is not None:
        raise Refused(NAME_TAKEN.at(), status=409)
    _people(settings).create_user(
        row.name,
        password,
        Role(row.role),
        display_name=display_name,
        facility=row.facility,
        person=person,
        practitioner=practitioner,
        demo=demo,
    )
    _end_tokens(settings, row.name)


def _end_tokens(settings: Settings, name: str) -> None:
    """What was issued to this account counts no more: it may say what is not so any longer."""
    with _connected(settings) as database, database.connection() as conn:
        end(conn, "account", name.strip().casefold(), system_clock())


def _save_machine(settings: Settings, row: Row, password: str) -> None:
    if not row.name.strip() or not valid_facility(row.facility) or len(password) < _SHORTEST:
        raise Refused(BAD_MACHINE.at())
    if any(account.username == row.name.strip().casefold() for account in _people(settings).all_accounts()):
        raise Refused(NAME_TAKEN.at(), status=409)
    with _connected(settings) as database, database.connection() as conn:
        machines.save_sender(conn, machines.Sender(row.name, row.facility), password)


def set_password(settings: Settings, name: str, password: str) -> None:
    """A new password. Raises Refused (WEB-0001, WEB-0004, OPS-0022)."""
    machine = _machine(settings, name)
    if machine is None:
        _people(settings).set_password(name, password)
        _end_tokens(settings, name)
        return
    if len(password) < _SHORTEST:
        raise Refused(BAD_MACHINE.at())
    with _connected(settings) as database, database.connection() as conn:
        machines.save_sender(conn, machine, password)


def samples(settings: Settings) -> list[str]:
    """People's accounts that may sign in by a password of the sample province."""
    found: list[str] = _people(settings).samples()
    return found


def disable(settings: Settings, name: str) -> None:
    """The account can no longer be used. Raises Refused (WEB-0004)."""
    with _connected(settings) as database, database.connection() as conn:
        is_machine = machines.set_active(conn, name, active=False)
    if not is_machine:
        _people(settings).deactivate(name)
    _end_tokens(settings, name)


def enable(settings: Settings, name: str) -> None:
    """The account of a person can be used again. Raises Refused (WEB-0004)."""
    _people(settings).activate(name)


def end_sessions(settings: Settings, name: str) -> int:
    """End every session and every token of a person; how many sessions. Raises Refused (WEB-0004)."""
    ended: int = _people(settings).end_sessions(name)
    _end_tokens(settings, name)
    return ended


def one_time_link(settings: Settings, name: str, *, reset_factors: bool) -> str:
    """The address by which a person sets a password, once, within a day. Raises Refused (WEB-0004)."""
    path: str = _people(settings).one_time_link(name, reset_factors=reset_factors)
    _end_tokens(settings, name)
    return f"{settings.public_url.rstrip('/') or f'http://{settings.host}:{settings.port}'}{path}"


def listed(settings: Settings) -> list[Row]:
    """Everybody's accounts, then the facilities'."""
    rows = [Row(a.username, a.role.value, a.facility, a.active) for a in _people(settings).all_accounts()]
    with _connected(settings) as database, database.connection() as conn:
        senders = machines.fetch_senders(conn)
    return rows + [Row(s.name, Role.FACILITY.value, s.facility, s.active) for s in senders]


def _people(settings: Settings) -> Any:
    """The pages' account functions; Django is loaded only here."""
    from yteso.web import setup

    setup.configure(settings)
    from yteso.web.accounts import people

    return people


def _machine(settings: Settings, name: str) -> machines.Sender | None:
    with _connected(settings) as database, database.connection() as conn:
        return machines.fetch_sender(conn, name)


@contextmanager
def _connected(settings: Settings) -> Iterator[Database]:
    """A pool for a moment."""
    database = Database(settings.database_url, max_size=2, application="yteso accounts").open()
    try:
        yield database
    finally:
        database.close()
