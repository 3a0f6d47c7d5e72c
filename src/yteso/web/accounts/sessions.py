"""The sessions of an account: listed, ended one by one or all at once. Kept by allauth beside Django's own table."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as Kept
from django.utils import timezone

from yteso.web.accounts.models import User

_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One session as its owner sees it."""

    id: int
    began: datetime
    address: str
    browser: str
    system: str
    current: bool


def listed(user: User, current: str = "") -> list[Session]:
    """The living sessions, newest first; `current` is the key of the one that asks."""
    rows = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at, reverse=True)
    return [
        Session(
            row.pk,
            row.created_at,
            row.ip,
            _named(row.user_agent, _BROWSERS),
            _named(row.user_agent, _SYSTEMS),
            row.session_key == current,
        )
        for row in rows
    ]


def living(users: Collection[int]) -> list[tuple[User, str]]:
    """The sessions of these accounts (by number) that can be used now, with their keys; none of who is disabled."""
    if not users:
        return []
    rows = UserSession.objects.filter(user__in=users, user__is_active=True).select_related("user")
    found = [(row.user, row.session_key) for row in rows]
    kept = Kept.objects.filter(session_key__in=[key for _, key in found], expire_date__gt=timezone.now())
    keys = set(kept.values_list("session_key", flat=True))
    return [(user, key) for user, key in found if key in keys]


def end(user: User, id: int) -> bool:
    """End one session of this account; False when it is none of its."""
    row = UserSession.objects.filter(user=user, pk=id).first()
    if row is None:
        return False
    row.end()
    return True


def end_all(user: User, but: str = "") -> int:
    """End every session of an account except the one with the key `but`; how many."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for row in rows:
        row.end()
    return len(rows)


def _named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if re.search(mark, agent)), "")
