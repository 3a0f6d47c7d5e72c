"""May this app subscribe to what it names? A Subscription outlives the token that wrote it, and so must not tell more.

What is told later is read within the rights of the account, not of the app. So an app may write a Subscription, or
open a socket for one, only when its scopes take nothing away from any type that is watched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from yteso.access.policy import Interaction, restriction
from yteso.access.principal import Principal
from yteso.base.errors import Refused
from yteso.base.issue import Origin
from yteso.store.protocol import Change, Put
from yteso.store.subscriptions import rules
from yteso.store.subscriptions.definition import read_definition
from yteso.store.subscriptions.state import TYPE
from yteso.store.subscriptions.topics import Trigger

_LOOKS = (Interaction.SEARCH, Interaction.READ)


def watches(who: Principal, change: Change) -> bool:
    """True when an app, with scopes, writes a Subscription."""
    return who.scope is not None and isinstance(change, Put) and change.resource["resourceType"] == TYPE


def check_watching(who: Principal, changes: Iterable[Change]) -> None:
    """Refused: a Subscription to more than the app may read (403), or one that is not sound (422)."""
    for change in changes:
        if isinstance(change, Put) and watches(who, change):
            check_reach(who, read_definition(change.resource).triggers)


def check_reach(who: Principal, triggers: Iterable[Trigger]) -> None:
    """Refused (403, SUB-0011) when scopes hide a part of what is watched."""
    for trigger in triggers:
        if not all(_is_whole(who, look, trigger.type) for look in _LOOKS):
            raise Refused(rules.NARROWED.at(Origin(field="Subscription.criteria"), type=trigger.type), status=403)


def _is_whole(who: Principal, look: Interaction, type: str) -> bool:
    """The scopes leave every row of the type that the account sees."""
    left, whole = restriction(who, look, type), restriction(replace(who, scope=None), look, type)
    return left is not None and whole is not None and left.also == whole.also
