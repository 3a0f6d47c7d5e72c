"""What accounts give, and what signs in to them, as the audit holds it (`client.trail`): read anew after each change.

A part each for what one may, whether one may at all, and the password: an act that sets one says nothing of the others,
else it would make good what somebody changed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC

from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.db.models import QuerySet

from yteso.client.trail import Right, bad_right
from yteso.web.accounts import trail
from yteso.web.accounts.models import Identity, Recovery, User


def role(username: str) -> tuple[Right, ...]:
    """What an account may."""
    return _part(username, "accounts_user")


def active(username: str) -> tuple[Right, ...]:
    """Whether it may sign in."""
    return _part(username, "accounts_user.is_active")


def password(username: str) -> tuple[Right, ...]:
    """By which password (a digest of its hash)."""
    return _part(username, "accounts_user.password")


def account(username: str) -> tuple[Right, ...]:
    """All of it."""
    return tuple(_of(User.objects.get(username=username)))


def identity(issuer: str, subject: str, username: str = "") -> Right:
    """Whose an identity of a provider is; nobody's."""
    return Right("accounts_identity", f"{issuer} {subject}", (username,) if username else ())


def passkey(row: Authenticator) -> Right:
    """By which passkey somebody signs in, without a password."""
    return Right("mfa_authenticator", str(row.pk), (row.user.username, row.data["credential"]))


def no_passkeys(rows: Iterable[int]) -> list[Right]:
    """The same for those that were taken away."""
    return [Right("mfa_authenticator", str(row)) for row in rows]


def link(row: Recovery) -> Right:
    """By which one-time link a password may be set, until when."""
    return Right("accounts_recovery", row.token, (row.user.username, row.expires.astimezone(UTC).isoformat()))


def present() -> Iterator[Right]:
    """Every account, identity, passkey and one-time link there is."""
    for user in User.objects.order_by("username").iterator():
        yield from _of(user)
    for one in Identity.objects.select_related("user").order_by("pk").iterator():
        yield identity(one.issuer, one.subject, one.user.username)
    for row in passkeys().iterator():
        yield passkey(row)
    for made in Recovery.objects.select_related("user").order_by("token").iterator():
        yield link(made)


def passkeys() -> QuerySet[Authenticator]:
    """Every passkey."""
    kind = Authenticator.Type.WEBAUTHN
    return Authenticator.objects.select_related("user").filter(type=kind).order_by("pk")


def note_kept_anew(user: User, **_: object) -> None:
    """A receiver: the password's hash was made again at a log-in."""
    rights = password(user.username)
    trail.note(trail.account_of(user), trail.Act.PASSWORD, user.username, "kept anew", rights=rights)


def bad() -> str | None:
    """The first of them that is not as the chain says it was left, in words."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with connection.wrap_database_errors:
            return bad_right(connection.connection, list(present()))


def _part(username: str, table: str) -> tuple[Right, ...]:
    return tuple(right for right in account(username) if right.table == table)


def _of(user: User) -> Iterator[Right]:
    name = user.username
    yield Right("accounts_user", name, (str(user.role), user.facility, user.person, user.practitioner))
    yield Right("accounts_user.is_active", name, (user.is_active,))
    yield Right("accounts_user.password", name, (user.password,))
