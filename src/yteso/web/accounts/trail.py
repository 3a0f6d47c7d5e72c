"""What happens to accounts and sessions -> rows of the audit chain, in the transaction of the act (Django's own).

Call inside `transaction.atomic()`, last: no row, no act. A name that no account has may be a password in the wrong
field; it stands in the chain as a keyed hash.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from yteso.access.principal import Principal, Role
from yteso.access.purpose import USUAL
from yteso.client import trail
from yteso.client.trail import Act, Did, Right, Stranger
from yteso.web.accounts.models import User
from yteso.web.accounts.source import source_of

__all__ = ["COMMAND", "Act", "account_of", "acted", "note", "tried"]
COMMAND = Principal("yteso command", Role.SYSTEM, purpose="HSYSADMIN")
"""Who acts when no page does: the command line and the daily job."""


def account_of(user: User) -> Principal:
    """An account as the one who acts."""
    role = Role(user.role)
    return Principal(user.username, role, user.facility, USUAL[role], person=user.person)


def acted(
    request: HttpRequest,
    act: Act,
    subject: str = "",
    detail: str = "",
    *,
    refused: bool = False,
    patient: str = "",
    rights: Iterable[Right] = (),
) -> None:
    """The row of an act of whoever is signed in; `subject` is the own account when nothing is named."""
    user = request.user
    told, subject = _told(request, detail), subject or user.username
    note(account_of(user), act, subject, told, refused=refused, patient=patient, rights=rights)


def note(
    who: Principal | Stranger,
    act: Act,
    subject: str,
    detail: str = "",
    *,
    refused: bool = False,
    patient: str = "",
    rights: Iterable[Right] = (),
    spent: Right | None = None,
) -> None:
    """The row of an act; `patient`: whose page it was; `rights`: what it set (`held`); `spent`: what counted for it."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        trail.note(connection.connection, who, Did(act, subject, detail, refused, patient, rights, spent))


@transaction.atomic
def tried(request: HttpRequest, act: Act, detail: str, *, user: User | None = None, name: str = "") -> None:
    """The row of something that failed before anybody was known: by `user`, or under a `name` somebody typed."""
    found = user or (User.objects.filter(username=name.casefold()).first() if name else None)
    who = account_of(found) if found is not None else Stranger(_hashed(name) if name else "unknown")
    connection.ensure_connection()
    with connection.wrap_database_errors:
        did = Did(act, who.name, _told(request, detail))
        trail.note_tried(connection.connection, who, did, source_of(request))


def _told(request: HttpRequest, detail: str) -> str:
    return " ".join(part for part in (f"from={source_of(request)[:64]}", detail) if part)


def _hashed(name: str) -> str:
    return "unknown-" + salted_hmac("yteso.trail", name, algorithm="sha256").hexdigest()[:16]
