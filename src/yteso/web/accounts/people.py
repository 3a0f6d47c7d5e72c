"""Accounts by plain functions, for the command line, the demo and tests. `web.setup.configure` has run before.

Each act validates what it is given; raises `Refused` with numbered issues, never a Django error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from yteso.access.principal import Principal, Role
from yteso.access.purpose import USUAL
from yteso.base.direction import has_unseen
from yteso.base.errors import Refused
from yteso.web import rules
from yteso.web.accounts import held, idle, recovery, sessions, throttle, trail
from yteso.web.accounts.models import User
from yteso.web.guard import PEOPLE
from yteso.web.services import installed, now

BOUND = frozenset(
    [
        Role.STAFF,
        Role.DOCTOR,
        Role.NURSE,
        Role.LAB,
        Role.PHARMACIST,
        Role.CASHIER,
        Role.FACILITY_ADMINISTRATOR,
        Role.STATION,
    ]
)
"""Roles that only exist at a facility."""


@dataclass(frozen=True, slots=True)
class Account:
    """What may be told about an account."""

    username: str
    display_name: str
    role: Role
    facility: str
    active: bool
    demo: bool
    person: str = ""
    practitioner: str = ""

    @property
    def principal(self) -> Principal:
        """The account as the one who acts."""
        return Principal(self.username, self.role, self.facility, USUAL[self.role], person=self.person)


def create_user(
    username: str,
    password: str,
    role: Role,
    *,
    display_name: str = "",
    facility: str = "",
    person: str = "",
    practitioner: str = "",
    demo: bool = False,
) -> Account:
    """A new account, or the existing one of that name brought to these values (its password too).

    Raises Refused WEB-0001 (password; not checked for `demo` accounts), WEB-0002 (a field), WEB-0003 (facility),
    WEB-0014 (unseen signs in the name).
    """
    username, display_name = username.strip().casefold(), " ".join(display_name.split())
    if role not in PEOPLE and role is not Role.INTEGRATOR:
        raise Refused(rules.BAD_FIELD.at(field="role"))
    if role in BOUND and not facility:
        raise Refused(rules.NEEDS_FACILITY.at(role=role.value))
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=username).first() or User(username=username)
        user.display_name, user.role, user.facility, user.demo = display_name or username, role.value, facility, demo
        user.is_active, user.disabled_reason, user.person = True, "", person
        user.practitioner = practitioner
        if not demo:
            _check_password(password, user)
        user.set_password(password)
        _check_fields(user)
        deed = "changed" if user.pk else "made"
        user.save()
        rights = held.account(username)
        trail.note(trail.COMMAND, trail.Act.ACCOUNT, username, described(user, deed), rights=rights)
    return _account(user)


def described(user: User, deed: str) -> str:
    """What the audit says of an account that was made or changed."""
    parts = {"role": user.role, "facility": user.facility, "person": user.person}
    return " ".join([deed, *(f"{name}={value}" for name, value in parts.items() if value)])


@transaction.atomic
def set_password(username: str, password: str) -> None:
    """A new password for an account. Raises Refused WEB-0001 or WEB-0004."""
    user = _find(username)
    _check_password(password, user)
    user.set_password(password)
    user.demo = False
    user.save(update_fields=["password", "demo"])
    rights = held.password(user.username)
    trail.note(trail.COMMAND, trail.Act.PASSWORD, user.username, "set by the command line", rights=rights)


@transaction.atomic
def activate(username: str, by: Principal = trail.COMMAND) -> None:
    """The account may sign in again; its idle days are counted from now. Raises Refused WEB-0004."""
    user = _find(username)
    user.is_active, user.disabled_reason, user.last_active = True, "", now()
    user.save(update_fields=["is_active", "disabled_reason", "last_active"])
    trail.note(by, trail.Act.ACCOUNT, user.username, "enabled", rights=held.active(user.username))


@transaction.atomic
def deactivate(username: str, by: Principal = trail.COMMAND) -> None:
    """The account can no longer sign in; its sessions end at their next request. Raises Refused WEB-0004."""
    user = _find(username)
    user.is_active, user.disabled_reason = False, "administrator"
    user.save(update_fields=["is_active", "disabled_reason"])
    trail.note(by, trail.Act.ACCOUNT, user.username, "disabled", rights=held.active(user.username))


@transaction.atomic
def end_sessions(username: str, by: Principal = trail.COMMAND) -> int:
    """End every session of an account, and what apps have in its name; how many sessions. Raises Refused WEB-0004.

    Its tokens end here in a process that serves pages, else by who called (`ops`).
    """
    user = _find(username)
    ended = sessions.end_all(user)
    if (oauth := installed().oauth) is not None:
        transaction.on_commit(lambda: oauth.end_account(user.username))
    trail.note(by, trail.Act.SESSION, user.username, f"{ended} ended")
    return ended


def one_time_link(username: str, by: Principal = trail.COMMAND, *, reset_factors: bool) -> str:
    """The path of a one-time link by which the owner sets a password. Raises Refused WEB-0004."""
    return reverse("account_recover", args=[recovery.make(_find(username), by, reset_factors=reset_factors)])


def upkeep() -> list[str]:
    """The daily job: disable staff who were away 45 days, forget old counters and sessions. Who was disabled."""
    throttle.forget_old()
    call_command("clearsessions")
    return idle.disable_idle()


def signed_in_as(persons: Iterable[str]) -> set[str]:
    """Those of the persons whom a citizen's account that may sign in is tied to."""
    citizens = User.objects.filter(role=Role.CITIZEN.value, is_active=True, person__in=set(persons) - {""})
    return set(citizens.values_list("person", flat=True))


def find(username: str) -> Account:
    """The account of that name. Raises Refused WEB-0004."""
    return _account(_find(username))


def samples() -> list[str]:
    """Names of accounts that may sign in by a password of the sample province."""
    return list(User.objects.filter(demo=True, is_active=True).order_by("username").values_list("username", flat=True))


def all_accounts() -> list[Account]:
    """Every account, by name."""
    return [_account(user) for user in User.objects.order_by("username")]


def _find(username: str) -> User:
    user = User.objects.filter(username=username.strip().casefold()).first()
    if user is None:
        raise Refused(rules.UNKNOWN.at(), status=404)
    return user


def _account(user: User) -> Account:
    names = (user.username, user.display_name, Role(user.role), user.facility)
    return Account(*names, user.is_active, user.demo, user.person, user.practitioner)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(rules.BAD_PASSWORD.at()) from error


def _check_fields(user: User) -> None:
    if has_unseen(user.display_name):
        raise Refused(rules.UNSEEN.at(field="display_name"))
    try:
        user.clean_fields()
    except ValidationError as error:
        raise Refused(*(rules.BAD_FIELD.at(field=name) for name in error.message_dict)) from error
