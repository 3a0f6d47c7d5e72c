"""One-time links by which the owner of an account sets a password: made by an administrator, printed or shown as QR.

Nobody but the owner ever sees a password. A link lives a day, works once, and its making ends every session and, when
asked, every second factor of the account.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction

from yteso.access.principal import Principal
from yteso.base.errors import Refused
from yteso.web import rules
from yteso.web.accounts import factors, held, sessions, trail
from yteso.web.accounts.models import Recovery, User
from yteso.web.services import now

LIFE = timedelta(hours=24)


@transaction.atomic
def make(user: User, by: Principal, *, reset_factors: bool) -> str:
    """A token for a new link; older links of the account work no more, its sessions end."""
    Recovery.objects.filter(user=user, used=None).delete()
    token = secrets.token_urlsafe(24)
    link = Recovery.objects.create(token=_hashed(token), user=user, made_by=by.name, expires=now() + LIFE)
    user.set_unusable_password()
    user.demo = False
    user.save(update_fields=["password", "demo"])
    sessions.end_all(user)
    rights = [*held.password(user.username), held.link(link)]
    if reset_factors:
        rights += held.no_passkeys(held.passkeys().filter(user=user).values_list("pk", flat=True))
        factors.remove_all(user)
    detail = "link, factors removed" if reset_factors else "link"
    trail.note(by, trail.Act.RECOVERY, user.username, detail, rights=rights)
    return token


def owner_of(token: str) -> User | None:
    """Whose link this is; None when it is none, was used, or is over."""
    row = _live(token)
    return row.user if row is not None else None


def _live(token: str) -> Recovery | None:
    row = Recovery.objects.select_related("user").filter(token=_hashed(token), used=None, expires__gt=now()).first()
    return row if row is not None and row.user.is_active else None


@transaction.atomic
def use(token: str, password: str) -> User:
    """Set the password (it was judged before). Raises Refused WEB-0006 when the link works no more."""
    link = _live(token)
    if link is None or Recovery.objects.filter(pk=link.pk, used=None).update(used=now()) != 1:
        raise Refused(rules.LINK_OVER.at(), status=410)
    user = link.user
    user.set_password(password)
    user.save(update_fields=["password"])
    who, how, rights = trail.account_of(user), "set by a one-time link", held.password(user.username)
    trail.note(who, trail.Act.PASSWORD, user.username, how, rights=rights, spent=held.link(link))
    return user


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
