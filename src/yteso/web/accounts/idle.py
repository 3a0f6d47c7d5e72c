"""Accounts of staff that nobody used for 45 days are disabled: at a log-in, and every day by a job.

Citizens come once in a while and are not; the sample accounts of a demo on this machine are not either.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest

from yteso.access.principal import Role
from yteso.web.accounts import factors, held, trail
from yteso.web.accounts.models import User
from yteso.web.services import installed, now

IDLE = timedelta(days=45)


def disable_if_idle(user: User) -> bool:
    """True when the account was disabled just now."""
    return bool(disable_idle(Q(pk=user.pk)))


@transaction.atomic
def disable_idle(which: Q | None = None) -> list[str]:
    """Disable all (or `which`) that were quiet too long; their names. An account that was enabled again counts anew.

    Their tokens end: here in a process that serves pages, else by who called (`ops`).
    """
    quiet = User.objects.annotate(at=Coalesce(Greatest("last_active", "created"), "created"))
    found = quiet.filter(which or Q(), is_active=True, at__lt=now() - IDLE).exclude(role=Role.CITIZEN)
    if factors.is_demo_place():
        found = found.exclude(demo=True)
    # Several walkers do this when a day begins; who comes second finds nobody left.
    names = dict(found.select_for_update(of=("self",)).values_list("pk", "username"))
    User.objects.filter(pk__in=names).update(is_active=False, disabled_reason="idle")
    for name in names.values():
        trail.note(trail.COMMAND, trail.Act.ACCOUNT, name, "disabled: idle for 45 days", rights=held.active(name))
    if (oauth := installed().oauth) is not None:
        transaction.on_commit(lambda: [oauth.end_account(name) for name in names.values()])
    return list(names.values())
