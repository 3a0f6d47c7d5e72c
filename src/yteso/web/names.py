"""Accounts -> what their owners are called, as people read it. One question for all of a page."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from yteso.access.principal import Role
from yteso.base.direction import isolated


def names_of(accounts: Iterable[str | None]) -> dict[str, str]:
    """Account -> its owner's name, of those that there are."""
    wanted = {one for one in accounts if one}
    rows = get_user_model().objects.filter(username__in=wanted) if wanted else ()
    return {row.username: row.display_name for row in rows}


def is_account(name: str, role: Role) -> bool:
    """Whether there is an account of this name and role that may sign in."""
    return bool(get_user_model().objects.filter(username=name, role=role, is_active=True).exists())


def names_with_accounts(accounts: Iterable[str | None]) -> dict[str, str]:
    """The same for who must act on the account: `Bác sĩ Mẫu (doctor)`."""
    names = names_of(accounts).items()
    return {account: name if name == account else f"{isolated(name)} ({account})" for account, name in names}
