"""An account changed: what was issued to apps in its name counts no more, as it may say what is not so any longer."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yteso.web.services import installed

_TOLD = frozenset(["role", "facility", "person", "is_active", "password"])
"""Fields of an account that its tokens speak of, or that end whatever was begun with it."""


def account_saved(instance: Any, update_fields: frozenset[str] | None, created: bool, **_: Any) -> None:
    """A receiver of Django's `post_save`: ends the tokens once the change is committed."""
    oauth = installed().oauth
    if oauth is None or created or (update_fields is not None and _TOLD.isdisjoint(update_fields)):
        return
    transaction.on_commit(lambda: oauth.end_account(instance.username))
